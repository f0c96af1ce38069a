package sdk

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

func TestTurn_RepliesKeepTheirOrder(t *testing.T) {
	const replies = 3000 // More than the queues hold.
	r := mustOpen(t, HandlerFunc(func(_ context.Context, _ *Message, r Responder) error {
		for i := range replies {
			if err := r.Append(strconv.Itoa(i)); err != nil {
				return err
			}
		}
		return nil
	}))
	did := &said{}
	if err := r.Handle(t.Context(), hello("1"), did); err != nil {
		t.Fatal(err)
	}
	want := make([]any, replies)
	for i := range want {
		want[i] = appended(strconv.Itoa(i))
	}
	did.expect(t, want...)
}

func TestTurn_ThousandAtOnce(t *testing.T) {
	const turns = 1000
	var all sync.WaitGroup
	all.Add(turns)
	r := mustOpen(t, HandlerFunc(func(_ context.Context, m *Message, r Responder) error {
		all.Done()
		all.Wait() // They all run at the same time.
		return errors.Join(r.Reply(m.Content), r.Append("a"), r.Append("b"))
	}))
	var calls sync.WaitGroup
	for i := range turns {
		calls.Go(func() {
			did := &said{}
			if err := r.Handle(within(t, time.Minute), hello(strconv.Itoa(i)), did); err != nil {
				t.Errorf("turn %d: %v", i, err)
			}
			did.expect(t, Text{Text: "hello " + strconv.Itoa(i)}, appended("a"), appended("b"))
		})
	}
	calls.Wait()
	if n := len(r.turns); n > 0 {
		t.Errorf("%d turns are remembered after their end", n)
	}
}

func TestTurn_CancelReachesTheHandler(t *testing.T) {
	running, ended := make(chan struct{}), make(chan error, 1)
	r := mustOpen(t, HandlerFunc(func(ctx context.Context, _ *Message, r Responder) error {
		close(running)
		<-ctx.Done()
		ended <- r.Reply(Text{Text: "too late"})
		return ctx.Err()
	}))
	ctx, cancel := context.WithCancelCause(t.Context())
	because := errors.New("nobody waits any more")
	go func() {
		<-running
		cancel(because)
	}()
	did := &said{}
	if err := r.Handle(ctx, hello("1"), did); !errors.Is(err, because) {
		t.Errorf("Handle: %v, want the cause", err)
	}
	if err := await(t, "the handler's end", ended); !errors.Is(err, ErrTurnOver) {
		t.Errorf("Reply in a cancelled turn: %v", err)
	}
	did.expect(t)
}

// TestTurn_CancelIsNeverLost holds that of many turns that are cancelled at once each handler hears of it, although the
// queue to the plugin is shorter.
func TestTurn_CancelIsNeverLost(t *testing.T) {
	const turns = 8 * outgoingBuffer
	var running, ended, calls sync.WaitGroup
	running.Add(turns)
	ended.Add(turns)
	r := mustOpen(t, HandlerFunc(func(ctx context.Context, _ *Message, _ Responder) error {
		running.Done()
		<-ctx.Done()
		ended.Done()
		return nil
	}))
	ctx, cancel := context.WithCancel(t.Context())
	for i := range turns {
		calls.Go(func() {
			if err := r.Handle(ctx, hello(strconv.Itoa(i)), &said{}); !errors.Is(err, context.Canceled) {
				t.Errorf("Handle: %v", err)
			}
		})
	}
	running.Wait()
	cancel()
	calls.Wait()
	all := make(chan struct{})
	go func() {
		ended.Wait()
		close(all)
	}()
	await(t, "the end of all handlers", all)
}

func TestTurn_DeadlineReachesTheHandler(t *testing.T) {
	left := make(chan time.Duration, 1)
	r := mustOpen(t, HandlerFunc(func(ctx context.Context, _ *Message, _ Responder) error {
		deadline, ok := ctx.Deadline()
		if !ok {
			left <- -1
			return nil
		}
		left <- time.Until(deadline)
		return nil
	}))
	if err := r.Handle(within(t, time.Hour), hello("1"), &said{}); err != nil {
		t.Fatal(err)
	}
	if d := <-left; d > time.Hour || d < time.Hour-time.Minute {
		t.Errorf("the handler has %s, want an hour", d)
	}
	if err := r.Handle(context.WithoutCancel(t.Context()), hello("2"), &said{}); err != nil {
		t.Fatal(err)
	}
	if d := <-left; d != -1 {
		t.Errorf("the handler has %s, want no limit", d)
	}
}

func TestTurn_DeadlineEndsTheHandler(t *testing.T) {
	cause := make(chan error, 1)
	r := mustOpen(t, HandlerFunc(func(ctx context.Context, _ *Message, _ Responder) error {
		<-ctx.Done()
		cause <- ctx.Err()
		return ctx.Err()
	}))
	if err := r.Handle(within(t, 5*time.Millisecond), hello("1"), &said{}); err == nil {
		t.Error("Handle: no error")
	}
	if err := await(t, "the handler's end", cause); err == nil {
		t.Error("the handler's context has not ended")
	}
}

func TestTimeoutOf(t *testing.T) {
	for _, c := range []struct {
		name     string
		left     time.Duration
		min, max uint32
	}{
		{"past", -time.Hour, 1, 1},
		{"less than a millisecond", time.Microsecond, 1, 1},
		{"a minute", time.Minute, 59_000, 60_000},
		{"more than fits", 1 << 62, 1 << 31, 1 << 31},
	} {
		ctx, cancel := context.WithDeadline(t.Context(), time.Now().Add(c.left))
		if got := timeoutOf(ctx); got < c.min || got > c.max {
			t.Errorf("%s: %d ms, want %d to %d", c.name, got, c.min, c.max)
		}
		cancel()
	}
	if got := timeoutOf(context.Background()); got != 0 {
		t.Errorf("no deadline: %d ms", got)
	}
}

// nilError is what a function returns that declares its own error type: an error that is not nil and crashes when asked.
type nilError struct{ text string }

func (e *nilError) Error() string { return e.text }

// TestTurn_FailureCostsOneTurn holds what a handler can do wrong: its turn has the error, and the next one works.
func TestTurn_FailureCostsOneTurn(t *testing.T) {
	var typedNil *nilError
	failures := map[string]struct {
		handle func() error
		want   string
	}{
		"error":           {func() error { return fmt.Errorf("ask: %w", errors.New("no")) }, "ask: no"},
		"error, no text":  {func() error { return errors.New("") }, "an error without a text"},
		"error, typenil":  {func() error { return typedNil }, "panic: runtime error: invalid memory address"},
		"error, too long": {func() error { return errors.New(strings.Repeat("错", maxErrorText)) }, "错错错"},
		"panic":           {func() error { panic("oh") }, "panic: oh"},
		"panic, nil":      {func() error { panic(nil) }, "panic: panic called with nil argument"},
		"panic, nil map":  {func() error { return writeTo(nil) }, "panic: assignment to entry in nil map"},
		"Goexit":          {func() error { runtime.Goexit(); return nil }, "the handler ended its goroutine"},
	}
	r := mustOpen(t, HandlerFunc(func(_ context.Context, m *Message, r Responder) error {
		if err := r.Reply(Text{Text: "before"}); err != nil {
			return err
		}
		return failures[m.ID].handle()
	}))
	for name, f := range failures {
		t.Run(name, func(t *testing.T) {
			did := &said{}
			err := r.Handle(within(t, 10*time.Second), hello(name), did)
			if err == nil || !strings.HasPrefix(err.Error(), f.want) || len(err.Error()) > maxErrorText+utf8Max {
				t.Errorf("Handle: %v, want %s", err, f.want)
			}
			did.expect(t, Text{Text: "before"})
		})
	}
	if err := r.Ping(t.Context()); err != nil {
		t.Errorf("the stream is gone: %v", err)
	}
}

// utf8Max is what cutting a text in mid-character may add.
const utf8Max = 3

// writeTo panics for a map that is nil.
func writeTo(m map[string]int) error {
	m["a"] = 1
	return nil
}
