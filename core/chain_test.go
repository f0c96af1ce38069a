package core_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/chuanhuabot/bot/core"
	"github.com/chuanhuabot/bot/sdk"
)

// recorder is the Responder at the end of a chain.
type recorder struct {
	sdk.Responder
	replies   []string
	passed    bool
	forwarded sdk.Content
}

func (r *recorder) Reply(c sdk.Content) error {
	r.replies = append(r.replies, c.(sdk.Text).Text)
	return nil
}

func (r *recorder) Pass() error { r.passed = true; return nil }

func (r *recorder) Forward(c sdk.Content) error { r.forwarded = c; return nil }

func step(name string, h sdk.HandlerFunc) core.Step { return core.Step{Name: name, Handler: h} }

func pass(_ context.Context, _ *sdk.Message, r sdk.Responder) error { return r.Pass() }

func forward(text string) sdk.HandlerFunc {
	return func(_ context.Context, _ *sdk.Message, r sdk.Responder) error { return r.Forward(sdk.Text{Text: text}) }
}

func TestChain_Handle(t *testing.T) {
	silent := func(context.Context, *sdk.Message, sdk.Responder) error { return nil }
	fails := func(context.Context, *sdk.Message, sdk.Responder) error { return errBroken }
	replyAndPass := func(ctx context.Context, m *sdk.Message, r sdk.Responder) error {
		return errors.Join(echo(ctx, m, r), r.Pass())
	}
	appends := func(_ context.Context, _ *sdk.Message, r sdk.Responder) error {
		return errors.Join(r.Append("a"), r.Append("b"), r.Reply(sdk.Text{Text: "c"}), r.Append("d"))
	}
	appendsAndFails := func(_ context.Context, _ *sdk.Message, r sdk.Responder) error {
		return errors.Join(r.Append("half an answ"), errBroken)
	}
	for name, c := range map[string]struct {
		chain     core.Chain
		replies   []string
		passed    bool
		forwarded sdk.Content
		err       string
	}{
		"a step that replies ends the chain":       {chain: core.Chain{step("a", echo), step("b", fails)}, replies: []string{"re hi"}},
		"a step that says nothing ends it too":     {chain: core.Chain{step("a", silent), step("b", echo)}},
		"pass shows the message to the next":       {chain: core.Chain{step("a", pass), step("b", echo)}, replies: []string{"re hi"}},
		"forward shows it with another content":    {chain: core.Chain{step("a", forward("ho")), step("b", echo)}, replies: []string{"re ho"}},
		"a step may reply and pass":                {chain: core.Chain{step("a", replyAndPass), step("b", echo)}, replies: []string{"re hi", "re hi"}},
		"an error ends the chain and names it":     {chain: core.Chain{step("a", fails), step("b", echo)}, err: "a: broken"},
		"a last step that passes passes on":        {chain: core.Chain{step("a", pass)}, passed: true},
		"a last step that forwards forwards":       {chain: core.Chain{step("a", forward("ho"))}, forwarded: sdk.Text{Text: "ho"}},
		"what was forwarded stays when one passes": {chain: core.Chain{step("a", forward("ho")), step("b", pass)}, forwarded: sdk.Text{Text: "ho"}},
		"an empty chain passes":                    {chain: core.Chain{}, passed: true},
		"appended text becomes one reply":          {chain: core.Chain{step("a", appends)}, replies: []string{"ab", "c", "d"}},
		"a failing step keeps what it wrote":       {chain: core.Chain{step("a", appendsAndFails)}, replies: []string{"half an answ"}, err: "a: broken"},
	} {
		t.Run(name, func(t *testing.T) {
			r := &recorder{}
			err := c.chain.Handle(t.Context(), message("p", "hi"), r)
			equal(t, "replies", r.replies, c.replies)
			if r.passed != c.passed || r.forwarded != c.forwarded {
				t.Errorf("passed %v, forwarded %v; want %v, %v", r.passed, r.forwarded, c.passed, c.forwarded)
			}
			if (err == nil) != (c.err == "") || err != nil && err.Error() != c.err {
				t.Errorf("error %v, want %q", err, c.err)
			}
		})
	}
}

func TestChain_MessageNeverChanges(t *testing.T) {
	m := message("p", "hi")
	r := &recorder{}
	if err := (core.Chain{step("a", forward("ho")), step("b", echo)}).Handle(t.Context(), m, r); err != nil {
		t.Fatal(err)
	}
	if m.Text() != "hi" {
		t.Errorf("the message became %q", m.Text())
	}
}

func TestChain_SlowStepCostsItsTimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		hangs := func(ctx context.Context, _ *sdk.Message, _ sdk.Responder) error {
			<-ctx.Done()
			return context.Cause(ctx)
		}
		chain := core.Chain{{Name: "slow", Handler: sdk.HandlerFunc(hangs), Timeout: 20 * time.Second}}
		began := time.Now()
		err := chain.Handle(t.Context(), message("p", "hi"), &recorder{})
		if err == nil || !strings.Contains(err.Error(), "slow: no end of the turn within 20s") {
			t.Errorf("error %v", err)
		}
		if took := time.Since(began); took != 20*time.Second {
			t.Errorf("it took %s", took)
		}
	})
}

func TestChain_ResponderEndsWithItsStep(t *testing.T) {
	var kept sdk.Responder
	keeps := func(_ context.Context, _ *sdk.Message, r sdk.Responder) error { kept = r; return nil }
	if err := (core.Chain{step("a", keeps)}).Handle(t.Context(), message("p", "hi"), &recorder{}); err != nil {
		t.Fatal(err)
	}
	for name, err := range map[string]error{
		"reply": kept.Reply(sdk.Text{Text: "late"}), "append": kept.Append("late"), "pass": kept.Pass(),
		"forward": kept.Forward(sdk.Text{Text: "late"}),
	} {
		if !errors.Is(err, sdk.ErrTurnOver) {
			t.Errorf("%s: error %v, want ErrTurnOver", name, err)
		}
	}
}

func TestChain_AppendedTextIsBounded(t *testing.T) {
	part := strings.Repeat("x", sdk.MaxContent/4)
	var err error
	writes := func(_ context.Context, _ *sdk.Message, r sdk.Responder) error {
		for err == nil {
			err = r.Append(part)
		}
		return nil
	}
	r := &recorder{}
	if failed := (core.Chain{step("a", writes)}).Handle(t.Context(), message("p", "hi"), r); failed != nil {
		t.Fatal(failed)
	}
	if len(r.replies) != 1 || len(r.replies[0]) != sdk.MaxContent {
		t.Errorf("%d replies", len(r.replies))
	}
}

func TestChain_ForwardOfNothingIsAnError(t *testing.T) {
	nothing := func(_ context.Context, _ *sdk.Message, r sdk.Responder) error { return r.Forward(nil) }
	if err := (core.Chain{step("a", nothing)}).Handle(t.Context(), message("p", "hi"), &recorder{}); !errors.Is(err, sdk.ErrNoContent) {
		t.Errorf("error %v, want ErrNoContent", err)
	}
}

func TestChain_String(t *testing.T) {
	if got := (core.Chain{step("voice", pass), step("echo", echo)}).String(); got != "voice > echo" {
		t.Errorf("got %q", got)
	}
}
