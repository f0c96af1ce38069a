package core_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/chuanhuabot/bot/core"
	"github.com/chuanhuabot/bot/core/memstore"
	"github.com/chuanhuabot/bot/sdk"
)

// inOrder is a channel's answer that holds the first delivery, and lets no other go before it: as an answer of a webhook that ends
// while replies are made. each sees every other try.
func inOrder(first **core.Delivery, gone *bool, each func(*core.Delivery) error) func(*core.Delivery) error {
	return func(d *core.Delivery) error {
		isFirst := d.Content == sdk.Text{Text: "first"}
		switch {
		case isFirst && *first == nil:
			*first = d
			return core.ErrOpen
		case !isFirst && !*gone:
			if err := each(d); err != nil {
				return err
			}
			return core.ErrMore
		}
		err := each(d)
		*gone = *gone || isFirst && err == nil
		return err
	}
}

func reply(texts ...string) sdk.HandlerFunc {
	return func(_ context.Context, _ *sdk.Message, r sdk.Responder) error {
		for _, text := range texts {
			time.Sleep(time.Nanosecond) // Moments that differ, as on a clock that is not a test's.
			if err := r.Reply(sdk.Text{Text: text}); err != nil {
				return err
			}
		}
		return nil
	}
}

// TestOutbox_DeliveryThatYieldsOvertakesNothingNewer holds that making room for an older delivery does not move one behind newer ones.
func TestOutbox_DeliveryThatYieldsOvertakesNothingNewer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(reply("first", "second", "third"))
		defer f.close()
		var first *core.Delivery
		gone, refused := false, false
		f.channel.answer = inOrder(&first, &gone, func(d *core.Delivery) error {
			if d.Content == (sdk.Text{Text: "second"}) && !refused {
				refused = true // So that the two wait in the lane when the rest of the first comes behind them.
				return &core.RetryError{Err: errBroken}
			}
			return nil
		})
		<-f.receive(t, "ann", "m1").Done()
		f.Settle(t.Context(), first, core.ErrMore)
		time.Sleep(time.Minute)
		equal(t, "sent", f.channel.texts(), []string{"first", "second", "third"})
		assertEmpty(t, f.store)
	})
}

// TestOutbox_YieldingIsNoAttempt holds that a delivery survives a long wait for an older one that cannot be sent.
func TestOutbox_YieldingIsNoAttempt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(reply("first", "second"))
		defer f.close()
		began := time.Now()
		var first *core.Delivery
		gone, settled := false, false
		f.channel.answer = inOrder(&first, &gone, func(d *core.Delivery) error {
			switch {
			case d.Content == sdk.Text{Text: "second"} && !settled:
				settled = true
				f.Settle(context.Background(), first, core.ErrMore)
			case d.Content == sdk.Text{Text: "first"} && time.Since(began) < 5*time.Minute:
				return &core.RetryError{Err: errBroken}
			}
			return nil
		})
		<-f.receive(t, "ann", "m1").Done()
		time.Sleep(time.Hour)
		equal(t, "sent", f.channel.texts(), []string{"first", "second"})
		if sent := f.channel.sent; len(sent) == 2 && sent[1].Attempts != 0 {
			t.Errorf("the second one has %d failed attempts behind it", sent[1].Attempts)
		}
		assertEmpty(t, f.store)
	})
}

// TestOutbox_OfferThatComesTooLateWaitsBehindTheLane is about an answer that ends while a reply is made: what is not in it must not be
// sent beside the lane.
func TestOutbox_OfferThatComesTooLateWaitsBehindTheLane(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(echo)
		defer f.close()
		f.channel.answer = unavailable(time.Now().Add(time.Minute))
		offered := 0
		f.channel.prompt = func(*core.Delivery) error { offered++; return core.ErrMore }
		<-f.receive(t, "ann", "m1").Done()
		<-f.receive(t, "ann", "m2").Done()
		on, err := f.store.Deliveries(t.Context(), core.StatusQueued)
		if offered != 1 || err != nil || len(on) != 1 {
			t.Errorf("%d offered, %d wait, %v", offered, len(on), err)
		}
		time.Sleep(10 * time.Minute)
		equal(t, "sent", f.channel.texts(), []string{"re m1", "re m2"})
		assertEmpty(t, f.store)
	})
}

// stuck is a store that never answers.
type stuck struct{ *memstore.Store }

func (stuck) PutDelivery(ctx context.Context, _ *core.Delivery) error {
	<-ctx.Done()
	return ctx.Err()
}

// TestOutbox_StoreThatNeverAnswersStopsNoDelivery holds that every write has an end of its own, whatever the store does.
func TestOutbox_StoreThatNeverAnswersStopsNoDelivery(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(nil)
		f.Bot = core.New(core.Options{Store: stuck{f.store}, Channels: map[string]core.Channel{"ch": f.channel},
			Handler: sdk.HandlerFunc(echo), Log: f.log.Logger()})
		defer f.close()
		f.channel.answer = unavailable(time.Now().Add(time.Second))
		<-f.receive(t, "ann", "m1").Done()
		time.Sleep(time.Minute)
		equal(t, "sent", f.channel.texts(), []string{"re m1"})
	})
}

// TestOutbox_FailureIsTheOperatorsBeforeItIsOnRecord is about a bot that is killed while it notes a failure: the next process finds it on
// record and says nothing of it, so the log must have it by then.
func TestOutbox_FailureIsTheOperatorsBeforeItIsOnRecord(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(nil)
		f.Bot = core.New(core.Options{Store: stuck{f.store}, Channels: map[string]core.Channel{"ch": f.channel},
			Handler: sdk.HandlerFunc(echo), Log: f.log.Logger()})
		defer f.close()
		f.channel.answer = func(*core.Delivery) error { return errBroken }
		turn := f.receive(t, "ann", "m1")
		synctest.Wait()
		if isDone(turn) || !strings.Contains(f.log.String(), `msg="delivery failed"`) {
			t.Errorf("while the store is asked, the log has %q", f.log)
		}
	})
}

// TestResume_RemembersRepliesNoLongerThanMessagesAreRepeated holds that what is on record at the start is not kept in memory for ever.
func TestResume_RemembersRepliesNoLongerThanMessagesAreRepeated(t *testing.T) {
	for after, want := range map[time.Duration][]string{
		9 * time.Minute:  {"re m1"},
		11 * time.Minute: {"re m1", "re m1"},
	} {
		synctest.Test(t, func(t *testing.T) {
			before := newFixture(echo)
			before.channel.answer = unavailable(time.Now().Add(time.Minute))
			<-before.receive(t, "ann", "m1").Done()
			before.crash()
			f := newFixtureOn(before.store, echo)
			defer f.close()
			if err := f.Resume(t.Context()); err != nil {
				t.Fatal(err)
			}
			time.Sleep(after)
			<-f.receive(t, "ann", "m1").Done()
			time.Sleep(time.Minute)
			equal(t, "sent", f.channel.texts(), want)
		})
	}
}

func TestOutbox_PromptIsSettledLikeAnyOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(echo)
		defer f.close()
		f.channel.answer = unavailable(time.Now().Add(time.Minute))
		var held []core.Delivery
		f.channel.prompt = holding(&held)
		<-f.receive(t, "ann", "m1").Done()
		<-f.receive(t, "ann", "m2").Done()
		if len(held) != 1 {
			t.Fatalf("%d held", len(held))
		}
		f.Settle(t.Context(), &held[0], errors.New("the person has left"))
		failed, err := f.store.Deliveries(t.Context(), core.StatusFailed)
		if err != nil || len(failed) != 1 || failed[0].InReplyTo != "m2" {
			t.Errorf("failed %+v, %v", failed, err)
		}
		time.Sleep(10 * time.Minute)
		equal(t, "sent", f.channel.texts(), []string{"re m1"})
	})
}

// TestResume_FailedReplyDoesNotGoAgain holds that what has failed for good is not made anew by a turn that begins anew.
func TestResume_FailedReplyDoesNotGoAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		two := func(ctx context.Context, _ *sdk.Message, r sdk.Responder) error {
			if err := r.Reply(sdk.Text{Text: "first"}); err != nil {
				return err
			}
			select {
			case <-time.After(time.Minute):
			case <-ctx.Done():
				return ctx.Err()
			}
			return r.Reply(sdk.Text{Text: "second"})
		}
		before := newFixture(two)
		before.channel.answer = func(*core.Delivery) error { return errBroken }
		turn := before.receive(t, "ann", "m1")
		if err := turn.Keep(t.Context()); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Second)
		before.crash()
		after := newFixtureOn(before.store, two)
		defer after.close()
		if err := after.Resume(t.Context()); err != nil {
			t.Fatal(err)
		}
		time.Sleep(2 * time.Minute)
		equal(t, "sent", after.channel.texts(), []string{"second"})
		failed, err := after.store.Deliveries(t.Context(), core.StatusFailed)
		if err != nil || len(failed) != 1 {
			t.Errorf("%d failed, %v", len(failed), err)
		}
	})
}

// stubborn is a channel whose call goes on when its context ends, and then fails for good: nobody knows whether the platform has it.
type stubborn struct{ hangingChannel }

func (stubborn) Send(ctx context.Context, _ *core.Delivery) error {
	<-ctx.Done()
	return fmt.Errorf("no answer: %w", context.DeadlineExceeded)
}

// TestOutbox_FinalErrorWhileTheBotStopsIsFinal holds that a restart repeats nothing of which nobody knows whether it has gone.
func TestOutbox_FinalErrorWhileTheBotStopsIsFinal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := memstore.New()
		bot := core.New(core.Options{Store: store, Log: slog.New(slog.DiscardHandler), Handler: sdk.HandlerFunc(echo),
			Channels: map[string]core.Channel{"ch": stubborn{}}})
		if _, err := bot.Receive(t.Context(), message("ann", "m1")); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		bot.Close(ended())
		failed, err := store.Deliveries(t.Context(), core.StatusFailed)
		if err != nil || len(failed) != 1 || failed[0].Attempts != 1 {
			t.Errorf("failed %+v, %v", failed, err)
		}
	})
}

// TestSettle_SaysWhyItIsOpen is about an operator who lists what has not gone.
func TestSettle_SaysWhyItIsOpen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(echo)
		defer f.close()
		f.channel.answer = func(*core.Delivery) error { return fmt.Errorf("%w: the window is over", core.ErrOpen) }
		turn := f.receive(t, "ann", "m1")
		if err := turn.Keep(t.Context()); err != nil {
			t.Fatal(err)
		}
		<-turn.Done()
		open, err := f.store.Deliveries(t.Context(), core.StatusQueued)
		if err != nil || len(open) != 1 || !strings.Contains(open[0].Reason, "the window is over") {
			t.Errorf("open %+v, %v", open, err)
		}
	})
}
