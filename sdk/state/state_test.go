package state_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"github.com/chuanhuabot/bot/sdk"
	"github.com/chuanhuabot/bot/sdk/sdktest"
	"github.com/chuanhuabot/bot/sdk/state"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

type game struct {
	Tries int `json:"tries"`
}

// counting is a plugin that counts what a person says, until they say stop.
type counting struct{}

func (counting) Describe() sdk.Description { return sdk.Description{Stateful: true} }

func (counting) Handle(_ context.Context, m *sdk.Message, r sdk.Responder) error {
	g, err := state.Load[game](m)
	if err != nil {
		return err
	}
	if m.Text() == "stop" {
		return state.Forget(r)
	}
	g.Tries++
	if err := state.Save(r, g); err != nil {
		return err
	}
	return r.Reply(sdk.Text{Text: fmt.Sprint(g.Tries)})
}

func TestConversation_FromTurnToTurn(t *testing.T) {
	p := sdktest.Start(t, counting{})
	ada, bob := p.Person("ada"), p.Person("bob")
	for i, c := range []struct {
		who  *sdktest.Person
		says string
		want string
	}{{ada, "a", "1"}, {ada, "b", "2"}, {bob, "a", "1"}, {ada, "stop", ""}, {ada, "c", "1"}, {bob, "b", "2"}} {
		if turn := c.who.Say(c.says); turn.Err != nil || strings.Join(turn.Texts(), "") != c.want {
			t.Errorf("%d: got %+v, want %s", i, turn, c.want)
		}
	}
}

func TestConversation_StateOfSomebodyElse(t *testing.T) {
	for _, old := range []string{"x", "[]", `{"tries":"three"}`} {
		got, err := state.Load[game](&sdk.Message{Conversation: "wx/ada", State: []byte(old)})
		if err == nil || got != (game{}) || !strings.Contains(err.Error(), "wx/ada") {
			t.Errorf("%s: %+v, %v", old, got, err)
		}
	}
	if got, err := state.Load[game](&sdk.Message{State: []byte(`{"tries":3,"new":1}`)}); err != nil || got.Tries != 3 {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestConversation_WhatCannotBeSaved(t *testing.T) {
	for name, c := range map[string]struct {
		v    any
		want string
	}{"too much": {strings.Repeat("x", sdk.MaxState), "more than the 65536"}, "no JSON": {func() {}, "unsupported type"}} {
		p := sdktest.Start(t, sdk.HandlerFunc(func(_ context.Context, _ *sdk.Message, r sdk.Responder) error { return state.Save(r, c.v) }))
		if turn := p.Say("hi"); turn.Err == nil || !strings.Contains(turn.Err.Error(), c.want) || turn.Saved != nil {
			t.Errorf("%s: got %v", name, turn.Err)
		}
	}
}

func TestValues_GetPutDeleteKeys(t *testing.T) {
	fake := &sdktest.Host{}
	games, others := state.NewValues[game](fake, "game/"), state.NewValues[string](fake, "name/")
	ctx := t.Context()
	if _, err := games.Get(ctx, "ada"); !errors.Is(err, sdk.ErrNotFound) {
		t.Errorf("got %v", err)
	}
	for key, tries := range map[string]int{"ada": 3, "bob": 4} {
		if err := games.Put(ctx, key, game{tries}); err != nil {
			t.Error(err)
		}
	}
	if err := others.Put(ctx, "ada", "Ada"); err != nil {
		t.Error(err)
	}
	if got, err := games.Get(ctx, "ada"); err != nil || got.Tries != 3 {
		t.Errorf("%+v, %v", got, err)
	}
	if err := games.Delete(ctx, "bob"); err != nil {
		t.Error(err)
	}
	if keys, err := games.Keys(ctx); err != nil || !slices.Equal(keys, []string{"ada"}) {
		t.Errorf("%q, %v", keys, err)
	}
	if _, err := state.NewValues[game](fake, "").Get(ctx, "name/ada"); err == nil || !strings.Contains(err.Error(), "value name/ada") {
		t.Errorf("a text is no game: %v", err)
	}
	if err := state.NewValues[any](fake, "").Put(ctx, "x", func() {}); err == nil {
		t.Error("a function was written")
	}
}

// TestValues_UpdateLosesNothing has many write at once, each of whom reads first.
func TestValues_UpdateLosesNothing(t *testing.T) {
	games := state.NewValues[game](&sdktest.Host{}, "")
	const writers = 4
	var running sync.WaitGroup
	for range writers {
		running.Go(func() {
			if _, err := games.Update(t.Context(), "all", func(g *game) error { g.Tries++; return nil }); err != nil {
				t.Error(err)
			}
		})
	}
	running.Wait()
	if got, err := games.Get(t.Context(), "all"); err != nil || got.Tries != writers {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestValues_UpdateGivesUp(t *testing.T) {
	tries := 0
	fake := &sdktest.Host{Fail: func(method string) error {
		if method == "Put" {
			tries++
			return fmt.Errorf("value: %w", sdk.ErrConflict)
		}
		return nil
	}}
	games := state.NewValues[game](fake, "")
	if _, err := games.Update(t.Context(), "all", func(*game) error { return nil }); !errors.Is(err, sdk.ErrConflict) || tries != 10 {
		t.Errorf("%d tries, %v", tries, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	tries = 0
	_, err := games.Update(ctx, "all", func(*game) error { cancel(); return nil })
	if !errors.Is(err, context.Canceled) || tries > 2 {
		t.Errorf("%d tries, %v", tries, err)
	}
}

func TestValues_UpdateStopsAtAnError(t *testing.T) {
	noLuck := errors.New("no luck")
	fake := &sdktest.Host{}
	games := state.NewValues[game](fake, "")
	if _, err := games.Update(t.Context(), "a", func(*game) error { return noLuck }); !errors.Is(err, noLuck) {
		t.Errorf("got %v", err)
	}
	if keys, _ := games.Keys(t.Context()); len(keys) != 0 {
		t.Errorf("it wrote %q", keys)
	}
	fake.Fail = func(string) error { return sdk.ErrNotGranted }
	if _, err := games.Update(t.Context(), "a", func(*game) error { return nil }); !errors.Is(err, sdk.ErrNotGranted) {
		t.Errorf("got %v", err)
	}
}

func ExampleValues_Update() {
	visits := state.NewValues[int](&sdktest.Host{}, "visits/") // In a plugin it is the Host of UseHost.
	for range 3 {
		n, err := visits.Update(context.Background(), "ada", func(n *int) error { *n++; return nil })
		fmt.Println(n, err)
	}
	// Output:
	// 1 <nil>
	// 2 <nil>
	// 3 <nil>
}
