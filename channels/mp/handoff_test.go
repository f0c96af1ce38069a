package mp

import (
	"context"
	"errors"
	"testing"

	"github.com/chuanhuabot/bot/core"
	wechat "github.com/chuanhuabot/bot/sandbox/mp"
	"github.com/chuanhuabot/bot/sdk"
)

// handsOff lets a bot hand every conversation to a person, after a word of its own.
func (w *onPlatform) handsOff(t *testing.T) <-chan error {
	t.Helper()
	got := make(chan error, 1)
	w.handles(t, func(_ context.Context, _ *sdk.Message, r sdk.Responder) error {
		if err := r.Reply(sdk.Text{Text: "one moment"}); err != nil {
			return err
		}
		got <- r.Handoff("wants a person")
		return nil
	})
	return got
}

// TestHandoff_GivesThePersonToCustomerService holds that the transfer takes the passive reply, and that what was said before follows.
func TestHandoff_GivesThePersonToCustomerService(t *testing.T) {
	w := newOnPlatform(t, wechat.Verified)
	got := w.handsOff(t)
	out, err := w.account.Say(t.Context(), person, wechat.Text("人工"))
	if err != nil || out.Reply == nil || out.Reply.Kind != rawTransfer {
		t.Errorf("%+v, %v", out, err)
	}
	if err := <-got; err != nil {
		t.Error(err)
	}
	w.sawLast(t, "text")
}

func TestHandoff_TakesAnAccountThatHasCustomerService(t *testing.T) {
	w := newOnPlatformAs(t, wechat.Unverified, "unverified", &safeBuffer{})
	got := w.handsOff(t)
	out, err := w.account.Say(t.Context(), person, wechat.Text("人工"))
	if err != nil || out.Reply == nil || wechat.Words(out.Reply) != "one moment" {
		t.Errorf("%+v, %v", out, err)
	}
	if err := <-got; !errors.Is(err, core.ErrNoHandoff) {
		t.Errorf("got %v", err)
	}
}
