package sdk

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
)

func TestResponder_AfterItsTurn(t *testing.T) {
	kept := make(chan Responder, 1)
	r := mustOpen(t, HandlerFunc(func(_ context.Context, _ *Message, r Responder) error {
		kept <- r
		return nil
	}))
	did := &said{}
	if err := r.Handle(t.Context(), hello("1"), did); err != nil {
		t.Fatal(err)
	}
	late := <-kept
	for name, err := range map[string]error{
		"Reply": late.Reply(Text{}), "Append": late.Append("x"), "Pass": late.Pass(), "Forward": late.Forward(Text{}),
		"Handoff": late.Handoff("x"), "Save": late.Save(nil),
	} {
		if !errors.Is(err, ErrTurnOver) {
			t.Errorf("%s: %v, want ErrTurnOver", name, err)
		}
	}
	did.expect(t)
}

// TestResponder_GoroutineOfAFinishedTurn holds that goroutines which a handler left behind can neither crash the plugin
// nor speak in a later turn, also while the stream ends.
func TestResponder_GoroutineOfAFinishedTurn(t *testing.T) {
	var left sync.WaitGroup
	r := mustOpen(t, HandlerFunc(func(_ context.Context, m *Message, r Responder) error {
		for range 4 {
			left.Go(func() {
				for r.Append(m.ID) == nil {
				}
			})
		}
		return nil
	}))
	for _, id := range []string{"1", "2", "3"} {
		did := &said{}
		if err := r.Handle(t.Context(), hello(id), did); err != nil {
			t.Fatal(err)
		}
		for _, v := range did.all {
			if v != appended(id) {
				t.Errorf("turn %s heard %q", id, v)
			}
		}
	}
	r.Close(t.Context())
	left.Wait()
}

func TestResponder_FromManyGoroutines(t *testing.T) {
	const each = 200
	r := mustOpen(t, HandlerFunc(func(_ context.Context, _ *Message, r Responder) error {
		var all sync.WaitGroup
		for range 5 {
			all.Go(func() {
				for range each {
					if err := r.Append("x"); err != nil {
						t.Errorf("Append: %v", err)
					}
				}
			})
		}
		all.Wait()
		return nil
	}))
	did := &said{}
	if err := r.Handle(t.Context(), hello("1"), did); err != nil {
		t.Fatal(err)
	}
	if len(did.all) != 5*each {
		t.Errorf("%d appends arrived, want %d", len(did.all), 5*each)
	}
}

func TestResponder_TooLarge(t *testing.T) {
	large := strings.Repeat("x", MaxContent)
	tries := map[string]func(Responder) error{
		"Reply":   func(r Responder) error { return r.Reply(Text{Text: large}) },
		"Append":  func(r Responder) error { return r.Append(large) },
		"Forward": func(r Responder) error { return r.Forward(Raw{Fields: []byte(large)}) },
		"Handoff": func(r Responder) error { return r.Handoff(large) },
		"Save":    func(r Responder) error { return r.Save(make([]byte, MaxState+1)) },
		"invalid": func(r Responder) error { return r.Append(strings.Repeat("x\xff", MaxContent/3)) },
	}
	r := mustOpen(t, HandlerFunc(func(_ context.Context, m *Message, r Responder) error {
		if err := tries[m.ID](r); err == nil || errors.Is(err, ErrTurnOver) || !strings.Contains(err.Error(), "more than the") {
			t.Errorf("%s: %v", m.ID, err)
		}
		return r.Reply(Text{Text: "still here"})
	}))
	for name := range tries {
		did := &said{}
		if err := r.Handle(t.Context(), hello(name), did); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		did.expect(t, Text{Text: "still here"})
	}
}

func TestResponder_LargestThatFits(t *testing.T) {
	text, state := strings.Repeat("x", MaxContent-100), make([]byte, MaxState)
	r := mustOpen(t, HandlerFunc(func(_ context.Context, _ *Message, r Responder) error {
		return errors.Join(r.Reply(Text{Text: text}), r.Save(state), r.Append(text), r.Handoff(text))
	}))
	did := &said{}
	if err := r.Handle(t.Context(), hello("1"), did); err != nil {
		t.Fatal(err)
	}
	did.expect(t, Text{Text: text}, saved(state), appended(text), handedOff(text))
}

func TestRemote_MessageTooLarge(t *testing.T) {
	r := mustOpen(t, HandlerFunc(echoed))
	m := hello("1")
	m.State = make([]byte, MaxFrame/2)
	if err := r.Handle(t.Context(), m, &said{}); err == nil || !strings.Contains(err.Error(), "more than the") {
		t.Errorf("Handle: %v", err)
	}
	m.State = m.State[:MaxFrame/2-1000]
	if err := r.Handle(t.Context(), m, &said{}); err != nil {
		t.Errorf("a message that just fits: %v", err)
	}
}
