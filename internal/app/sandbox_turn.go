package app

import (
	"strings"

	"github.com/chuanhuabot/bot/core/trace"
	"github.com/chuanhuabot/bot/sandbox/traffic"
	"github.com/chuanhuabot/bot/sandbox/world"
	"github.com/chuanhuabot/bot/sdk"
)

// turnOf puts a turn into the sandbox's words.
func turnOf(t trace.Turn) world.Turn {
	m := t.Message
	out := world.Turn{Sent: m.Time, Turn: traffic.Turn{
		Time: t.Time, Took: traffic.Millis(t.Took), Channel: m.Channel, Account: m.Account, Person: m.Sender, Route: t.Route,
		Steps: []traffic.Step{}, Error: text(t.Err),
	}}
	if e, ok := m.Content.(sdk.Event); ok {
		out.Event = e.Type
	} else {
		// The platform's own id ends the one that the channel made of it.
		out.Message = m.ID[strings.LastIndexByte(m.ID, '/')+1:]
	}
	for _, s := range t.Steps {
		out.Steps = append(out.Steps, traffic.Step{
			Plugin: s.Name, Took: traffic.Millis(s.Took), Outcome: string(s.Outcome), Forwarded: forwarded(s.Content),
			Replies: s.Replies, Error: text(s.Err),
		})
	}
	return out
}

// forwardedMost is how much of a text the sandbox remembers, in bytes: it remembers thousands of turns.
const forwardedMost = 4 << 10

// forwarded is the text of what a step has forwarded.
func forwarded(c sdk.Content) string {
	text := (&sdk.Message{Content: c}).Text()
	if len(text) > forwardedMost {
		text = strings.ToValidUTF8(text[:forwardedMost], "") + "…"
	}
	return text
}

func text(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}
