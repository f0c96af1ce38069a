package core_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/chuanhuabot/bot/core"
	"github.com/chuanhuabot/bot/sdk"
)

// failing returns a bot whose deliveries for the given messages of ann have failed.
func failing(t *testing.T, messages ...string) *fixture {
	t.Helper()
	f := newFixture(echo)
	f.channel.answer = func(*core.Delivery) error { return errBroken }
	for _, id := range messages {
		<-f.receive(t, "ann", id).Done()
		time.Sleep(time.Second)
	}
	f.channel.answer = nil
	return f
}

// statuses returns what is on record, the oldest first.
func (f *fixture) statuses(t *testing.T) []string {
	t.Helper()
	all, err := f.Backlog().List(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, d := range all {
		out = append(out, d.ID+" "+string(d.Status))
	}
	return out
}

// assertReview holds what was done and left, left as "ID: why".
func assertReview(t *testing.T, r core.Review, err error, done, left []string) {
	t.Helper()
	if err != nil {
		t.Error(err)
	}
	equal(t, "done", r.Done, done)
	var got []string
	for _, l := range r.Left {
		got = append(got, l.ID+": "+string(l.Why))
	}
	equal(t, "left", got, left)
}

func TestBacklog_RetrySendsAgainInOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := failing(t, "m1", "m2", "m3")
		defer f.close()
		time.Sleep(50 * time.Hour) // Older than the core sends anything for the first time.
		r, err := f.Backlog().Retry(t.Context(), []string{"ch/m3/0", "ch/m1/0", "ch/m1/0"})
		assertReview(t, r, err, []string{"ch/m1/0", "ch/m3/0"}, nil)
		synctest.Wait()
		equal(t, "sent", f.channel.texts(), []string{"re m1", "re m3"})
		equal(t, "on record", f.statuses(t), []string{"ch/m2/0 failed"})
		r, err = f.Backlog().Retry(t.Context(), nil)
		assertReview(t, r, err, []string{"ch/m2/0"}, nil)
		synctest.Wait()
		assertEmpty(t, f.store)
	})
}

func TestBacklog_RetryGoesOnFromTheProgress(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(echo)
		defer f.close()
		f.channel.answer = func(d *core.Delivery) error {
			if d.Progress == 0 {
				d.Progress = 2
				return core.ErrMore
			}
			return errBroken
		}
		<-f.receive(t, "ann", "m1").Done()
		synctest.Wait()
		f.channel.answer = nil
		if _, err := f.Backlog().Retry(t.Context(), nil); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if len(f.channel.sent) != 1 || f.channel.sent[0].Progress != 2 {
			t.Errorf("sent %+v", f.channel.sent)
		}
	})
}

func TestBacklog_RetryHasAllItsTriesAndWaitsItsTurn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := failing(t, "m1")
		defer f.close()
		f.channel.answer = unavailable(time.Now().Add(time.Minute))
		<-f.receive(t, "ann", "m2").Done()
		time.Sleep(time.Millisecond)
		r, err := f.Backlog().Retry(t.Context(), nil)
		assertReview(t, r, err, []string{"ch/m1/0"}, nil)
		queued, err := f.store.Deliveries(t.Context(), core.StatusQueued)
		if err != nil || len(queued) != 1 || queued[0].Attempts != 0 || queued[0].Reason != "broken" || !queued[0].Created.Equal(time.Now()) {
			t.Errorf("on disk %+v, %v", queued, err)
		}
		r, err = f.Backlog().Retry(t.Context(), []string{"ch/m1/0", "ch/m2/0"})
		assertReview(t, r, err, nil, []string{"ch/m2/0: it waits to be sent", "ch/m1/0: it waits to be sent"})
		time.Sleep(10 * time.Minute)
		equal(t, "sent", f.channel.texts(), []string{"re m2", "re m1"})
		assertEmpty(t, f.store)
	})
}

func TestBacklog_ManyRetriesAtOnceSendOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := failing(t, "m1", "m2")
		defer f.close()
		f.channel.answer = func(*core.Delivery) error { time.Sleep(time.Second); return nil }
		var all sync.WaitGroup
		for range 20 {
			all.Go(func() {
				if _, err := f.Backlog().Retry(t.Context(), nil); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		time.Sleep(time.Minute)
		equal(t, "sent", f.channel.texts(), []string{"re m1", "re m2"})
	})
}

func TestBacklog_UnknownIDDoesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := failing(t, "m1")
		defer f.close()
		ids := []string{"ch/m1/0", "ch/m9/0"}
		_, retry := f.Backlog().Retry(t.Context(), ids)
		_, purge := f.Backlog().Purge(t.Context(), core.Purge{IDs: ids})
		for _, err := range []error{retry, purge} {
			if !errors.Is(err, core.ErrNotFound) || !strings.Contains(err.Error(), "ch/m9/0") {
				t.Errorf("error %v", err)
			}
		}
		equal(t, "on record", f.statuses(t), []string{"ch/m1/0 failed"})
	})
}

// TestBacklog_RunningTurnIsLeftAlone holds that nothing is put on record again behind the operator's back.
func TestBacklog_RunningTurnIsLeftAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(twoReplies)
		defer f.close()
		f.channel.answer = func(*core.Delivery) error { return errBroken }
		turn := f.receive(t, "ann", "m1")
		synctest.Wait()
		left := []string{"ch/m1/0: its message is still being handled"}
		r, err := f.Backlog().Retry(t.Context(), nil)
		assertReview(t, r, err, nil, left)
		r, err = f.Backlog().Purge(t.Context(), core.Purge{})
		assertReview(t, r, err, nil, left)
		<-turn.Done()
		synctest.Wait()
		r, err = f.Backlog().Purge(t.Context(), core.Purge{})
		assertReview(t, r, err, []string{"ch/m1/0", "ch/m1/1"}, nil)
		assertEmpty(t, f.store)
	})
}

func TestBacklog_StoreThatFailsSendsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := failing(t, "m1")
		defer f.close()
		f.frozen.Store(true)
		if _, err := f.Backlog().Retry(t.Context(), nil); !errors.Is(err, errBroken) {
			t.Errorf("retry: %v", err)
		}
		if _, err := f.Backlog().Purge(t.Context(), core.Purge{}); !errors.Is(err, errBroken) {
			t.Errorf("purge: %v", err)
		}
		if _, err := f.Backlog().Retry(ended(), nil); !errors.Is(err, context.Canceled) {
			t.Errorf("an operator who has gone: %v", err)
		}
		synctest.Wait()
		equal(t, "sent", f.channel.texts(), nil)
	})
}

func TestBacklog_PurgeByAge(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := failing(t, "m1", "m2")
		defer f.close()
		p := core.Purge{Before: time.Now().Add(-time.Second)}
		r, err := f.Backlog().Purge(t.Context(), p)
		assertReview(t, r, err, []string{"ch/m1/0"}, nil)
		p.IDs = []string{"ch/m2/0"}
		r, err = f.Backlog().Purge(t.Context(), p)
		assertReview(t, r, err, nil, []string{"ch/m2/0: it is not that old"})
	})
}

func TestBacklog_PurgeOfWhatWaitsIsAskedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(echo)
		defer f.close()
		f.channel.answer = unavailable(time.Now().Add(time.Hour))
		for _, id := range []string{"m1", "m2", "m3"} {
			<-f.receive(t, "ann", id).Done()
		}
		time.Sleep(10 * time.Minute)
		synctest.Wait()
		f.channel.answer = nil // The first one's next try is minutes away.
		r, err := f.Backlog().Purge(t.Context(), core.Purge{})
		assertReview(t, r, err, nil, nil)
		r, err = f.Backlog().Purge(t.Context(), core.Purge{IDs: []string{"ch/m1/0"}})
		assertReview(t, r, err, nil, []string{"ch/m1/0: it waits to be sent"})
		r, err = f.Backlog().Purge(t.Context(), core.Purge{IDs: []string{"ch/m1/0", "ch/m3/0"}, Waiting: true})
		assertReview(t, r, err, []string{"ch/m1/0", "ch/m3/0"}, nil)
		synctest.Wait()
		equal(t, "sent: what waited behind it is not held up", f.channel.texts(), []string{"re m2"})
		assertEmpty(t, f.store)
	})
}

func TestBacklog_PurgeLeavesWhatIsOnItsWay(t *testing.T) {
	for name, answer := range map[string]func(*core.Delivery) error{
		"being sent": func(*core.Delivery) error { time.Sleep(20 * time.Second); return nil },
		"held":       func(*core.Delivery) error { return core.ErrOpen },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := failing(t, "m1")
				defer f.close()
				f.channel.answer = answer
				if _, err := f.Backlog().Retry(t.Context(), nil); err != nil {
					t.Fatal(err)
				}
				synctest.Wait()
				r, err := f.Backlog().Purge(t.Context(), core.Purge{Waiting: true})
				assertReview(t, r, err, nil, []string{"ch/m1/0: it is being sent, or its channel holds it"})
			})
		})
	}
}

func TestBacklog_WithoutABotTheNextOneSends(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := failing(t, "m1", "m2")
		f.close()
		stopped := core.NewBacklog(f.store)
		r, err := stopped.Retry(t.Context(), []string{"ch/m2/0"})
		assertReview(t, r, err, []string{"ch/m2/0"}, nil)
		r, err = stopped.Purge(t.Context(), core.Purge{})
		assertReview(t, r, err, []string{"ch/m1/0"}, nil)
		after := newFixtureOn(f.store, echo)
		defer after.close()
		if err := after.Resume(t.Context()); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		equal(t, "sent", after.channel.texts(), []string{"re m2"})
		assertEmpty(t, f.store)
	})
}

func TestBacklog_ListLeavesOutWhatWasSent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := failing(t, "m1")
		defer f.close()
		sent := &core.Delivery{ID: "ch/m0/0", Channel: "ch", Content: sdk.Text{Text: "x"}, Status: core.StatusSent, Created: time.Now()}
		if err := f.store.PutDelivery(t.Context(), sent); err != nil {
			t.Fatal(err)
		}
		equal(t, "on record", f.statuses(t), []string{"ch/m1/0 failed"})
		waiting, err := f.Backlog().List(t.Context(), core.StatusQueued, core.StatusRetry)
		if err != nil || slices.ContainsFunc(waiting, func(d *core.Delivery) bool { return d.Status == core.StatusFailed }) {
			t.Errorf("waiting %v, %v", waiting, err)
		}
	})
}
