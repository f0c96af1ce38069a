package sdk

import (
	"context"
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"sync"
)

// goldenHandlers are the behaviours that testdata/golden/README.md names.
func goldenHandlers() map[string]func() Handler {
	plain := map[string]HandlerFunc{
		"echo": echoed,
		"stream": func(_ context.Context, _ *Message, r Responder) error {
			return errors.Join(r.Append("one, "), r.Append("two"), r.Reply(Text{Text: "three"}))
		},
		"pass": func(_ context.Context, _ *Message, r Responder) error { return r.Pass() },
		"forward": func(_ context.Context, m *Message, r Responder) error {
			return r.Forward(Text{Text: "forwarded: " + m.Text()})
		},
		"handoff": func(_ context.Context, _ *Message, r Responder) error {
			return errors.Join(r.Reply(Text{Text: "A person will answer."}), r.Handoff("asks for a person"))
		},
		"fail": func(_ context.Context, _ *Message, r Responder) error {
			return errors.Join(r.Reply(Text{Text: "half"}), errors.New("no luck"))
		},
		"crash": crashing,
		"wait": func(ctx context.Context, _ *Message, r Responder) error {
			if err := r.Reply(Text{Text: "waiting"}); err != nil {
				return err
			}
			<-ctx.Done()
			return r.Reply(Text{Text: "too late"})
		},
		"large": func(_ context.Context, _ *Message, r Responder) error {
			failed := 0
			for _, err := range []error{r.Reply(Text{Text: strings.Repeat("x", MaxContent+1)}), r.Save(make([]byte, MaxState+1))} {
				if err != nil {
					failed++
				}
			}
			return r.Reply(Text{Text: strconv.Itoa(failed)})
		},
	}
	made := map[string]func() Handler{
		"count":    func() Handler { return counting{} },
		"gate":     func() Handler { return &gate{opened: make(chan struct{})} },
		"settings": func() Handler { return &greeter{} },
	}
	for name, h := range plain {
		made[name] = func() Handler { return h }
	}
	return made
}

func crashing(_ context.Context, m *Message, r Responder) error {
	if m.Text() == "fine" {
		return r.Reply(Text{Text: "fine"})
	}
	_ = r.Reply(Text{Text: "half"})
	panic("boom")
}

// counting counts the messages of a conversation.
type counting struct{}

func (counting) Describe() Description {
	return Description{Name: "count", Version: "1.2.3", ConfigSchema: `{"type":"object"}`, Stateful: true}
}

func (counting) Handle(_ context.Context, m *Message, r Responder) error {
	if m.Text() == "forget" {
		return r.Save(nil)
	}
	n, _ := strconv.Atoi(string(m.State)) // Nothing is 0.
	next := strconv.Itoa(n + 1)
	return errors.Join(r.Save([]byte(next)), r.Reply(Text{Text: next}))
}

// gate has turns wait for another one.
type gate struct {
	once   sync.Once
	opened chan struct{}
}

func (g *gate) Handle(ctx context.Context, m *Message, r Responder) error {
	if m.Text() == "open" {
		defer g.once.Do(func() { close(g.opened) })
		return r.Reply(Text{Text: "opened"})
	}
	if err := r.Reply(Text{Text: "before"}); err != nil {
		return err
	}
	select {
	case <-g.opened:
		return r.Reply(Text{Text: "after"})
	case <-ctx.Done():
		return ctx.Err()
	}
}

// greeter has settings.
type greeter struct {
	Greeting string `json:"greeting"`
	Times    int    `json:"times"`
}

func (g *greeter) Configure(_ context.Context, config json.RawMessage) error {
	if err := DecodeConfig(config, g); err != nil {
		return err
	}
	var problems Problems
	if g.Greeting == "" {
		problems.Add("greeting", "must not be empty")
	}
	if g.Times < 1 || g.Times > 3 {
		problems.Add("times", "must be 1 to 3")
	}
	return problems.Err()
}

func (g *greeter) Handle(_ context.Context, _ *Message, r Responder) error {
	return r.Reply(Text{Text: strings.Repeat(g.Greeting, g.Times)})
}
