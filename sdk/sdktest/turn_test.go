package sdktest_test

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chuanhuabot/bot/sdk"
	"github.com/chuanhuabot/bot/sdk/sdktest"
)

// acting returns a handler that does what the text names.
func acting(acts map[string]func(sdk.Responder) error) sdk.Handler {
	return sdk.HandlerFunc(func(_ context.Context, m *sdk.Message, r sdk.Responder) error { return acts[m.Text()](r) })
}

func TestTurn_WhatAHandlerDid(t *testing.T) {
	text := func(s string) sdk.Content { return sdk.Text{Text: s} }
	p := sdktest.Start(t, acting(map[string]func(sdk.Responder) error{
		"nothing": func(sdk.Responder) error { return nil },
		"append": func(r sdk.Responder) error {
			return errors.Join(r.Append("a"), r.Append("b"), r.Reply(sdk.Image{}), r.Append(""), r.Reply(text("c")), r.Append("d"))
		},
		"pass":         func(r sdk.Responder) error { return errors.Join(r.Reply(text("a")), r.Pass()) },
		"forward":      func(r sdk.Responder) error { return errors.Join(r.Pass(), r.Forward(text("b"))) },
		"pass at last": func(r sdk.Responder) error { return errors.Join(r.Forward(text("b")), r.Pass()) },
		"handoff":      func(r sdk.Responder) error { return r.Handoff("angry") },
		"handoff, why": func(r sdk.Responder) error { return r.Handoff("") },
		"save":         func(r sdk.Responder) error { return errors.Join(r.Save([]byte("1")), r.Save([]byte("2"))) },
		"forget":       func(r sdk.Responder) error { return r.Save(nil) },
	}))
	for say, want := range map[string]sdktest.Turn{
		"nothing":      {},
		"append":       {Replies: []sdk.Content{text("ab"), sdk.Image{}, text("c"), text("d")}},
		"pass":         {Replies: []sdk.Content{text("a")}, Passed: true},
		"forward":      {Forwarded: text("b")},
		"pass at last": {Passed: true},
		"handoff":      {Handoff: "angry", HandedOff: true},
		"handoff, why": {HandedOff: true},
		"save":         {Saved: []byte("2")},
		"forget":       {Saved: []byte{}},
	} {
		if got := p.Say(say); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: got %#v, want %#v", say, got, want)
		}
	}
	if got, want := p.Say("append").Texts(), []string{"ab", "c", "d"}; !slices.Equal(got, want) {
		t.Errorf("texts %q, want %q", got, want)
	}
	if got := p.Say("nothing").Texts(); got != nil {
		t.Errorf("texts %q, want none", got)
	}
}

func TestTurn_Failures(t *testing.T) {
	p := sdktest.Start(t, acting(map[string]func(sdk.Responder) error{
		"error":    func(r sdk.Responder) error { return errors.Join(r.Append("half"), errors.New("no luck")) },
		"panic":    func(sdk.Responder) error { panic("oh") },
		"too much": func(r sdk.Responder) error { return r.Append(strings.Repeat("x", sdk.MaxContent)) },
	}))
	for say, want := range map[string]string{
		"error": "no luck", "panic": "panic: oh", "too much": "more than the", "unknown": "panic: runtime error",
	} {
		if turn := p.Say(say); turn.Err == nil || !strings.Contains(turn.Err.Error(), want) {
			t.Errorf("%s: %v, want %s", say, turn.Err, want)
		}
	}
	if got := p.Say("error").Texts(); !slices.Equal(got, []string{"half"}) {
		t.Errorf("before its error the turn said %q", got)
	}
}

func TestTurn_EndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	ended := make(chan struct{})
	p := sdktest.Start(t, sdk.HandlerFunc(func(in context.Context, _ *sdk.Message, _ sdk.Responder) error {
		cancel() // The bot's side of the turn: it is told to give up.
		<-in.Done()
		close(ended)
		return nil
	}))
	if turn := p.Handle(ctx, p.Person("ada").Message(sdk.Text{})); !errors.Is(turn.Err, context.Canceled) {
		t.Errorf("got %v", turn.Err)
	}
	<-ended
}

func TestPerson_Messages(t *testing.T) {
	var got []*sdk.Message
	p := sdktest.Start(t, sdk.HandlerFunc(func(_ context.Context, m *sdk.Message, _ sdk.Responder) error {
		got = append(got, m)
		return nil
	}))
	before := time.Now().Truncate(time.Millisecond)
	for _, turn := range []sdktest.Turn{p.Say("a"), p.Send(sdk.Image{}), p.Person("ada").Say("b"), p.Person("ada").Say("b")} {
		if turn.Err != nil {
			t.Fatal(turn.Err)
		}
	}
	ids := map[string]bool{}
	for i, sender := range []string{"somebody", "somebody", "ada", "ada"} {
		m := got[i]
		ids[m.ID] = true
		if m.Sender != sender || m.Conversation != sender || m.Channel == "" || m.Account == "" || m.Time.Before(before) {
			t.Errorf("message %d is %+v", i, m)
		}
	}
	if len(ids) != 4 {
		t.Errorf("%d different ids for 4 messages", len(ids))
	}
	want := p.Person("ada").Message(sdk.Event{Type: "subscribe"})
	want.Account = "other"
	if turn := p.Handle(t.Context(), want); turn.Err != nil || !reflect.DeepEqual(got[4], want) {
		t.Errorf("got %+v, %v, want %+v", got[4], turn.Err, want)
	}
}
