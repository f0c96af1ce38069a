package core_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/chuanhuabot/bot/core"
	"github.com/chuanhuabot/bot/core/memstore"
	"github.com/chuanhuabot/bot/sdk"
)

// slowEcho takes a minute.
func slowEcho(ctx context.Context, m *sdk.Message, r sdk.Responder) error {
	select {
	case <-time.After(time.Minute):
		return echo(ctx, m, r)
	case <-ctx.Done():
		return ctx.Err()
	}
}

// TestDrain_KeepsWhatComesForTheNextProcess holds that a bot that stops refuses nobody, ends what runs, and handles nothing new.
func TestDrain_KeepsWhatComesForTheNextProcess(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		before := newFixture(slowEcho)
		running := before.receive(t, "ann", "m1")
		drained := make(chan struct{})
		go func() {
			before.Drain(t.Context())
			close(drained)
		}()
		time.Sleep(time.Second)
		for range 2 { // The platform repeats it.
			if turn, err := before.Receive(t.Context(), message("ann", "m2")); turn != nil || !errors.Is(err, core.ErrStopping) {
				t.Errorf("a new message: %v, %v", turn, err)
			}
			before.accept(t, "m2")
		}
		if turn, err := before.Receive(t.Context(), message("ann", "m1")); turn != running || err != nil {
			t.Errorf("a repeated message: %v, %v", turn, err)
		}
		<-drained
		equal(t, "sent by the first process", before.channel.texts(), []string{"re m1"})
		before.crash()
		after := newFixtureOn(before.store, echo)
		defer after.close()
		if err := after.Resume(t.Context()); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		equal(t, "sent by the next", after.channel.texts(), []string{"re m2"})
		assertEmpty(t, after.store)
	})
}

func TestDrain_EndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(slowEcho)
		f.receive(t, "ann", "m1")
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		began := time.Now()
		f.Drain(ctx)
		if took := time.Since(began); took != time.Second {
			t.Errorf("drained for %s", took)
		}
		f.close()
		if _, err := f.Receive(t.Context(), message("ann", "m2")); !errors.Is(err, core.ErrStopping) {
			t.Errorf("a message after the end: %v", err)
		}
	})
}

func TestDrain_WhatCannotBeKeptIsNotTaken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(echo)
		defer f.close()
		f.Drain(t.Context())
		f.frozen.Store(true)
		if err := f.Accept(t.Context(), message("ann", "m1")); !errors.Is(err, errBroken) {
			t.Errorf("got %v", err)
		}
	})
}

// TestDrain_KeepsConversationsInTheirOrder has a turn that outlives the drain, and a message behind it that came while the bot drained.
func TestDrain_KeepsConversationsInTheirOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		before := newFixture(slowEcho)
		first := before.receive(t, "ann", "m1")
		before.receive(t, "ann", "m2")
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		go before.Drain(ctx)
		time.Sleep(time.Millisecond)
		before.accept(t, "m3")
		if err := first.Keep(t.Context()); err != nil {
			t.Fatal(err)
		}
		<-ctx.Done()
		before.crash()
		assertResumes(t, before.store, "re m1", "re m2", "re m3")
	})
}

// TestTurn_KeepKeepsWhatComesBefore holds that the order in which channels keep turns does not matter.
func TestTurn_KeepKeepsWhatComesBefore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		before := newFixture(slowEcho)
		before.receive(t, "ann", "m1")
		before.receive(t, "bob", "other")
		before.receive(t, "ann", "m2")
		third := before.receive(t, "ann", "m3")
		before.receive(t, "ann", "m4")
		if err := third.Keep(t.Context()); err != nil {
			t.Fatal(err)
		}
		before.crash()
		assertResumes(t, before.store, "re m1", "re m2", "re m3")
	})
}

// assertResumes holds that a new process on a store sends what is wanted.
func assertResumes(t *testing.T, s *memstore.Store, want ...string) {
	t.Helper()
	after := newFixtureOn(s, echo)
	defer after.close()
	if err := after.Resume(t.Context()); err != nil {
		t.Fatal(err)
	}
	synctest.Wait()
	equal(t, "sent by the next process", after.channel.texts(), want)
}
