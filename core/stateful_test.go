package core_test

import (
	"context"
	"errors"
	"testing"

	"github.com/chuanhuabot/bot/core"
	"github.com/chuanhuabot/bot/core/memstore"
	"github.com/chuanhuabot/bot/sdk"
)

// plugin is a StatefulHandler.
type plugin struct {
	sdk.HandlerFunc
	stateful bool
}

func (p plugin) Stateful() bool { return p.stateful }

// count adds an x to its state with each message, and replies with what it was.
func count(_ context.Context, m *sdk.Message, r sdk.Responder) error {
	if err := r.Reply(sdk.Text{Text: string(m.State)}); err != nil {
		return err
	}
	return r.Save(append(m.State[:len(m.State):len(m.State)], 'x'))
}

func handleAll(t *testing.T, h sdk.Handler, people ...string) []string {
	t.Helper()
	r := &recorder{}
	for _, p := range people {
		if err := h.Handle(t.Context(), message(p, "hi"), r); err != nil {
			t.Fatal(err)
		}
	}
	return r.replies
}

func TestStateful_StateComesBackInTheSameConversation(t *testing.T) {
	h := core.Stateful{Name: "p", Store: memstore.New(), Handler: plugin{count, true}}
	equal(t, "states", handleAll(t, h, "ann", "ann", "bob", "ann", "bob"), []string{"", "x", "", "xx", "x"})
}

func TestStateful_EachPluginHasItsOwn(t *testing.T) {
	store := memstore.New()
	a := core.Stateful{Name: "a", Store: store, Handler: plugin{count, true}}
	b := core.Stateful{Name: "b", Store: store, Handler: plugin{count, true}}
	equal(t, "a", handleAll(t, a, "ann", "ann"), []string{"", "x"})
	equal(t, "b", handleAll(t, b, "ann"), []string{""})
}

func TestStateful_PluginThatDoesNotAskGetsNothingButMaySave(t *testing.T) {
	store := memstore.New()
	silent := core.Stateful{Name: "p", Store: store, Handler: plugin{count, false}}
	equal(t, "states", handleAll(t, silent, "ann", "ann"), []string{"", ""})
	asking := core.Stateful{Name: "p", Store: store, Handler: plugin{count, true}}
	equal(t, "what was saved", handleAll(t, asking, "ann"), []string{"x"})
}

func TestStateful_TurnThatFailsSavesNothing(t *testing.T) {
	store := memstore.New()
	fails := core.Stateful{Name: "p", Store: store, Handler: plugin{func(ctx context.Context, m *sdk.Message, r sdk.Responder) error {
		return errors.Join(count(ctx, m, r), errBroken)
	}, true}}
	if err := fails.Handle(t.Context(), message("ann", "hi"), &recorder{}); !errors.Is(err, errBroken) {
		t.Fatal(err)
	}
	works := core.Stateful{Name: "p", Store: store, Handler: plugin{count, true}}
	equal(t, "states", handleAll(t, works, "ann"), []string{""})
}

func TestStateful_EmptyStateIsForgotten(t *testing.T) {
	store := memstore.New()
	h := core.Stateful{Name: "p", Store: store, Handler: plugin{func(ctx context.Context, m *sdk.Message, r sdk.Responder) error {
		if len(m.State) == 2 {
			return errors.Join(r.Reply(sdk.Text{Text: string(m.State)}), r.Save(nil))
		}
		return count(ctx, m, r)
	}, true}}
	equal(t, "states", handleAll(t, h, "ann", "ann", "ann", "ann", "ann"), []string{"", "x", "xx", "", "x"})
	forget := core.Stateful{Name: "q", Store: store, Handler: plugin{func(_ context.Context, _ *sdk.Message, r sdk.Responder) error {
		return r.Save(nil)
	}, true}}
	equal(t, "forgetting nothing", handleAll(t, forget, "ann"), nil)
}

func TestStateful_SomebodyElseWasQuicker(t *testing.T) {
	store := memstore.New()
	h := core.Stateful{Name: "p", Store: store, Handler: plugin{func(_ context.Context, _ *sdk.Message, r sdk.Responder) error {
		if _, err := store.Put(t.Context(), "state/p/ch/ann", []byte("theirs"), 0); err != nil {
			return err
		}
		return r.Save([]byte("ours"))
	}, true}}
	if err := h.Handle(t.Context(), message("ann", "hi"), &recorder{}); !errors.Is(err, core.ErrConflict) {
		t.Errorf("error %v, want ErrConflict", err)
	}
}

func TestStateful_TooMuchStateIsAnError(t *testing.T) {
	h := core.Stateful{Name: "p", Store: memstore.New(), Handler: plugin{func(_ context.Context, _ *sdk.Message, r sdk.Responder) error {
		return r.Save(make([]byte, sdk.MaxState+1))
	}, true}}
	if err := h.Handle(t.Context(), message("ann", "hi"), &recorder{}); err == nil {
		t.Error("no error")
	}
}

func TestStateful_SaveAfterTheTurnIsAnError(t *testing.T) {
	var kept sdk.Responder
	h := core.Stateful{Name: "p", Store: memstore.New(), Handler: plugin{func(_ context.Context, _ *sdk.Message, r sdk.Responder) error {
		kept = r
		return nil
	}, true}}
	handleAll(t, h, "ann")
	if err := kept.Save([]byte("late")); !errors.Is(err, sdk.ErrTurnOver) {
		t.Errorf("error %v, want ErrTurnOver", err)
	}
}
