package core_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/chuanhuabot/bot/core"
	"github.com/chuanhuabot/bot/core/memstore"
	"github.com/chuanhuabot/bot/internal/logtest"
	"github.com/chuanhuabot/bot/sdk"
)

// unavailable fails every delivery for now until a moment comes.
func unavailable(until time.Time) func(*core.Delivery) error {
	return func(*core.Delivery) error {
		if time.Now().Before(until) {
			return &core.RetryError{Err: errBroken}
		}
		return nil
	}
}

func TestOutbox_FailureForNowIsTriedAgainInOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(echo)
		defer f.close()
		f.channel.answer = unavailable(time.Now().Add(time.Minute))
		<-f.receive(t, "ann", "m1").Done()
		<-f.receive(t, "ann", "m2").Done()
		waiting, err := f.store.Deliveries(t.Context(), core.StatusRetry, core.StatusQueued)
		if err != nil || len(waiting) != 2 {
			t.Fatalf("waiting %d, %v", len(waiting), err)
		}
		if first := waiting[0]; first.Status != core.StatusRetry || first.Reason != "broken" || first.Attempts != 1 || !first.Next.After(time.Now()) {
			t.Errorf("first %+v", first)
		}
		time.Sleep(10 * time.Minute)
		<-f.receive(t, "ann", "m3").Done()
		equal(t, "sent", f.channel.texts(), []string{"re m1", "re m2", "re m3"})
		assertEmpty(t, f.store)
	})
}

// TestOutbox_PromptDeliveriesDoNotWait holds that what cannot be sent yet silences nobody who waits for an answer now.
func TestOutbox_PromptDeliveriesDoNotWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(echo)
		defer f.close()
		began := time.Now()
		f.channel.prompt = func(d *core.Delivery) error {
			if d.InReplyTo == "m1" || d.InReplyTo == "m3" {
				return core.ErrMore
			}
			f.channel.note(d)
			return nil
		}
		f.channel.answer = unavailable(began.Add(time.Minute))
		for _, id := range []string{"m1", "m2", "m3", "m4"} {
			<-f.receive(t, "ann", id).Done()
		}
		equal(t, "sent at once", f.channel.texts(), []string{"re m2", "re m4"})
		time.Sleep(10 * time.Minute)
		equal(t, "sent", f.channel.texts(), []string{"re m2", "re m4", "re m1", "re m3"})
		assertEmpty(t, f.store)
	})
}

func TestOutbox_OtherConversationsDoNotWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(echo)
		defer f.close()
		f.channel.answer = func(d *core.Delivery) error {
			if d.Recipient == "ann" {
				return &core.RetryError{Err: errBroken}
			}
			return nil
		}
		<-f.receive(t, "ann", "m1").Done()
		<-f.receive(t, "bob", "m2").Done()
		equal(t, "sent", f.channel.texts(), []string{"re m2"})
	})
}

func TestOutbox_ChannelSaysWhenToTryAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(echo)
		defer f.close()
		began := time.Now()
		f.channel.answer = func(*core.Delivery) error {
			if time.Since(began) < time.Hour {
				return &core.RetryError{Err: errBroken, After: time.Hour}
			}
			return nil
		}
		<-f.receive(t, "ann", "m1").Done()
		time.Sleep(59 * time.Minute)
		if sent := f.channel.texts(); len(sent) != 0 {
			t.Errorf("sent %q too early", sent)
		}
		waiting, err := f.store.Deliveries(t.Context())
		if err != nil || len(waiting) != 1 || waiting[0].Attempts != 1 {
			t.Errorf("waiting %+v, %v: it was tried too early", waiting, err)
		}
		time.Sleep(2 * time.Minute)
		equal(t, "sent", f.channel.texts(), []string{"re m1"})
	})
}

func TestOutbox_FinalFailureIsOnRecordWithItsReason(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(echo)
		defer f.close()
		f.channel.answer = func(*core.Delivery) error { return errBroken }
		<-f.receive(t, "ann", "m1").Done()
		failed, err := f.store.Deliveries(t.Context(), core.StatusFailed)
		if err != nil || len(failed) != 1 {
			t.Fatalf("failed %d, %v", len(failed), err)
		}
		if d := failed[0]; d.Reason != "broken" || d.Attempts != 1 || d.Content != (sdk.Text{Text: "re m1"}) {
			t.Errorf("failed %+v", d)
		}
		if !strings.Contains(f.log.String(), "delivery failed") {
			t.Errorf("log %s", f.log)
		}
	})
}

func TestOutbox_GivesUpInTheEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(echo)
		defer f.close()
		f.channel.answer = func(*core.Delivery) error { return &core.RetryError{Err: errBroken} }
		<-f.receive(t, "ann", "m1").Done()
		time.Sleep(72 * time.Hour)
		failed, err := f.store.Deliveries(t.Context(), core.StatusFailed)
		if err != nil || len(failed) != 1 || failed[0].Attempts < 5 {
			t.Errorf("failed %+v, %v", failed, err)
		}
	})
}

func TestOutbox_OldDeliveryIsNotSentAfterALongStop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(echo)
		f.channel.answer = unavailable(time.Now().Add(time.Minute))
		<-f.receive(t, "ann", "m1").Done()
		f.crash()
		time.Sleep(49 * time.Hour)
		after := newFixtureOn(f.store, echo)
		defer after.close()
		if err := after.Resume(t.Context()); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Hour)
		equal(t, "sent", after.channel.texts(), nil)
		failed, err := after.store.Deliveries(t.Context(), core.StatusFailed)
		if err != nil || len(failed) != 1 || !strings.Contains(failed[0].Reason, "old") {
			t.Errorf("failed %+v, %v", failed, err)
		}
	})
}

func TestOutbox_WaitingDeliveriesSurviveARestartInOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		before := newFixture(echo)
		before.channel.answer = unavailable(time.Now().Add(time.Hour))
		for _, id := range []string{"m1", "m2", "m3"} {
			<-before.receive(t, "ann", id).Done()
		}
		before.crash()
		after := newFixtureOn(before.store, echo)
		defer after.close()
		if err := after.Resume(t.Context()); err != nil {
			t.Fatal(err)
		}
		<-after.receive(t, "ann", "m4").Done()
		time.Sleep(time.Hour)
		equal(t, "sent", after.channel.texts(), []string{"re m1", "re m2", "re m3", "re m4"})
		assertEmpty(t, after.store)
	})
}

func TestOutbox_ReplyThatWaitsIsNotMadeAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		before := newFixture(twoReplies)
		before.channel.answer = unavailable(time.Now().Add(time.Hour))
		turn := before.receive(t, "ann", "m1")
		time.Sleep(time.Millisecond)
		if err := turn.Keep(t.Context()); err != nil {
			t.Fatal(err)
		}
		before.crash()
		after := newFixtureOn(before.store, twoReplies)
		defer after.close()
		if err := after.Resume(t.Context()); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Hour)
		equal(t, "sent", after.channel.texts(), []string{"first", "second"})
		assertEmpty(t, after.store)
	})
}

func TestOutbox_StopInTheMiddleOfASendKeepsTheDelivery(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := memstore.New()
		bot := core.New(core.Options{Store: store, Log: new(logtest.Buffer).Logger(), Handler: sdk.HandlerFunc(echo),
			Channels: map[string]core.Channel{"ch": hangingChannel{}}})
		if _, err := bot.Receive(t.Context(), message("ann", "m1")); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		bot.Close(ctx)
		waiting, err := store.Deliveries(t.Context(), core.StatusQueued, core.StatusRetry)
		if err != nil || len(waiting) != 1 {
			t.Errorf("waiting %d, %v: the reply is lost", len(waiting), err)
		}
	})
}

func TestOutbox_BrokenStoreDoesNotStopDeliveries(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(nil)
		f.channel.answer = unavailable(time.Now().Add(time.Minute))
		f.Bot = core.New(core.Options{Store: brokenStore{f.store}, Channels: map[string]core.Channel{"ch": f.channel},
			Handler: sdk.HandlerFunc(echo), Log: f.log.Logger()})
		defer f.close()
		<-f.receive(t, "ann", "m1").Done()
		time.Sleep(time.Hour)
		equal(t, "sent", f.channel.texts(), []string{"re m1"})
		if !strings.Contains(f.log.String(), "the store could not note") {
			t.Errorf("log %s", f.log)
		}
	})
}

func TestRetryError(t *testing.T) {
	for want, err := range map[string]*core.RetryError{
		"broken (to be tried again)":             {Err: errBroken},
		"broken (to be tried again after 1m30s)": {Err: errBroken, After: 90 * time.Second},
	} {
		if err.Error() != want || !errors.Is(err, errBroken) {
			t.Errorf("got %q, want %q", err, want)
		}
	}
}

// hangingChannel never ends a send by itself.
type hangingChannel struct{}

func (hangingChannel) Send(ctx context.Context, _ *core.Delivery) error {
	<-ctx.Done()
	return &core.RetryError{Err: ctx.Err()}
}

func (hangingChannel) Run(context.Context, core.Inbox) error { return nil }

func (hangingChannel) Capabilities() core.Capabilities { return core.Capabilities{} }
