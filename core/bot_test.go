package core_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/chuanhuabot/bot/core"
	"github.com/chuanhuabot/bot/sdk"
)

func TestBot_AnswersGoBackThroughTheChannel(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(echo)
		defer f.close()
		<-f.receive(t, "ann", "m1").Done()
		equal(t, "sent", f.channel.texts(), []string{"re m1"})
		d := f.channel.sent[0]
		if d.ID != "ch/m1/0" || d.Channel != "ch" || d.Account != "acct" || d.Recipient != "ann" || d.Conversation != "ann" || d.InReplyTo != "m1" {
			t.Errorf("delivery %+v", d)
		}
		stored, err := f.store.Deliveries(t.Context())
		if err != nil || len(stored) != 0 {
			t.Errorf("a message answered in time cost the store %d deliveries, %v", len(stored), err)
		}
	})
}

func TestBot_OneConversationKeepsItsOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(func(ctx context.Context, m *sdk.Message, r sdk.Responder) error {
			if m.ID == "m0" {
				time.Sleep(time.Second) // The first is the slowest.
			}
			return echo(ctx, m, r)
		})
		defer f.close()
		var want []string
		for i := range 20 {
			f.receive(t, "ann", fmt.Sprint("m", i))
			want = append(want, fmt.Sprint("re m", i))
		}
		time.Sleep(2 * time.Second)
		equal(t, "sent", f.channel.texts(), want)
	})
}

func TestBot_SlowTurnDelaysOnlyItsOwnConversation(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(func(ctx context.Context, m *sdk.Message, r sdk.Responder) error {
			if m.Sender == "slow" {
				time.Sleep(time.Minute)
			}
			return echo(ctx, m, r)
		})
		defer f.close()
		slow := f.receive(t, "slow", "m1")
		<-f.receive(t, "quick", "m2").Done()
		if isDone(slow) {
			t.Error("the slow turn is over already")
		}
		<-slow.Done()
		equal(t, "sent", f.channel.texts(), []string{"re m2", "re m1"})
	})
}

func TestBot_RetryJoinsTheTurnThatRuns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var runs atomic.Int32
		f := newFixture(func(ctx context.Context, m *sdk.Message, r sdk.Responder) error {
			runs.Add(1)
			time.Sleep(7 * time.Second)
			return echo(ctx, m, r)
		})
		defer f.close()
		first := f.receive(t, "ann", "m1")
		time.Sleep(5 * time.Second)
		second := f.receive(t, "ann", "m1")
		<-second.Done()
		third := f.receive(t, "ann", "m1")
		if !isDone(first) || !isDone(third) || runs.Load() != 1 {
			t.Errorf("the plugin ran %d times", runs.Load())
		}
		equal(t, "sent", f.channel.texts(), []string{"re m1"})
	})
}

func TestBot_ManyRetriesAtOnceStartOneTurn(t *testing.T) {
	var runs atomic.Int32
	release := make(chan struct{})
	f := newFixture(func(context.Context, *sdk.Message, sdk.Responder) error {
		runs.Add(1)
		<-release
		return nil
	})
	defer f.close()
	turns := make(chan core.Turn, 100)
	for range cap(turns) {
		go func() {
			turn, err := f.Receive(context.Background(), message("ann", "m1"))
			if err != nil {
				t.Error(err)
			}
			turns <- turn
		}()
	}
	first := <-turns
	for range cap(turns) - 1 {
		if turn := <-turns; turn != first {
			t.Error("two turns for one message")
		}
	}
	close(release)
	<-first.Done()
	if runs.Load() != 1 {
		t.Errorf("the handler ran %d times", runs.Load())
	}
}

func TestBot_SameIDOnAnotherChannelIsAnotherMessage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(echo)
		defer f.close()
		other := message("ann", "m1")
		other.Channel = "elsewhere"
		<-f.receive(t, "ann", "m1").Done()
		turn, err := f.Receive(t.Context(), other)
		if err != nil {
			t.Fatal(err)
		}
		<-turn.Done()
		failed, err := f.store.Deliveries(t.Context(), core.StatusFailed)
		if err != nil || len(failed) != 1 || !strings.Contains(failed[0].Reason, `no channel "elsewhere"`) {
			t.Errorf("failed %+v, %v", failed, err)
		}
	})
}

func TestBot_MessageIsRememberedForAMinute(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(echo)
		defer f.close()
		<-f.receive(t, "ann", "m1").Done()
		time.Sleep(59 * time.Second)
		<-f.receive(t, "ann", "m1").Done()
		equal(t, "within the minute", f.channel.texts(), []string{"re m1"})
		time.Sleep(2 * time.Second)
		<-f.receive(t, "ann", "m1").Done()
		equal(t, "after it", f.channel.texts(), []string{"re m1", "re m1"})
	})
}

func TestBot_PanicCostsOneMessage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(func(ctx context.Context, m *sdk.Message, r sdk.Responder) error {
			if m.ID == "bad" {
				panic("boom")
			}
			return echo(ctx, m, r)
		})
		defer f.close()
		<-f.receive(t, "ann", "bad").Done()
		<-f.receive(t, "ann", "good").Done()
		equal(t, "sent", f.channel.texts(), []string{"re good"})
		if !strings.Contains(f.log.String(), "boom") {
			t.Errorf("the log does not say why: %s", f.log)
		}
	})
}

func TestBot_TooManyTurnsMakeReceiveWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		f := newFixture(nil)
		f.Bot = core.New(core.Options{Store: f.store, MaxTurns: 2, Log: f.log.Logger(),
			Channels: map[string]core.Channel{"ch": f.channel},
			Handler: sdk.HandlerFunc(func(context.Context, *sdk.Message, sdk.Responder) error {
				<-release
				return nil
			})})
		defer f.close()
		first := f.receive(t, "a", "m1")
		f.receive(t, "b", "m2")
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := f.Receive(ctx, message("c", "m3")); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("error %v, want the context's", err)
		}
		if turn := f.receive(t, "a", "m1"); turn != first {
			t.Error("a retry is no new turn and need not wait")
		}
		close(release)
		<-f.receive(t, "c", "m3").Done()
	})
}

func TestBot_OneConversationCannotTakeAllPlaces(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(func(ctx context.Context, _ *sdk.Message, _ sdk.Responder) error {
			<-ctx.Done()
			return context.Cause(ctx)
		})
		defer f.close()
		var err error
		n := 0
		for ; err == nil; n++ {
			_, err = f.Receive(t.Context(), message("ann", fmt.Sprint("m", n)))
			synctest.Wait()
		}
		if !errors.Is(err, core.ErrBusy) || n > 110 {
			t.Errorf("after %d messages: %v", n, err)
		}
		f.receive(t, "bob", "x")
		f.receive(t, "ann", "m0") // A retry is no new message.
	})
}

func TestBot_StopBeginsNoTurn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var begun atomic.Int32
		f := newFixture(func(ctx context.Context, _ *sdk.Message, _ sdk.Responder) error {
			begun.Add(1)
			<-ctx.Done()
			return context.Cause(ctx)
		})
		for i := range 50 {
			f.receive(t, "ann", fmt.Sprint("m", i))
		}
		synctest.Wait()
		f.close()
		if n := begun.Load(); n != 1 {
			t.Errorf("%d turns were begun", n)
		}
	})
}

func TestBot_RepliesOfOneTurnAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var err error
		f := newFixture(func(_ context.Context, _ *sdk.Message, r sdk.Responder) error {
			for err == nil {
				err = r.Reply(sdk.Text{Text: "again"})
			}
			return err
		})
		defer f.close()
		<-f.receive(t, "ann", "m1").Done()
		if n := len(f.channel.texts()); n != 100 || !strings.Contains(err.Error(), "more than 100 replies") {
			t.Errorf("%d replies, %v", n, err)
		}
	})
}

func TestBot_MessageWithoutContentIsAnError(t *testing.T) {
	f := newFixture(echo)
	defer f.close()
	if _, err := f.Receive(t.Context(), &sdk.Message{ID: "m1", Channel: "ch"}); !errors.Is(err, sdk.ErrNoContent) {
		t.Errorf("error %v", err)
	}
}

func TestBot_CloseLetsRunningTurnsEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(func(ctx context.Context, m *sdk.Message, r sdk.Responder) error {
			time.Sleep(3 * time.Second)
			return echo(ctx, m, r)
		})
		f.receive(t, "ann", "m1")
		f.receive(t, "ann", "m2")
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		defer cancel()
		began := time.Now()
		f.Close(ctx)
		equal(t, "sent", f.channel.texts(), []string{"re m1", "re m2"})
		if took := time.Since(began); took != 6*time.Second {
			t.Errorf("it took %s", took)
		}
		if _, err := f.Receive(t.Context(), message("ann", "m3")); !errors.Is(err, core.ErrStopping) {
			t.Errorf("error %v, want ErrStopping", err)
		}
	})
}

func TestBot_CloseStopsTurnsThatDoNotEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(func(ctx context.Context, _ *sdk.Message, _ sdk.Responder) error {
			<-ctx.Done()
			return context.Cause(ctx)
		})
		turn := f.receive(t, "ann", "m1")
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		defer cancel()
		f.Close(ctx)
		if isDone(turn) {
			t.Error("a turn that was stopped counts as over: its message would be acknowledged and lost")
		}
	})
}
