package jetstore

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/chuanhuabot/bot/core"
	"github.com/chuanhuabot/bot/sdk"
)

// stalled is JetStream on a disk that does nothing before go is closed.
type stalled struct {
	jetstream.JetStream
	went, goOn chan struct{}
}

func (s *stalled) PublishMsg(ctx context.Context, m *nats.Msg, opts ...jetstream.PublishOpt) (*jetstream.PubAck, error) {
	select {
	case s.went <- struct{}{}:
	default:
	}
	<-s.goOn
	return s.JetStream.PublishMsg(context.WithoutCancel(ctx), m, opts...)
}

func stall(b *bucket) *stalled {
	s := &stalled{JetStream: b.js, went: make(chan struct{}, 1), goOn: make(chan struct{})}
	b.js = s
	return s
}

// giveUp calls write, and gives up once the disk has it.
func giveUp(t *testing.T, s *stalled, write func(context.Context) error) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		<-s.went
		cancel()
	}()
	if err := write(ctx); !errors.Is(err, context.Canceled) {
		t.Fatalf("got %v", err)
	}
}

// TestKeep_ThatNobodyWaitsForComesBeforeFinish is about a disk that stalls: a message that was kept too late, and answered meanwhile, must
// not be open for ever, or the next process answers it again.
func TestKeep_ThatNobodyWaitsForComesBeforeFinish(t *testing.T) {
	s := mustOpen(t, Options{Dir: t.TempDir()})
	m := &sdk.Message{ID: "m1", Channel: "ch", Content: sdk.Text{Text: "hi"}}
	disk := stall(s.inbox)
	giveUp(t, disk, func(ctx context.Context) error { _, err := s.Keep(ctx, m); return err })
	finished := make(chan error, 1)
	go func() { finished <- s.Finish(t.Context(), "ch", "m1") }()
	close(disk.goOn)
	if err := <-finished; err != nil {
		t.Fatal(err)
	}
	if open, err := s.Unfinished(t.Context()); err != nil || len(open) != 0 {
		t.Errorf("%d open, %v", len(open), err)
	}
	if fresh, err := s.Keep(t.Context(), m); err != nil || fresh {
		t.Errorf("kept again: %v, %v", fresh, err)
	}
}

func TestPutDelivery_ThatNobodyWaitsForComesBeforeDelete(t *testing.T) {
	s := mustOpen(t, Options{Dir: t.TempDir()})
	disk := stall(s.outbox)
	giveUp(t, disk, func(ctx context.Context) error {
		return s.PutDelivery(ctx, &core.Delivery{ID: "d1", Content: sdk.Text{Text: "hi"}})
	})
	deleted := make(chan error, 1)
	go func() { deleted <- s.DeleteDelivery(t.Context(), "d1") }()
	close(disk.goOn)
	if err := <-deleted; err != nil {
		t.Fatal(err)
	}
	if on, err := s.Deliveries(t.Context()); err != nil || len(on) != 0 {
		t.Errorf("%d on record, %v", len(on), err)
	}
}

func TestOrder_OfEachEntry(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var o order
		var mu sync.Mutex
		var seen []string
		write := func(name string, after time.Duration) func(context.Context) error {
			return func(ctx context.Context) error {
				time.Sleep(after)
				mu.Lock()
				defer mu.Unlock()
				seen = append(seen, name)
				return ctx.Err()
			}
		}
		began := time.Now()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := o.do(ctx, "a", write("a1", 3*time.Second)); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("a1: %v", err)
		}
		if err := o.do(ctx, "a", write("never", 0)); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("ended before it began: %v", err)
		}
		if err := errors.Join(o.do(t.Context(), "b", write("b1", 0)), o.do(t.Context(), "a", write("a2", 0))); err != nil {
			t.Error(err)
		}
		if took := time.Since(began); took != 3*time.Second {
			t.Errorf("it took %s", took)
		}
		mu.Lock()
		if got := len(seen); got != 3 || seen[0] != "b1" || seen[1] != "a1" || seen[2] != "a2" {
			t.Errorf("seen %q", seen)
		}
		mu.Unlock()
		if err := o.do(t.Context(), "c", write("c1", time.Minute)); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("without a limit: %v after %s", err, time.Since(began))
		}
		o.close()
		if err := o.do(t.Context(), "d", write("never", 0)); !errors.Is(err, nats.ErrConnectionClosed) {
			t.Errorf("after the end: %v", err)
		}
		if len(o.last) != 0 || len(seen) != 4 {
			t.Errorf("%d left, seen %q", len(o.last), seen)
		}
	})
}
