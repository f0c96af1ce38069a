package sdktest_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/chuanhuabot/bot/sdk"
	"github.com/chuanhuabot/bot/sdk/sdktest"
)

// greeter greets as it was configured.
type greeter struct {
	Greeting   string `json:"greeting"`
	configured int
}

func (g *greeter) Describe() sdk.Description { return sdk.Description{Name: "greeter", Version: "2"} }

func (g *greeter) Configure(_ context.Context, config json.RawMessage) error {
	g.configured++
	g.Greeting = "hello"
	return sdk.DecodeConfig(config, g)
}

func (g *greeter) Handle(_ context.Context, m *sdk.Message, r sdk.Responder) error {
	return r.Reply(sdk.Text{Text: g.Greeting + ", " + m.Text()})
}

func TestConfigure_AnyForm(t *testing.T) {
	const text = `{"greeting":"hi"}`
	for name, config := range map[string]any{
		"map": map[string]any{"greeting": "hi"}, "string": text, "bytes": []byte(text), "raw": json.RawMessage(text),
		"struct": struct {
			Greeting string `json:"greeting"`
		}{"hi"},
	} {
		p := sdktest.Start(t, &greeter{})
		if err := p.Configure(config); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if turn := p.Say("Ada"); turn.Err != nil || turn.Texts()[0] != "hi, Ada" {
			t.Errorf("%s: %+v", name, turn)
		}
	}
	if err := sdktest.Start(t, &greeter{}).Configure(func() {}); err == nil {
		t.Error("a function was taken for a configuration")
	}
}

func TestConfigure_Refused(t *testing.T) {
	p := sdktest.Start(t, &greeter{})
	err := p.Configure(`{"greting":"hi"}`)
	var problems sdk.Problems
	if !errors.As(err, &problems) || problems[0].Field != "greting" {
		t.Errorf("Configure: %v", err)
	}
	if turn := p.Say("Ada"); !errors.As(turn.Err, &problems) {
		t.Errorf("a plugin that was refused took a turn: %+v", turn)
	}
	if err := p.Configure(nil); err != nil {
		t.Fatal(err)
	}
	if turn := p.Say("Ada"); turn.Err != nil {
		t.Errorf("after a better one: %v", turn.Err)
	}
	if err := p.Configure(nil); err == nil {
		t.Error("the plugin was configured after its first turn")
	}
}

func TestConfigure_IsDoneOnceWithoutBeingAsked(t *testing.T) {
	g := &greeter{}
	p := sdktest.Start(t, g)
	for range 3 {
		if turn := p.Say("Ada"); turn.Err != nil || turn.Texts()[0] != "hello, Ada" {
			t.Errorf("got %+v", turn)
		}
	}
	if g.configured != 1 {
		t.Errorf("configured %d times", g.configured)
	}
}

func TestDescribe(t *testing.T) {
	if got := sdktest.Start(t, &greeter{}).Describe(); got.Name != "greeter" || got.Version != "2" {
		t.Errorf("got %+v", got)
	}
	plain := sdktest.Start(t, sdk.HandlerFunc(func(context.Context, *sdk.Message, sdk.Responder) error { return nil }))
	if got := plain.Describe(); got != (sdk.Description{}) {
		t.Errorf("a handler that says nothing of itself: %+v", got)
	}
	if err := plain.Configure(`{"a":1}`); len(sdk.ProblemsOf(err)) != 1 {
		t.Errorf("Configure of what takes none: %v", err)
	}
}

// keeper replies with its state, saves its text, and fails when told to.
type keeper struct{ stateful bool }

func (k keeper) Describe() sdk.Description { return sdk.Description{Stateful: k.stateful} }

func (keeper) Handle(_ context.Context, m *sdk.Message, r sdk.Responder) error {
	err := errors.Join(r.Append(string(m.State)), r.Save([]byte(strings.TrimPrefix(m.Text(), "fail "))))
	if strings.HasPrefix(m.Text(), "fail ") {
		return errors.New("told to")
	}
	return err
}

func TestState(t *testing.T) {
	p := sdktest.Start(t, keeper{stateful: true})
	for i, c := range []struct{ who, say, had string }{
		{"ada", "1", ""}, {"ada", "2", "1"}, {"bob", "9", ""}, {"ada", "fail 3", "2"}, {"ada", "", "2"},
		{"ada", "4", ""}, {"bob", "8", "9"},
	} {
		if got := strings.Join(p.Person(c.who).Say(c.say).Texts(), "|"); got != c.had {
			t.Errorf("turn %d: %s had %q, want %q", i, c.who, got, c.had)
		}
	}
	m := p.Person("ada").Message(sdk.Text{})
	m.State = []byte("brought along")
	if got := p.Handle(t.Context(), m).Texts(); len(got) != 1 || got[0] != "brought along" {
		t.Errorf("a message's own state: %q", got)
	}
}

func TestState_NotForOthers(t *testing.T) {
	p := sdktest.Start(t, keeper{})
	p.Say("1")
	if turn := p.Say("2"); turn.Texts() != nil || string(turn.Saved) != "2" {
		t.Errorf("got %+v", turn)
	}
}

func TestOrder_OneTurnAtATimeInAConversation(t *testing.T) {
	var running atomic.Int32
	p := sdktest.Start(t, sdk.HandlerFunc(func(_ context.Context, m *sdk.Message, _ sdk.Responder) error {
		if m.Sender == "ada" {
			if running.Add(1) > 1 {
				t.Error("two turns of one conversation at once")
			}
			defer running.Add(-1)
		}
		return nil
	}))
	var all sync.WaitGroup
	for range 50 {
		all.Go(func() { p.Person("ada").Say("a") })
		all.Go(func() { p.Person("bob").Say("b") })
	}
	all.Wait()
}

func TestStart_EndsWithTheTest(t *testing.T) {
	running, ended := make(chan struct{}), make(chan sdktest.Turn, 1)
	errs := test(func(f testing.TB) {
		p := sdktest.Start(f, sdk.HandlerFunc(func(ctx context.Context, _ *sdk.Message, _ sdk.Responder) error {
			close(running)
			<-ctx.Done()
			return nil
		}))
		go func() { ended <- p.Say("hello") }()
		<-running
	})
	if turn := <-ended; len(errs) > 0 || turn.Err == nil {
		t.Errorf("errors %q; the turn: %v", errs, turn.Err)
	}
}
