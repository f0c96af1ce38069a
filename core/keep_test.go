package core_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/chuanhuabot/bot/core"
	"github.com/chuanhuabot/bot/core/memstore"
	"github.com/chuanhuabot/bot/sdk"
)

// crash ends a bot as a killed process would: from this moment nothing is written any more.
func (f *fixture) crash() {
	f.frozen.Store(true)
	f.close()
}

// twoReplies answers once at once and once after ten seconds.
func twoReplies(ctx context.Context, _ *sdk.Message, r sdk.Responder) error {
	if err := r.Reply(sdk.Text{Text: "first"}); err != nil {
		return err
	}
	select {
	case <-time.After(10 * time.Second):
		return r.Reply(sdk.Text{Text: "second"})
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

func TestTurn_KeptMessageSurvivesACrash(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		before := newFixture(twoReplies)
		turn := before.receive(t, "ann", "m1")
		time.Sleep(time.Second)
		if err := turn.Keep(t.Context()); err != nil {
			t.Fatal(err)
		}
		before.crash()

		after := newFixtureOn(before.store, twoReplies)
		defer after.close()
		if err := after.Resume(t.Context()); err != nil {
			t.Fatal(err)
		}
		time.Sleep(11 * time.Second)
		equal(t, "before", before.channel.texts(), []string{"first"})
		equal(t, "after: what was sent is not sent again", after.channel.texts(), []string{"second"})
		assertEmpty(t, before.store)
	})
}

func TestTurn_MessageThatWasNotKeptLeavesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		before := newFixture(twoReplies)
		before.receive(t, "ann", "m1")
		time.Sleep(time.Second)
		before.crash()
		assertEmpty(t, before.store)
	})
}

func TestTurn_KeepBetweenRepliesKeepsBoth(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(twoReplies)
		defer f.close()
		turn := f.receive(t, "ann", "m1")
		time.Sleep(time.Second)
		if err := errors.Join(turn.Keep(t.Context()), turn.Keep(t.Context())); err != nil {
			t.Fatal(err)
		}
		unfinished, err := f.store.Unfinished(t.Context())
		if err != nil || len(unfinished) != 1 || unfinished[0].ID != "m1" {
			t.Errorf("unfinished %v, %v", unfinished, err)
		}
		<-turn.Done()
		equal(t, "sent", f.channel.texts(), []string{"first", "second"})
		assertEmpty(t, f.store)
	})
}

func TestTurn_KeepAfterTheEndDoesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(echo)
		defer f.close()
		turn := f.receive(t, "ann", "m1")
		<-turn.Done()
		again := f.receive(t, "ann", "m1")
		if err := errors.Join(turn.Keep(t.Context()), again.Keep(t.Context())); err != nil {
			t.Fatal(err)
		}
		assertEmpty(t, f.store)
	})
}

func TestTurn_KeepOfUnknownOutcomeIsFinishedAllTheSame(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(nil)
		f.Bot = core.New(core.Options{Store: unsureStore{f.store}, Channels: map[string]core.Channel{"ch": f.channel},
			Handler: sdk.HandlerFunc(twoReplies), Log: f.log.Logger()})
		defer f.close()
		turn := f.receive(t, "ann", "m1")
		time.Sleep(time.Second)
		if err := turn.Keep(t.Context()); !errors.Is(err, errBroken) {
			t.Errorf("error %v", err)
		}
		<-turn.Done()
		equal(t, "sent", f.channel.texts(), []string{"first", "second"})
		assertEmpty(t, f.store) // Or the next process would answer it again.
	})
}

func TestTurn_KeepFailsWithTheStore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(nil)
		f.Bot = core.New(core.Options{Store: brokenStore{f.store}, Channels: map[string]core.Channel{"ch": f.channel},
			Handler: sdk.HandlerFunc(twoReplies), Log: f.log.Logger()})
		defer f.close()
		turn := f.receive(t, "ann", "m1")
		if err := turn.Keep(t.Context()); !errors.Is(err, errBroken) {
			t.Errorf("error %v: the channel would acknowledge a message that is not safe", err)
		}
		<-turn.Done()
		equal(t, "sent all the same", f.channel.texts(), []string{"first", "second"})
	})
}

func TestTurn_MessageThatCrashesAgainStaysKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(twoReplies)
		turn := f.receive(t, "ann", "m1")
		if err := turn.Keep(t.Context()); err != nil {
			t.Fatal(err)
		}
		for range 3 {
			f.crash()
			f = newFixtureOn(f.store, twoReplies)
			if err := f.Resume(t.Context()); err != nil {
				t.Fatal(err)
			}
			time.Sleep(time.Second)
		}
		time.Sleep(10 * time.Second)
		equal(t, "sent", f.channel.texts(), []string{"second"})
		f.close()
		assertEmpty(t, f.store)
	})
}

func TestTurn_HandoffAndSaveWithoutAPlugin(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		got := make(chan error, 2)
		f := newFixture(func(_ context.Context, _ *sdk.Message, r sdk.Responder) error {
			got <- r.Handoff("please")
			got <- r.Save([]byte("x"))
			return nil
		})
		defer f.close()
		<-f.receive(t, "ann", "m1").Done()
		if err := <-got; !errors.Is(err, core.ErrNoHandoff) {
			t.Errorf("handoff: %v", err)
		}
		if err := <-got; !errors.Is(err, core.ErrNotStateful) {
			t.Errorf("save: %v", err)
		}
	})
}

// assertEmpty fails if the store has unfinished messages or deliveries.
func assertEmpty(t *testing.T, s *memstore.Store) {
	t.Helper()
	messages, err := s.Unfinished(t.Context())
	if err != nil || len(messages) != 0 {
		t.Errorf("%d unfinished messages, %v", len(messages), err)
	}
	deliveries, err := s.Deliveries(t.Context())
	if err != nil || len(deliveries) != 0 {
		t.Errorf("%d deliveries, %v", len(deliveries), err)
	}
}

// unsureStore keeps messages and then says that it failed, as a store does whose answer comes too late.
type unsureStore struct{ core.Store }

func (s unsureStore) Keep(ctx context.Context, m *sdk.Message) (bool, error) {
	fresh, err := s.Store.Keep(ctx, m)
	return fresh, errors.Join(err, errBroken)
}

// brokenStore can write nothing.
type brokenStore struct{ core.Store }

func (brokenStore) Keep(context.Context, *sdk.Message) (bool, error) { return false, errBroken }

func (brokenStore) PutDelivery(context.Context, *core.Delivery) error { return errBroken }

// TestOutbox_RecordThatFailedAndIsThereAllTheSame holds that what was sent is not sent again by the next process because a write was slow.
func TestOutbox_RecordThatFailedAndIsThereAllTheSame(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(nil)
		stalls := &atomic.Bool{}
		stalls.Store(true)
		f.Bot = core.New(core.Options{Store: stallingStore{f.store, stalls}, Channels: map[string]core.Channel{"ch": f.channel},
			Handler: sdk.HandlerFunc(echo), Log: f.log.Logger()})
		defer f.close()
		f.channel.answer = unavailable(time.Now().Add(time.Minute))
		<-f.receive(t, "ann", "m1").Done()
		stalls.Store(false)
		time.Sleep(10 * time.Minute)
		equal(t, "sent", f.channel.texts(), []string{"re m1"})
		assertEmpty(t, f.store)
	})
}

// stallingStore writes, and says that it failed as long as the disk stalls.
type stallingStore struct {
	*memstore.Store
	stalls *atomic.Bool
}

func (s stallingStore) Keep(ctx context.Context, m *sdk.Message) (bool, error) {
	fresh, err := s.Store.Keep(ctx, m)
	if s.stalls.Load() {
		return false, errBroken
	}
	return fresh, err
}

func (s stallingStore) PutDelivery(ctx context.Context, d *core.Delivery) error {
	if err := s.Store.PutDelivery(ctx, d); err != nil || !s.stalls.Load() {
		return err
	}
	return errBroken
}
