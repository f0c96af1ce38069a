package kf

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chuanhuabot/bot/core"
	wecom "github.com/chuanhuabot/bot/sandbox/kf"
	"github.com/chuanhuabot/bot/sdk"
)

// This file is about the worst moments: each test is a sequence of events that once lost or repeated something.

// welcomes answers events with a welcome.
func welcomes(ctx context.Context, m *sdk.Message, r sdk.Responder) error {
	if m.Content.Kind() == sdk.KindEvent {
		return r.Reply(sdk.Text{Text: "welcome"})
	}
	return echo(ctx, m, r)
}

// TestWorst_CodeThatIsOverWhenTheCallIsRepeated is a welcome of which nobody knows whether it was shown: it is not asked for without end.
func TestWorst_CodeThatIsOverWhenTheCallIsRepeated(t *testing.T) {
	s := newStage(t, wecom.Rules{})
	var calls atomic.Int64
	s.intercept(func(w http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path != "/cgi-bin/kf/send_msg_on_event" {
			return false
		}
		code := 40071
		if calls.Add(1) == 1 {
			code = -1
		}
		_, _ = fmt.Fprintf(w, `{"errcode":%d,"errmsg":"refused by the test"}`, code)
		return true
	})
	s.start(welcomes)
	s.say(ann, wecom.Enter("", ""))
	if d := s.deliveries(1, core.StatusFailed)[0]; !strings.Contains(d.Reason, errUnclear.Error()) {
		t.Errorf("the operator reads %q", d.Reason)
	}
	if n := calls.Load(); n != 2 {
		t.Errorf("%d calls", n)
	}
	s.say(ann, wecom.Text("hello"))
	s.sees(ann, "re hello")
}

// TestWorst_StoppedWhileTheLastMessageGathers holds that the next process sends it, also if the core is quicker than the channel.
func TestWorst_StoppedWhileTheLastMessageGathers(t *testing.T) {
	s := newStage(t, wecom.Rules{})
	handle := says("0", "1", "2", "3", "4")
	s.start(handle)
	s.say(ann, wecom.Text("go"))
	s.sees(ann, "0", "1", "2", "3")
	s.stop()
	s.start(handle)
	s.sees(ann, "0", "1", "2", "3", "4")
}

// TestWorst_OldWordsOfAServicer are read after a downtime: the customer who writes now is answered.
func TestWorst_OldWordsOfAServicer(t *testing.T) {
	s := newStage(t, wecom.Rules{})
	s.config.Freshness = 100 * time.Hour
	s.start(echo)
	s.say(ann, wecom.Text("1"))
	s.sees(ann, "re 1")
	s.stop()
	_ = s.account.Take(t.Context(), zhang, ann) // Nobody answers the bells.
	_ = s.account.SeatSay(t.Context(), zhang, ann, wecom.Text("a person's answer"))
	s.intercept(func(w http.ResponseWriter, r *http.Request) bool { // The session has run out, which nobody tells.
		if r.URL.Path == "/cgi-bin/kf/service_state/get" {
			_, _ = w.Write([]byte(`{"errcode":0,"service_state":0}`))
			return true
		}
		return strings.HasSuffix(r.URL.Path, "send_msg") && accept(w)
	})
	s.clock.Advance(50 * time.Hour)
	s.start(func(ctx context.Context, m *sdk.Message, r sdk.Responder) error {
		if m.Text() != "" {
			s.bot.channel.log.Info("a plugin sees " + m.Text())
		}
		return nil
	})
	s.say(ann, wecom.Text("are you there?"))
	s.logged("a plugin sees are you there?")
}

// TestWorst_StateThatCannotBeAsked holds that a customer's words are not lost for an API that is down for a moment.
func TestWorst_StateThatCannotBeAsked(t *testing.T) {
	s := newStage(t, wecom.Rules{})
	s.start(echo)
	s.say(ann, wecom.Text("1"))
	s.sees(ann, "re 1")
	s.must(s.account.Take(t.Context(), zhang, ann))
	s.logged("the bot is silent in it")
	s.must(s.bot.channel.people.Change(t.Context(), s.account.ID()+"/"+ann, func(one *session) bool {
		one.Checked -= 120 // Two minutes ago.
		return true
	}))
	var asked atomic.Int64
	s.intercept(func(w http.ResponseWriter, r *http.Request) bool {
		switch {
		case r.URL.Path != "/cgi-bin/kf/service_state/get":
			return strings.HasSuffix(r.URL.Path, "send_msg") && accept(w)
		case asked.Add(1) == 1:
			w.WriteHeader(http.StatusBadGateway)
		default:
			_, _ = w.Write([]byte(`{"errcode":0,"service_state":0}`))
		}
		return true
	})
	s.say(ann, wecom.Text("are you there?"))
	s.logged("the bot answers the customer's next message")
	if !s.until(func() bool { return strings.Contains(s.log.String(), "delivery sent") }) {
		t.Errorf("the customer is not answered: %s", s.log.String())
	}
}

// TestWorst_FirstPieceFailsAfterAllHaveGone holds that a long answer of which the beginning is missing counts as failed.
func TestWorst_FirstPieceFailsAfterAllHaveGone(t *testing.T) {
	s := newStage(t, wecom.Rules{FailAfter: 300 * time.Millisecond})
	s.account.FailNextSend(4)
	s.start(says(strings.Repeat("x", 5000)))
	s.say(ann, wecom.Text("go"))
	if d := s.deliveries(1, core.StatusFailed)[0]; !strings.Contains(d.Reason, "48 hours") || d.Progress != 0 {
		t.Errorf("%d have gone, and the operator reads %q", d.Progress, d.Reason)
	}
}

// TestWorst_FailsBetweenTwoCalls is a message of which the first call's answer is lost, and that the platform reports before the second.
func TestWorst_FailsBetweenTwoCalls(t *testing.T) {
	s := newStage(t, wecom.Rules{FailAfter: 50 * time.Millisecond})
	s.account.FailNextSend(4)
	var once atomic.Bool
	s.intercept(func(w http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path != "/cgi-bin/kf/send_msg" || once.Swap(true) {
			return false
		}
		s.platform.ServeHTTP(discard{}, r)
		w.WriteHeader(http.StatusBadGateway)
		return true
	})
	s.start(echo)
	s.say(ann, wecom.Text("go"))
	if d := s.deliveries(1, core.StatusFailed)[0]; !strings.Contains(d.Reason, "48 hours") {
		t.Errorf("the operator reads %q", d.Reason)
	}
}

// TestWorst_TwoHandoffs holds that who has a customer keeps them.
func TestWorst_TwoHandoffs(t *testing.T) {
	s := newStage(t, wecom.Rules{})
	s.config.Handoff.To = "servicer"
	gate := make(chan struct{})
	var handed atomic.Int64
	s.start(func(_ context.Context, m *sdk.Message, r sdk.Responder) error {
		if m.Content.Kind() == sdk.KindEvent {
			return nil
		}
		<-gate
		defer handed.Add(1)
		return r.Handoff("")
	})
	s.say(ann, wecom.Text("person"))
	s.say(ann, wecom.Text("person!"))
	if !s.until(func() bool {
		return strings.Count(s.log.String(), "turn") >= 0 && s.session(ann).State == wecom.StateNew
	}) {
		t.Fatalf("the session is %+v", s.session(ann))
	}
	time.Sleep(100 * time.Millisecond) // Both are read before the first is handled: later ones do not reach plugins.
	close(gate)
	if !s.until(func() bool { return handed.Load() == 2 }) || s.session(ann).Servicer != zhang {
		t.Errorf("%d handoffs; the session is %+v", handed.Load(), s.session(ann))
	}
	s.deliveries(0)
}

// TestWorst_RightOfWhoWasTakenFromTheQueue is the one message that a bot may say to them.
func TestWorst_RightOfWhoWasTakenFromTheQueue(t *testing.T) {
	s := newStage(t, wecom.Rules{})
	s.start(func(ctx context.Context, m *sdk.Message, r sdk.Responder) error {
		if e, ok := m.Content.(sdk.Event); ok && e.Type == "session_status_change" && e.Key == "1" {
			return r.Reply(sdk.Text{Text: "zhang is with you"})
		}
		return handsOff(ctx, m, r)
	})
	s.say(ann, wecom.Text("person"))
	s.sees(ann, "one moment", "a person comes")
	s.must(s.account.Take(t.Context(), zhang, ann))
	s.sees(ann, "one moment", "a person comes", "zhang is with you")
}

// TestWorst_OlderOnesStayFirstWhileTheAPIIsClosed has messages that cannot be joined, of which the sixth is refused for a second or more, and a
// customer who goes on writing.
func TestWorst_OlderOnesStayFirstWhileTheAPIIsClosed(t *testing.T) {
	s := newStage(t, wecom.Rules{})
	var sends atomic.Int64
	s.intercept(func(w http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path != "/cgi-bin/kf/send_msg" {
			return false
		}
		if n := sends.Add(1); n != 6 && n != 7 {
			return false
		}
		_, _ = fmt.Fprint(w, `{"errcode":45033,"errmsg":"refused by the test"}`)
		return true
	})
	s.start(func(ctx context.Context, m *sdk.Message, r sdk.Responder) error {
		if m.Text() != "go" {
			return echo(ctx, m, r)
		}
		for n := range 7 {
			_ = r.Reply(sdk.Location{Latitude: 1, Longitude: 1, Label: fmt.Sprint(n + 1)})
		}
		return nil
	})
	s.say(ann, wecom.Text("go"))
	if !s.until(func() bool { return len(s.seen(ann)) == 5 && s.bot.channel.waiting.count(s.account.ID()+"/"+ann) == 2 }) {
		t.Fatalf("the customer saw %q", s.seen(ann))
	}
	s.later()
	s.say(ann, wecom.Text("a"))
	if !s.until(func() bool { return sends.Load() >= 6 }) {
		t.Fatal("it is not tried")
	}
	s.say(ann, wecom.Text("b"))
	if !s.until(func() bool { return len(s.seen(ann)) == 9 }) {
		t.Fatalf("the customer saw %q", s.seen(ann))
	}
	if seen := s.seen(ann); !slices.Equal(seen[7:], []string{"re a", "re b"}) || !strings.Contains(seen[5], "6") || !strings.Contains(seen[6], "7") {
		t.Errorf("the customer saw %q", seen)
	}
}

// noteFails is a store that cannot note what is on its way, as long as that is so.
type noteFails struct {
	core.Store
	broken atomic.Bool
}

func (f *noteFails) Put(ctx context.Context, key string, value []byte, revision uint64) (uint64, error) {
	if f.broken.Load() && strings.HasPrefix(key, "kf/people/") {
		return 0, context.DeadlineExceeded
	}
	return f.Store.Put(ctx, key, value, revision)
}

// TestWorst_WhatCouldNotBeNotedHasNotGone holds that a first call that is refused is not taken for a repeat because of a store that failed.
func TestWorst_WhatCouldNotBeNotedHasNotGone(t *testing.T) {
	s := newStage(t, wecom.Rules{})
	store := &noteFails{Store: s.store}
	store.broken.Store(true)
	s.store = store
	s.intercept(refuseOnce("/cgi-bin/kf/send_msg", 40058))
	s.start(echo)
	s.say(ann, wecom.Text("hello"))
	s.deliveries(1, core.StatusRetry)
	store.broken.Store(false)
	if d := s.deliveries(1, core.StatusFailed)[0]; !strings.Contains(d.Reason, "40058") {
		t.Errorf("the operator reads %q", d.Reason)
	}
}

// TestWorst_WaitingForEver ends with the window of the platform.
func TestWorst_WaitingForEver(t *testing.T) {
	w := newWaiting()
	now := time.Now()
	for n, age := range []time.Duration{50 * time.Hour, 49 * time.Hour, time.Hour} {
		if err := w.put(&core.Delivery{ID: fmt.Sprint(n), Conversation: "c", Created: now.Add(-age)}); err != nil {
			t.Fatal(err)
		}
	}
	if gone := w.expired(now.Add(-48 * time.Hour)); len(gone) != 2 || gone[0].ID != "0" || w.count("c") != 1 || w.number != 1 {
		t.Errorf("%d are over, %d are left", len(gone), w.count("c"))
	}
	if gone := w.expired(now); len(gone) != 1 || len(w.held) != 0 || w.number != 0 {
		t.Errorf("%d are over", len(gone))
	}
}

// TestWorst_OneOfManyIsNotTaken holds that what the platform never takes costs only itself.
func TestWorst_OneOfManyIsNotTaken(t *testing.T) {
	s := newStage(t, wecom.Rules{})
	var sends atomic.Int64
	s.intercept(func(w http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path != "/cgi-bin/kf/send_msg" {
			return false
		}
		if n := sends.Add(1); n != 5 && n != 7 { // The message of three, and then the second of them.
			return false
		}
		_, _ = fmt.Fprint(w, `{"errcode":40201,"errmsg":"refused by the test"}`)
		return true
	})
	s.start(says("1", "2", "3", "4", "5", "6", "7"))
	s.say(ann, wecom.Text("go"))
	s.sees(ann, "1", "2", "3", "4", "5")
	s.logged("waits for its customer to write")
	s.later()
	s.say(ann, wecom.Text("on"))
	s.sees(ann, "1", "2", "3", "4", "5", "7", "re on")
	if d := s.deliveries(1, core.StatusFailed)[0]; d.Content != (sdk.Text{Text: "6"}) {
		t.Errorf("%+v has failed", d.Content)
	}
}

// TestWorst_GoodbyeWhileSomethingWaits holds that the right of an event is used whatever waits.
func TestWorst_GoodbyeWhileSomethingWaits(t *testing.T) {
	s := newStage(t, wecom.Rules{})
	s.start(func(ctx context.Context, m *sdk.Message, r sdk.Responder) error {
		if m.Content.Kind() == sdk.KindEvent {
			return r.Reply(sdk.Text{Text: "goodbye"})
		}
		return says("1", "2", "3", "4", strings.Repeat("x", 2043), "rest")(ctx, m, r)
	})
	s.say(ann, wecom.Text("go"))
	s.logged("waits for its customer to write")
	var said atomic.Bool
	s.intercept(func(w http.ResponseWriter, r *http.Request) bool {
		return strings.HasSuffix(r.URL.Path, "send_msg_on_event") && !said.Swap(true) && accept(w)
	})
	if _, err := s.account.Say(t.Context(), ann, wecom.Event("session_status_change", map[string]any{"change_type": 3, "msg_code": "a right"})); err != nil {
		t.Fatal(err)
	}
	if !s.until(said.Load) {
		t.Errorf("nothing was said: %s", s.log.String())
	}
}
