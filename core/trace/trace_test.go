package trace_test

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chuanhuabot/bot/core"
	"github.com/chuanhuabot/bot/core/trace"
	"github.com/chuanhuabot/bot/sdk"
)

// taker takes whatever a handler says.
type taker struct{ err error }

func (t taker) Reply(sdk.Content) error   { return t.err }
func (t taker) Append(string) error       { return t.err }
func (t taker) Pass() error               { return t.err }
func (t taker) Forward(sdk.Content) error { return t.err }
func (t taker) Handoff(string) error      { return t.err }
func (t taker) Save([]byte) error         { return t.err }

var errBroken = errors.New("broken")

// steps are handlers by what they do.
func steps(rec *trace.Recorder, names string) core.Chain {
	does := map[string]sdk.HandlerFunc{
		"reply":   func(_ context.Context, _ *sdk.Message, r sdk.Responder) error { return r.Reply(sdk.Text{Text: "a"}) },
		"pass":    func(_ context.Context, _ *sdk.Message, r sdk.Responder) error { return r.Pass() },
		"forward": func(_ context.Context, _ *sdk.Message, r sdk.Responder) error { return r.Forward(sdk.Text{Text: "b"}) },
		"silent":  func(context.Context, *sdk.Message, sdk.Responder) error { return nil },
		"fail": func(_ context.Context, _ *sdk.Message, r sdk.Responder) error {
			return errors.Join(r.Reply(sdk.Text{Text: "a"}), errBroken)
		},
		"write": func(_ context.Context, _ *sdk.Message, r sdk.Responder) error {
			return errors.Join(r.Append("a"), r.Append("b"), r.Reply(sdk.Text{Text: "c"}), r.Append("d"))
		},
	}
	var chain core.Chain
	for name := range strings.FieldsSeq(names) {
		chain = append(chain, core.Step{Name: name, Handler: rec.Step(name, does[name])})
	}
	return chain
}

func TestRecorder_SaysWhatEachStepDid(t *testing.T) {
	for chain, want := range map[string]string{
		"":                   "",
		"reply silent":       "reply=replied/1",
		"pass forward reply": "pass=passed/0 forward=forwarded/0(b) reply=replied/1",
		"silent reply":       "silent=silent/0",
		"pass fail reply":    "pass=passed/0 fail=failed/1",
		"write":              "write=replied/3",
	} {
		t.Run(chain, func(t *testing.T) {
			var got []trace.Turn
			rec := &trace.Recorder{Tell: func(turn trace.Turn) { got = append(got, turn) }}
			never := core.Route{When: core.When{Channels: []string{"other"}}, To: steps(rec, "reply")}
			h := rec.Router(core.NewRouter([]core.Route{never, {To: steps(rec, chain)}}, slog.New(slog.DiscardHandler)))
			m := &sdk.Message{ID: "1", Channel: "wx", Content: sdk.Text{Text: "hello"}}
			err := h.Handle(t.Context(), m, taker{})
			if len(got) != 1 || got[0].Message != m || got[0].Route != 1 || !errors.Is(got[0].Err, err) {
				t.Fatalf("told %+v, %v", got, err)
			}
			if text := spell(got[0].Steps); text != want {
				t.Errorf("got %q, want %q", text, want)
			}
			if failed := strings.Contains(chain, "fail"); failed != errors.Is(err, errBroken) {
				t.Errorf("error %v", err)
			}
		})
	}
}

func spell(steps []trace.Step) string {
	var parts []string
	for _, s := range steps {
		part := s.Name + "=" + string(s.Outcome) + "/" + string(rune('0'+s.Replies))
		if text, ok := s.Content.(sdk.Text); ok {
			part += "(" + text.Text + ")"
		}
		parts = append(parts, part)
	}
	return strings.Join(parts, " ")
}

func TestRecorder_NoRoute(t *testing.T) {
	told := 0
	rec := &trace.Recorder{Tell: func(turn trace.Turn) {
		told++
		if turn.Route != -1 || len(turn.Steps) != 0 || turn.Time.IsZero() || time.Since(turn.Time) < turn.Took {
			t.Errorf("told %+v", turn)
		}
	}}
	h := rec.Router(core.NewRouter(nil, slog.New(slog.DiscardHandler)))
	if err := h.Handle(t.Context(), &sdk.Message{Content: sdk.Text{}}, taker{}); err != nil || told != 1 {
		t.Errorf("%v, told %d times", err, told)
	}
}

// TestStep_WhatIsRefusedIsNotCounted is about a turn that is over: its responder takes nothing.
func TestStep_WhatIsRefusedIsNotCounted(t *testing.T) {
	rec := &trace.Recorder{Tell: func(turn trace.Turn) {
		if got := spell(turn.Steps); got != "reply=failed/0" {
			t.Errorf("got %s", got)
		}
	}}
	h := rec.Router(core.NewRouter([]core.Route{{To: steps(rec, "reply")}}, slog.New(slog.DiscardHandler)))
	if err := h.Handle(t.Context(), &sdk.Message{Content: sdk.Text{}}, taker{sdk.ErrTurnOver}); !errors.Is(err, sdk.ErrTurnOver) {
		t.Errorf("got %v", err)
	}
}

func TestStep_OutsideATurnIsTheHandler(t *testing.T) {
	rec := &trace.Recorder{Tell: func(trace.Turn) { t.Error("told of no turn") }}
	if err := steps(rec, "reply").Handle(t.Context(), &sdk.Message{Content: sdk.Text{}}, taker{}); err != nil {
		t.Error(err)
	}
}

func TestRecorder_ManyTurnsAtOnce(t *testing.T) {
	var mu sync.Mutex
	told := 0
	rec := &trace.Recorder{Tell: func(turn trace.Turn) {
		mu.Lock()
		defer mu.Unlock()
		if told++; spell(turn.Steps) != "pass=passed/0 reply=replied/1" {
			t.Errorf("got %+v", turn.Steps)
		}
	}}
	h := rec.Router(core.NewRouter([]core.Route{{To: steps(rec, "pass reply")}}, slog.New(slog.DiscardHandler)))
	var all sync.WaitGroup
	for range 50 {
		all.Go(func() {
			if err := h.Handle(t.Context(), &sdk.Message{Content: sdk.Text{}}, taker{}); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if told != 50 {
		t.Errorf("told of %d", told)
	}
}
