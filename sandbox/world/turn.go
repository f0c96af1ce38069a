package world

import (
	"time"

	"github.com/chuanhuabot/bot/sandbox/traffic"
	"github.com/chuanhuabot/bot/sandbox/transcript"
)

// Turn is a turn as a bot tells of it.
type Turn struct {
	traffic.Turn           // Number is left out; Message is the platform's id, or "" for an event without one.
	Event        string    // The event's name, if it is about one.
	Sent         time.Time // When the platform says that the message was sent.
}

// AddTurn keeps a turn, with the id that the transcript has for its message, and at the time of the platforms.
func (w *World) AddTurn(t Turn) {
	if t.Message == "" {
		t.Message = w.messageOf(t)
	}
	t.Time = t.Time.Add(w.Moved()) // The bot's clock is not the platforms'.
	w.Turns.Add(func(number uint64) traffic.Turn {
		t.Number = number
		return t.Turn
	})
}

// messageOf finds an event, which has no id on the wire, by who it was and when: the first of that second that has no turn.
func (w *World) messageOf(t Turn) string {
	taken := map[string]bool{}
	turns, _ := w.Turns.After(0)
	for _, other := range turns {
		taken[other.Message] = true
	}
	entries, _ := w.Transcript.After(0)
	for _, e := range entries {
		late := e.Time.Add(-w.Moved()).Sub(t.Sent) // The wire has whole seconds.
		about := e.Kind == transcript.Said && e.Account == t.Account && e.Person == t.Person && e.Type == t.Event
		if about && !taken[e.Message] && late >= 0 && late < second {
			return e.Message
		}
	}
	return ""
}

// second is one, and what passes between the date of an event and its entry.
const second = time.Second + 100*time.Millisecond
