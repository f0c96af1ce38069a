package kf

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chuanhuabot/bot/core"
	wecom "github.com/chuanhuabot/bot/sandbox/kf"
	"github.com/chuanhuabot/bot/sdk"
)

// TestState_SilentWhileAPersonHasTheConversation is the reason why other bots look dead: this one knows, says so, and comes back.
func TestState_SilentWhileAPersonHasTheConversation(t *testing.T) {
	s := newStage(t, wecom.Rules{})
	s.start(echo)
	s.say(ann, wecom.Text("1"))
	s.sees(ann, "re 1")
	s.must(s.account.Take(t.Context(), zhang, ann))
	s.say(ann, wecom.Text("2"))
	s.logged("the bot is silent in it")
	s.must(s.account.SeatSay(t.Context(), zhang, ann, wecom.Text("a person's answer")))
	s.say(ann, wecom.Text("3"))
	s.must(s.account.End(t.Context(), zhang, ann))
	s.say(ann, wecom.Text("4"))
	s.sees(ann, "re 1", "a person's answer", "re 4")
	s.deliveries(0)
	s.logged("the bot answers the customer's next message")
}

func (s *stage) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

// TestState_IsKnownAfterARestart holds that nobody's answer is made in vain.
func TestState_IsKnownAfterARestart(t *testing.T) {
	s := newStage(t, wecom.Rules{})
	s.start(echo)
	s.say(ann, wecom.Text("1"))
	s.sees(ann, "re 1")
	s.must(s.account.Take(t.Context(), zhang, ann))
	s.logged("the bot is silent in it")
	s.stop()
	s.start(func(_ context.Context, m *sdk.Message, _ sdk.Responder) error {
		if m.Text() != "" {
			t.Error("a plugin was asked")
		}
		return nil
	})
	s.say(ann, wecom.Text("2"))
	s.logged("a person has the conversation: the bot is silent")
}

// TestState_AccountThatIsNotManaged is an account whose sessions go to servicers: the first refusal tells, with what to do.
func TestState_AccountThatIsNotManaged(t *testing.T) {
	s := newStage(t, wecom.Rules{})
	s.account.SetManaged(false)
	s.start(echo)
	s.say(ann, wecom.Text("hello"))
	d := s.deliveries(1, core.StatusFailed)[0]
	if !strings.Contains(d.Reason, errHuman.Error()) || !strings.Contains(d.Reason, "95018") || !strings.Contains(d.Reason, "managed by API") {
		t.Errorf("the operator reads %q", d.Reason)
	}
	s.say(ann, wecom.Text("again"))
	s.logged("a person has the conversation: the bot is silent")
	s.deliveries(1)
}

// TestState_EndsWithoutAWord is a session whose end nobody tells: the bot asks when the customer writes.
func TestState_EndsWithoutAWord(t *testing.T) {
	s := newStage(t, wecom.Rules{})
	s.account.SetManaged(false)
	s.start(echo)
	s.say(ann, wecom.Text("hello"))
	s.deliveries(1, core.StatusFailed)
	s.must(s.bot.channel.people.Change(t.Context(), s.account.ID()+"/"+ann, func(one *session) bool {
		one.Checked -= 120 // Two minutes ago.
		return true
	}))
	s.intercept(func(w http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path != "/cgi-bin/kf/service_state/get" {
			return strings.HasSuffix(r.URL.Path, "send_msg") && accept(w)
		}
		_, _ = w.Write([]byte(`{"errcode":0,"service_state":0}`))
		return true
	})
	s.say(ann, wecom.Text("are you there?"))
	s.logged("the bot answers the customer's next message")
	s.deliveries(1)
}

func accept(w http.ResponseWriter) bool {
	_, _ = w.Write([]byte(`{"errcode":0,"errmsg":"ok","msgid":"x"}`))
	return true
}

// TestState_WhatWaitsIsGivenUp holds that a customer whom a person has gets no answer of the bot behind their back.
func TestState_WhatWaitsIsGivenUp(t *testing.T) {
	s := newStage(t, wecom.Rules{})
	s.start(says("1", "2", "3", "4", strings.Repeat("x", 2043), "rest"))
	s.say(ann, wecom.Text("go"))
	s.logged("waits for its customer to write")
	s.must(s.account.Take(t.Context(), zhang, ann))
	d := s.deliveries(1, core.StatusFailed)[0]
	if !strings.Contains(d.Reason, errHuman.Error()) {
		t.Errorf("the operator reads %q", d.Reason)
	}
}

// watching gathers what a plugin sees.
type watching struct {
	mu   sync.Mutex
	seen []string
}

func (w *watching) handle(ctx context.Context, m *sdk.Message, r sdk.Responder) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if e, ok := m.Content.(sdk.Event); ok {
		w.seen = append(w.seen, e.Type+" "+string(e.Fields))
		return r.Reply(sdk.Text{Text: "by accident"})
	}
	return echo(ctx, m, r)
}

func (w *watching) has(parts ...string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.ContainsFunc(w.seen, func(one string) bool {
		return !slices.ContainsFunc(parts, func(p string) bool { return !strings.Contains(one, p) })
	})
}

// TestServicer_IsNeverAnsweredByAccident holds that plugins see what people say to each other only if bot.yaml says so, and that what
// they answer goes nowhere.
func TestServicer_IsNeverAnsweredByAccident(t *testing.T) {
	for _, watch := range []bool{false, true} {
		s := newStage(t, wecom.Rules{})
		s.config.Watch = watch
		w := &watching{}
		s.start(w.handle)
		s.say(ann, wecom.Text("1"))
		s.sees(ann, "re 1")
		s.must(s.account.Take(t.Context(), zhang, ann))
		s.must(s.account.SeatSay(t.Context(), zhang, ann, wecom.Text("what a servicer says")))
		s.say(ann, wecom.Text("what the customer says"))
		s.must(s.account.End(t.Context(), zhang, ann))
		s.say(ann, wecom.Text("2"))
		if !s.until(func() bool { return w.has(`session_status_change`, `"change_type":3`) }) {
			t.Fatalf("the plugin saw %q", w.seen)
		}
		for _, parts := range [][]string{{"servicer_message", zhang, "what a servicer says"}, {"customer_message", "what the customer says"}} {
			if got := watch && s.until(func() bool { return w.has(parts...) }) || w.has(parts...); got != watch {
				t.Errorf("watch: %t: %q is seen: %t", watch, parts, got)
			}
		}
		if !s.until(func() bool { return slices.Contains(s.seen(ann), "re 2") }) {
			t.Errorf("the customer saw %q", s.seen(ann))
		}
		saw := slices.DeleteFunc(s.seen(ann), func(text string) bool { return text == "by accident" })
		if n := len(s.seen(ann)) - len(saw); n > 2 { // The events of the session itself give the right to an answer each.
			t.Errorf("watch: %t: %d answers to what was said between people: %q", watch, n, s.seen(ann))
		}
	}
}

// TestGoodbye_ByTheCodeOfTheEnd is what a plugin says when a session has ended.
func TestGoodbye_ByTheCodeOfTheEnd(t *testing.T) {
	s := newStage(t, wecom.Rules{})
	s.start(func(ctx context.Context, m *sdk.Message, r sdk.Responder) error {
		if e, ok := m.Content.(sdk.Event); ok && e.Type == "session_status_change" && e.Key == "3" {
			return r.Reply(sdk.Menu{Head: "were we of help?", Choices: []sdk.Choice{{ID: "y", Text: "yes"}, {ID: "n", Text: "no"}}})
		}
		return echo(ctx, m, r)
	})
	s.say(ann, wecom.Text("1"))
	s.sees(ann, "re 1")
	s.must(s.account.Take(t.Context(), zhang, ann))
	s.must(s.account.End(t.Context(), zhang, ann))
	if !s.until(func() bool { return len(s.seen(ann)) == 2 }) || !strings.Contains(s.seen(ann)[1], "were we of help?") {
		t.Fatalf("the customer saw %q\n%s", s.seen(ann), s.log.String())
	}
	s.say(ann, wecom.MenuText("yes", "y"))
	if !s.until(func() bool { return len(s.seen(ann)) == 3 }) {
		t.Errorf("the customer saw %q", s.seen(ann))
	}
}

// TestWelcome_ByTheCodeOfTheEntry greets with a menu, which is said once, in time, and not counted.
func TestWelcome_ByTheCodeOfTheEntry(t *testing.T) {
	s := newStage(t, wecom.Rules{})
	var by time.Time
	s.start(func(ctx context.Context, m *sdk.Message, r sdk.Responder) error {
		if e, ok := m.Content.(sdk.Event); ok && e.Type == "enter_session" {
			by = m.AnswerBy
			if e.Key != "shop" || !strings.Contains(string(e.Fields), `"scene_param":"order=7"`) {
				t.Errorf("the plugin sees %s %s", e.Key, e.Fields)
			}
			return r.Reply(sdk.Text{Text: "welcome"})
		}
		return says("1", "2", "3", "4", "5")(ctx, m, r)
	})
	s.say(ann, wecom.Enter("shop", "order=7"))
	s.sees(ann, "welcome")
	if left := time.Until(by); left < 10*time.Second || left > 20*time.Second {
		t.Errorf("the answer is due in %s", left)
	}
	s.say(ann, wecom.Text("go"))
	s.sees(ann, "welcome", "1", "2", "3", "4", "5")
}

// TestWelcome_CodeThatIsNotGoodAnyMore goes in another way, if there is one.
func TestWelcome_CodeThatIsNotGoodAnyMore(t *testing.T) {
	s := newStage(t, wecom.Rules{})
	s.intercept(refuseOnce("/cgi-bin/kf/send_msg_on_event", 40058))
	s.start(func(ctx context.Context, m *sdk.Message, r sdk.Responder) error {
		if m.Content.Kind() == sdk.KindEvent {
			return r.Reply(sdk.Text{Text: "welcome"})
		}
		return echo(ctx, m, r)
	})
	s.say(ann, wecom.Enter("", ""))
	s.logged("not good any more")
	if d := s.deliveries(1, core.StatusFailed)[0]; !strings.Contains(d.Reason, errNoRight.Error()) {
		t.Errorf("the operator reads %q", d.Reason)
	}
	s.say(ann, wecom.Text("hello"))
	s.sees(ann, "re hello")
}
