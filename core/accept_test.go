package core_test

import (
	"errors"
	"log/slog"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/chuanhuabot/bot/core"
	"github.com/chuanhuabot/bot/core/memstore"
	"github.com/chuanhuabot/bot/sdk"
)

// accept hands in messages of ann, one after the other.
func (f *fixture) accept(t *testing.T, ids ...string) {
	t.Helper()
	for _, id := range ids {
		if err := f.Accept(t.Context(), message("ann", id)); err != nil {
			t.Fatalf("accept %s: %v", id, err)
		}
	}
}

func TestAccept_AnswersEachMessageOnceAndInOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(echo)
		defer f.close()
		f.accept(t, "m1", "m2", "m1", "m3", "m2")
		synctest.Wait()
		equal(t, "sent", f.channel.texts(), []string{"re m1", "re m2", "re m3"})
		time.Sleep(time.Hour) // What the engine itself remembers is forgotten.
		f.accept(t, "m3", "m1")
		synctest.Wait()
		equal(t, "sent after an hour", f.channel.texts(), []string{"re m1", "re m2", "re m3"})
		assertEmpty(t, f.store)
	})
}

// TestAccept_IsOnRecordWhenItReturns holds that a crash right after Accept loses nothing, and that the message may then be handed in
// again.
func TestAccept_IsOnRecordWhenItReturns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		before := newFixture(slowEcho)
		before.accept(t, "m1", "m2")
		before.crash()
		after := newFixtureOn(before.store, echo)
		defer after.close()
		if err := after.Resume(t.Context()); err != nil {
			t.Fatal(err)
		}
		after.accept(t, "m1", "m2", "m3")
		synctest.Wait()
		equal(t, "sent", after.channel.texts(), []string{"re m1", "re m2", "re m3"})
		assertEmpty(t, after.store)
	})
}

func TestAccept_WaitsWhereTooManyTurnsAreUnderWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		channel := &channel{}
		b := core.New(core.Options{
			Store: memstore.New(), Channels: map[string]core.Channel{"ch": channel}, Handler: sdk.HandlerFunc(slowEcho), MaxTurns: 1, Log: slog.New(slog.DiscardHandler),
		})
		defer b.Close(ended())
		began := time.Now()
		for _, id := range []string{"m1", "m2"} {
			if err := b.Accept(t.Context(), message(id, id)); err != nil {
				t.Fatal(err)
			}
		}
		if waited := time.Since(began); waited != time.Minute {
			t.Errorf("it waited for %s", waited)
		}
		if err := b.Accept(ended(), message("m3", "m3")); err == nil {
			t.Error("taken without a place")
		}
	})
}

// TestAccept_MoreThanOnePersonWrites holds that a customer's hundredth message in a row is as good as the first: the platform does not
// give it again.
func TestAccept_MoreThanOnePersonWrites(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(echo)
		defer f.close()
		for range 300 {
			f.accept(t, "m"+time.Now().String())
			time.Sleep(time.Nanosecond)
		}
		synctest.Wait()
		if n := len(f.channel.texts()); n != 300 {
			t.Errorf("%d answers", n)
		}
	})
}

func TestAccept_WhileTheBotStops(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(echo)
		f.Drain(t.Context())
		f.accept(t, "m1")
		synctest.Wait()
		equal(t, "sent while it drains", f.channel.texts(), nil)
		f.close()
		if err := f.Accept(t.Context(), message("ann", "m2")); !errors.Is(err, core.ErrStopping) {
			t.Errorf("after the end: %v", err)
		}
		after := newFixtureOn(f.store, echo)
		defer after.close()
		if err := after.Resume(t.Context()); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		equal(t, "sent by the next process", after.channel.texts(), []string{"re m1"})
	})
}

func TestAccept_WhatCannotBeKeptIsNotTaken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(echo)
		defer f.close()
		f.frozen.Store(true)
		if err := f.Accept(t.Context(), message("ann", "m1")); !errors.Is(err, errBroken) {
			t.Errorf("got %v", err)
		}
		m := message("ann", "m2")
		m.Content = nil
		if err := f.Accept(t.Context(), m); !errors.Is(err, sdk.ErrNoContent) {
			t.Errorf("got %v", err)
		}
		synctest.Wait()
		equal(t, "sent", f.channel.texts(), nil)
	})
}

// TestAccept_StoreThatFailedAndHasItAllTheSame is about a disk that stalls: the platform's page is read again, and the message is in the
// store by then, without a turn.
func TestAccept_StoreThatFailedAndHasItAllTheSame(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(nil)
		stalls := &atomic.Bool{}
		stalls.Store(true)
		f.Bot = core.New(core.Options{Store: stallingStore{f.store, stalls}, Channels: map[string]core.Channel{"ch": f.channel},
			Handler: sdk.HandlerFunc(echo), Log: f.log.Logger()})
		defer f.close()
		if err := f.Accept(t.Context(), message("ann", "m1")); !errors.Is(err, errBroken) {
			t.Fatalf("while the disk stalls: %v", err)
		}
		stalls.Store(false)
		f.accept(t, "m1", "m2", "m1")
		synctest.Wait()
		equal(t, "sent", f.channel.texts(), []string{"re m1", "re m2"})
		time.Sleep(time.Hour)
		f.accept(t, "m1")
		synctest.Wait()
		equal(t, "sent after an hour", f.channel.texts(), []string{"re m1", "re m2"})
		assertEmpty(t, f.store)
	})
}

// TestAccept_DoubtIsNoReasonToAnswerAgain is about a message that an earlier process has answered, and of which the store says nothing the
// first time it is asked.
func TestAccept_DoubtIsNoReasonToAnswerAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		before := newFixture(echo)
		before.accept(t, "m1")
		synctest.Wait()
		before.crash()
		f := newFixture(nil)
		stalls := &atomic.Bool{}
		stalls.Store(true)
		f.Bot = core.New(core.Options{Store: stallingStore{before.store, stalls}, Channels: map[string]core.Channel{"ch": f.channel},
			Handler: sdk.HandlerFunc(echo), Log: f.log.Logger()})
		defer f.close()
		if err := f.Accept(t.Context(), message("ann", "m1")); err == nil {
			t.Fatal("taken while the disk stalls")
		}
		stalls.Store(false)
		f.accept(t, "m1")
		synctest.Wait()
		equal(t, "sent again", f.channel.texts(), nil)
	})
}
