package core_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/chuanhuabot/bot/core"
	"github.com/chuanhuabot/bot/sdk"
)

// holding is a channel's answer that holds every delivery until the test settles it.
func holding(held *[]core.Delivery) func(*core.Delivery) error {
	return func(d *core.Delivery) error {
		*held = append(*held, *d)
		return core.ErrOpen
	}
}

func TestSettle_HeldDeliveryIsSent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(echo)
		defer f.close()
		var held []core.Delivery
		f.channel.answer = holding(&held)
		turn := f.receive(t, "ann", "m1")
		<-turn.Done()
		assertEmpty(t, f.store) // The platform has the message until the answer is written.
		f.Settle(t.Context(), &held[0], nil)
		f.Settle(t.Context(), &held[0], errBroken) // It is not open any more.
		assertEmpty(t, f.store)
	})
}

func TestSettle_HeldDeliveryOfAKeptMessageIsOnRecordUntilItIsSent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(twoReplies)
		defer f.close()
		var held []core.Delivery
		f.channel.answer = holding(&held)
		turn := f.receive(t, "ann", "m1")
		time.Sleep(time.Second)
		if err := turn.Keep(t.Context()); err != nil {
			t.Fatal(err)
		}
		<-turn.Done()
		on, err := f.store.Deliveries(t.Context(), core.StatusQueued)
		if err != nil || len(on) != 2 {
			t.Fatalf("%d deliveries on record, %v", len(on), err)
		}
		for _, d := range held {
			f.Settle(t.Context(), &d, nil)
		}
		assertEmpty(t, f.store)
	})
}

func TestSettle_HeldDeliverySurvivesACrash(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		before := newFixture(twoReplies)
		var held []core.Delivery
		before.channel.answer = holding(&held)
		turn := before.receive(t, "ann", "m1")
		time.Sleep(time.Second)
		if err := turn.Keep(t.Context()); err != nil {
			t.Fatal(err)
		}
		<-turn.Done()
		before.crash()
		after := newFixtureOn(before.store, twoReplies)
		defer after.close()
		if err := after.Resume(t.Context()); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Minute)
		equal(t, "sent", after.channel.texts(), []string{"first", "second"})
		assertEmpty(t, after.store)
	})
}

// TestSettle_BeforeSendReturns is the answer that goes out while a reply is still being put into it.
func TestSettle_BeforeSendReturns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(echo)
		defer f.close()
		tries := 0
		f.channel.answer = func(d *core.Delivery) error {
			if tries++; tries > 1 {
				return nil
			}
			f.Settle(context.Background(), d, core.ErrMore)
			return core.ErrOpen
		}
		<-f.receive(t, "ann", "m1").Done()
		time.Sleep(time.Minute)
		equal(t, "sent", f.channel.texts(), []string{"re m1"})
		assertEmpty(t, f.store)
	})
}

func TestSettle_RestIsOnRecordAndSent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(echo)
		defer f.close()
		var held []core.Delivery
		f.channel.answer = holding(&held)
		<-f.receive(t, "ann", "m1").Done()
		began := time.Now()
		f.channel.answer = func(d *core.Delivery) error {
			if d.Progress != 3 {
				t.Errorf("progress %d, want 3", d.Progress)
			}
			on, err := f.store.Deliveries(context.Background(), core.StatusQueued)
			if err != nil || len(on) != 1 || on[0].Progress != 3 || on[0].Attempts != 0 {
				t.Errorf("on record %+v, %v", on, err)
			}
			return nil
		}
		held[0].Progress = 3
		f.Settle(t.Context(), &held[0], core.ErrMore)
		synctest.Wait()
		equal(t, "sent", f.channel.texts(), []string{"re m1"})
		if took := time.Since(began); took > 0 {
			t.Errorf("the rest waited %s", took)
		}
		assertEmpty(t, f.store)
	})
}

// TestSettle_OpenIsOnRecord is about what an answer has no room for: it must be safe before the answer goes.
func TestSettle_OpenIsOnRecord(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(echo)
		defer f.close()
		var held []core.Delivery
		f.channel.answer = holding(&held)
		<-f.receive(t, "ann", "m1").Done()
		f.Settle(t.Context(), &held[0], core.ErrOpen)
		on, err := f.store.Deliveries(t.Context(), core.StatusQueued)
		if err != nil || len(on) != 1 {
			t.Fatalf("on record %+v, %v", on, err)
		}
		f.Settle(t.Context(), &held[0], nil)
		assertEmpty(t, f.store)
	})
}

func TestSettle_FailureIsOnRecord(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(echo)
		defer f.close()
		var held []core.Delivery
		f.channel.answer = holding(&held)
		<-f.receive(t, "ann", "m1").Done()
		f.Settle(t.Context(), &held[0], errBroken)
		failed, err := f.store.Deliveries(t.Context(), core.StatusFailed)
		if err != nil || len(failed) != 1 || failed[0].Reason != "broken" {
			t.Errorf("failed %+v, %v", failed, err)
		}
	})
}

// TestOutbox_PartsGoOneAfterTheOther holds that each part is on record before the next one goes: a bot that is killed between two
// of them goes on where it was.
func TestOutbox_PartsGoOneAfterTheOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		before := newFixture(echo)
		var progress []int
		before.channel.answer = func(d *core.Delivery) error {
			progress = append(progress, d.Progress)
			if d.Progress == 2 {
				before.frozen.Store(true) // Killed.
				return &core.RetryError{Err: errBroken}
			}
			d.Progress++
			return core.ErrMore
		}
		<-before.receive(t, "ann", "m1").Done()
		before.crash()
		after := newFixtureOn(before.store, echo)
		defer after.close()
		after.channel.answer = func(d *core.Delivery) error {
			progress = append(progress, d.Progress)
			return nil
		}
		if err := after.Resume(t.Context()); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Minute)
		synctest.Wait()
		if !slices.Equal(progress, []int{0, 1, 2, 2}) {
			t.Errorf("progress %v", progress)
		}
		assertEmpty(t, after.store)
	})
}

func TestOutbox_PartsWithoutProgressFail(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(echo)
		defer f.close()
		f.channel.answer = func(*core.Delivery) error { return core.ErrMore }
		<-f.receive(t, "ann", "m1").Done()
		time.Sleep(time.Minute)
		failed, err := f.store.Deliveries(t.Context(), core.StatusFailed)
		if err != nil || len(failed) != 1 || !strings.Contains(failed[0].Reason, "no progress") {
			t.Errorf("failed %+v, %v", failed, err)
		}
	})
}

// TestOutbox_OlderDeliveryThatComesBackGoesFirst is about a reply that is made in the moment in which the answer before it ends: what
// is left of that is the older.
func TestOutbox_OlderDeliveryThatComesBackGoesFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(func(_ context.Context, _ *sdk.Message, r sdk.Responder) error {
			return errors.Join(r.Reply(sdk.Text{Text: "older"}), r.Reply(sdk.Text{Text: "newer"}))
		})
		defer f.close()
		var older *core.Delivery
		yielded := false
		f.channel.answer = func(d *core.Delivery) error {
			switch text := d.Content.(sdk.Text).Text; {
			case text == "older" && older == nil:
				older = d
				return core.ErrOpen
			case text == "newer" && !yielded:
				yielded = true
				f.Settle(context.Background(), older, core.ErrMore)
				synctest.Wait() // The older one may not be sent while this call is under way.
				return core.ErrMore
			}
			return nil
		}
		<-f.receive(t, "ann", "m1").Done()
		time.Sleep(time.Second)
		equal(t, "sent", f.channel.texts(), []string{"older", "newer"})
		assertEmpty(t, f.store)
	})
}

func TestSettle_UnknownDeliveryIsLeftAlone(t *testing.T) {
	f := newFixture(echo)
	defer f.close()
	f.Settle(t.Context(), &core.Delivery{ID: "never"}, errors.New("x"))
	assertEmpty(t, f.store)
}

func TestIdle_ClosesWithTheLastTurn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(func(context.Context, *sdk.Message, sdk.Responder) error {
			time.Sleep(time.Second)
			return nil
		})
		defer f.close()
		isIdle := func() bool {
			select {
			case <-f.Idle("ch", "ann"):
				return true
			default:
				return false
			}
		}
		if !isIdle() {
			t.Error("busy before any message")
		}
		f.receive(t, "ann", "m1")
		f.receive(t, "ann", "m2")
		idle := f.Idle("ch", "ann")
		time.Sleep(1500 * time.Millisecond)
		if isIdle() {
			t.Error("idle while the second turn runs")
		}
		began := time.Now()
		<-idle
		if took := time.Since(began); took != 500*time.Millisecond {
			t.Errorf("idle after %s more", took)
		}
	})
}

func TestDelivery_HasTheWindowOfItsMessage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(echo)
		defer f.close()
		m := message("ann", "m1")
		m.Window = sdk.Window{Left: 5, Until: time.Now().Add(48 * time.Hour)}
		turn, err := f.Receive(t.Context(), m)
		if err != nil {
			t.Fatal(err)
		}
		<-turn.Done()
		if got := f.channel.sent[0].Window; got != m.Window {
			t.Errorf("window %+v", got)
		}
	})
}

// TestResume_RepeatedMessageFindsItsReplyOnRecord is about a message that could not be kept, whose reply was: its platform sends it
// again, after the bot was killed.
func TestResume_RepeatedMessageFindsItsReplyOnRecord(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		before := newFixture(echo)
		before.channel.answer = unavailable(time.Now().Add(time.Minute))
		<-before.receive(t, "ann", "m1").Done()
		before.crash()
		after := newFixtureOn(before.store, echo)
		defer after.close()
		if err := after.Resume(t.Context()); err != nil {
			t.Fatal(err)
		}
		<-after.receive(t, "ann", "m1").Done()
		time.Sleep(10 * time.Minute)
		equal(t, "sent", after.channel.texts(), []string{"re m1"})
		assertEmpty(t, after.store)
	})
}
