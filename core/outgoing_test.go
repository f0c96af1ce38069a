package core_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/chuanhuabot/bot/core"
	"github.com/chuanhuabot/bot/sdk"
)

// outgoing is a message of the plugin faq to ann.
func outgoing(key string) core.Outgoing {
	return core.Outgoing{
		Owner: "faq", Key: key, Content: sdk.Text{Text: "news " + key},
		To: sdk.Address{Channel: "ch", Account: "acct", Conversation: "ann", Recipient: "ann"},
	}
}

func (f *fixture) send(t *testing.T, key string, want sdk.SendState) sdk.Outcome {
	t.Helper()
	o, err := f.Send(t.Context(), outgoing(key))
	if err != nil || o.State != want || o.Key != key {
		t.Errorf("send %s: %+v, %v, want %s", key, o, err, want)
	}
	return o
}

func TestSend_EachKeyOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(echo)
		defer f.close()
		f.send(t, "a/1", sdk.SendQueued)
		synctest.Wait()
		f.send(t, "a/1", sdk.SendSent)
		f.send(t, "b", sdk.SendQueued)
		time.Sleep(71 * time.Hour)
		f.send(t, "b", sdk.SendSent)
		equal(t, "sent", f.channel.texts(), []string{"news a/1", "news b"})
		if d := f.channel.sent[0]; d.Recipient != "ann" || d.Conversation != "ann" || d.Account != "acct" || d.InReplyTo != "" {
			t.Errorf("sent %+v", d)
		}
		assertEmpty(t, f.store)
	})
}

// TestSend_BehindWhatWaits holds the order within a conversation.
func TestSend_BehindWhatWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(echo)
		defer f.close()
		f.channel.answer = unavailable(time.Now().Add(time.Minute))
		<-f.receive(t, "ann", "m1").Done()
		f.send(t, "k", sdk.SendQueued)
		f.send(t, "k", sdk.SendQueued)
		<-f.receive(t, "ann", "m2").Done()
		time.Sleep(10 * time.Minute)
		equal(t, "sent", f.channel.texts(), []string{"re m1", "news k", "re m2"})
	})
}

func TestSend_WhatCanNeverBeSent(t *testing.T) {
	f := newFixture(echo)
	defer f.close()
	for name, change := range map[string]func(*core.Outgoing){
		"no content":      func(o *core.Outgoing) { o.Content = nil },
		"no channel":      func(o *core.Outgoing) { o.To.Channel = "" },
		"unknown channel": func(o *core.Outgoing) { o.To.Channel = "other" },
		"no recipient":    func(o *core.Outgoing) { o.To.Recipient = "" },
		"no conversation": func(o *core.Outgoing) { o.To.Conversation = "" },
	} {
		o := outgoing("k")
		change(&o)
		if _, err := f.Send(t.Context(), o); !errors.Is(err, sdk.ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	assertEmpty(t, f.store)
}

// TestSend_OutcomesAreTold is about who watches: each end is told once, and only to the plugin whose message it is.
func TestSend_OutcomesAreTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(echo)
		defer f.close()
		f.channel.answer = func(d *core.Delivery) error {
			if strings.Contains(d.ID, "bad") {
				return errBroken
			}
			return nil
		}
		mine, others := f.Watch("faq"), f.Watch("other")
		defer mine.Close()
		defer others.Close()
		f.send(t, "good", sdk.SendQueued)
		f.send(t, "bad", sdk.SendQueued)
		<-f.receive(t, "ann", "m1").Done()
		synctest.Wait()
		got := fmt.Sprint(<-mine.C, <-mine.C, len(mine.C), len(others.C))
		if want := "{good sent } {bad failed broken} 0 0"; got != want {
			t.Errorf("got %s, want %s", got, want)
		}
		if o := f.send(t, "bad", sdk.SendFailed); o.Reason != "broken" {
			t.Errorf("%+v", o)
		}
	})
}

func TestSend_PurgedIsToldAsFailed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(echo)
		defer f.close()
		f.channel.answer = unavailable(time.Now().Add(time.Minute))
		w := f.Watch("faq")
		defer w.Close()
		f.send(t, "k", sdk.SendQueued)
		synctest.Wait()
		if r, err := f.Backlog().Purge(t.Context(), core.Purge{Waiting: true}); err != nil || len(r.Done) != 1 {
			t.Fatalf("%+v, %v", r, err)
		}
		if o := <-w.C; o.State != sdk.SendFailed || o.Key != "k" {
			t.Errorf("%+v", o)
		}
		time.Sleep(time.Hour)
		equal(t, "sent", f.channel.texts(), nil)
	})
}

// TestWatch_ThatIsTooSlowIsCutOff holds that a plugin which does not read costs nobody anything.
func TestWatch_ThatIsTooSlowIsCutOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(echo)
		defer f.close()
		w := f.Watch("faq")
		for n := range 1001 {
			f.send(t, fmt.Sprint(n), sdk.SendQueued)
			synctest.Wait()
		}
		n := 0
		for range w.C {
			n++
		}
		if n != 1000 {
			t.Errorf("%d outcomes", n)
		}
		w.Close()
	})
}

func TestSend_MostThatWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(echo)
		defer f.close()
		f.channel.answer = unavailable(time.Now().Add(time.Minute))
		for n := range 1000 {
			f.send(t, fmt.Sprint(n), sdk.SendQueued)
		}
		if _, err := f.Send(t.Context(), outgoing("more")); !errors.Is(err, sdk.ErrFull) {
			t.Errorf("got %v", err)
		}
		other := outgoing("k")
		other.Owner, other.To.Conversation = "other", "bob"
		if _, err := f.Send(t.Context(), other); err != nil {
			t.Errorf("another plugin: %v", err)
		}
		time.Sleep(time.Hour)
		f.send(t, "more", sdk.SendQueued)
	})
}

// TestSend_SurvivesACrash kills the bot after each of its writes: whatever it had said by then, the message is sent once.
func TestSend_SurvivesACrash(t *testing.T) {
	for after := range 5 {
		for _, asksAgain := range []bool{false, true} {
			t.Run(fmt.Sprint(after, " writes, asks again ", asksAgain), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					before := newFixture(nil)
					store := &dyingStore{Store: before.store, left: after}
					before.Bot = core.New(core.Options{Store: store, Channels: map[string]core.Channel{"ch": before.channel}, Handler: sdk.HandlerFunc(echo), Log: before.log.Logger()})
					_, promised := before.Send(t.Context(), outgoing("k"))
					synctest.Wait()
					before.close()
					f := newFixtureOn(before.store, echo)
					defer f.close()
					if err := f.Resume(t.Context()); err != nil {
						t.Fatal(err)
					}
					synctest.Wait()
					if asksAgain || promised != nil {
						if _, err := f.Send(t.Context(), outgoing("k")); err != nil {
							t.Fatal(err)
						}
					}
					synctest.Wait()
					// One that went before its note was written goes again: the gap that every channel has to close for itself.
					if n := len(before.channel.texts()) + len(f.channel.texts()); n != 1 && !(n == 2 && after == 3) {
						t.Errorf("sent %d times, promised: %v", n, promised)
					}
					assertEmpty(t, f.store)
				})
			})
		}
	}
}

// dyingStore writes so often, and then nothing any more.
type dyingStore struct {
	core.Store
	left int
}

func (s *dyingStore) dead() bool {
	s.left--
	return s.left < 0
}

func (s *dyingStore) Keep(ctx context.Context, m *sdk.Message) (bool, error) {
	if s.dead() {
		return false, errBroken
	}
	return s.Store.Keep(ctx, m)
}

func (s *dyingStore) Finish(ctx context.Context, channel, id string) error {
	if s.dead() {
		return errBroken
	}
	return s.Store.Finish(ctx, channel, id)
}

func (s *dyingStore) PutDelivery(ctx context.Context, d *core.Delivery) error {
	if s.dead() {
		return errBroken
	}
	return s.Store.PutDelivery(ctx, d)
}

func (s *dyingStore) DeleteDelivery(ctx context.Context, id string) error {
	if s.dead() {
		return errBroken
	}
	return s.Store.DeleteDelivery(ctx, id)
}

// TestSend_GoesOnAfterAStoreThatFailed is the same within one process: the plugin asks again.
func TestSend_GoesOnAfterAStoreThatFailed(t *testing.T) {
	for after := range 4 {
		synctest.Test(t, func(t *testing.T) {
			f := newFixture(nil)
			store := &dyingStore{Store: f.store, left: after}
			f.Bot = core.New(core.Options{Store: store, Channels: map[string]core.Channel{"ch": f.channel}, Handler: sdk.HandlerFunc(echo), Log: f.log.Logger()})
			defer f.close()
			_, first := f.Send(t.Context(), outgoing("k"))
			if (first != nil) != (after < 3) {
				t.Errorf("after %d writes: %v", after, first)
			}
			synctest.Wait()
			store.left = 1000
			if _, err := f.Send(t.Context(), outgoing("k")); err != nil {
				t.Error(err)
			}
			synctest.Wait()
			if n := len(f.channel.texts()); n != 1 && after != 3 {
				t.Errorf("after %d writes: sent %d times", after, n)
			}
		})
	}
}

// TestSend_WaitsForWhatAnEarlierProcessLeft is about a plugin that sends while the bot starts: what is on record already, or is being put
// there, is not taken up twice.
func TestSend_WaitsForWhatAnEarlierProcessLeft(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		before := newFixture(echo)
		before.channel.answer = unavailable(time.Now().Add(time.Hour))
		before.send(t, "old", sdk.SendQueued)
		synctest.Wait()
		before.crash()
		f := newFixture(nil)
		f.Bot = core.New(core.Options{Store: before.store, Channels: map[string]core.Channel{"ch": f.channel}, Handler: sdk.HandlerFunc(echo), Log: f.log.Logger(), Resumes: true})
		defer f.close()
		done := make(chan error, 2)
		for _, key := range []string{"old", "new"} {
			go func() { _, err := f.Send(t.Context(), outgoing(key)); done <- err }()
		}
		synctest.Wait()
		if len(done) != 0 {
			t.Error("sent before it is known what is on record")
		}
		if err := f.Resume(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(<-done, <-done); err != nil {
			t.Error(err)
		}
		time.Sleep(2 * time.Hour)
		texts := f.channel.texts()
		slices.Sort(texts)
		equal(t, "sent", texts, []string{"news new", "news old"})
	})
}

// TestSend_IsNotSentAgainBecauseTheRecordFailed is about a plugin that asks again after the platform had it and the store did not.
func TestSend_IsNotSentAgainBecauseTheRecordFailed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(nil)
		store := &dyingStore{Store: f.store, left: 3} // Keep, PutDelivery, Finish; not the note that it has gone.
		f.Bot = core.New(core.Options{Store: store, Channels: map[string]core.Channel{"ch": f.channel}, Handler: sdk.HandlerFunc(echo), Log: f.log.Logger()})
		defer f.close()
		f.send(t, "k", sdk.SendQueued)
		synctest.Wait()
		store.left = 1000
		f.send(t, "k", sdk.SendSent)
		synctest.Wait()
		equal(t, "sent", f.channel.texts(), []string{"news k"})
	})
}
