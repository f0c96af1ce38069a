package clock

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

func TestAhead_IsTheMachinesTimeUntilItIsMoved(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var a Ahead
		began := time.Now()
		timer := a.Timer(5 * time.Second)
		<-timer.C
		if took := time.Since(began); took != 5*time.Second || a.By() != 0 || !a.Now().Equal(time.Now()) {
			t.Errorf("fired after %s", took)
		}
		timer.Stop()
	})
}

func TestAhead_AdvanceFiresWhatIsDue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var a Ahead
		began := time.Now()
		late, early, never := a.Timer(72*time.Hour), a.Timer(time.Hour), a.Timer(time.Hour)
		never.Stop()
		never.Stop()
		a.Advance(48 * time.Hour)
		synctest.Wait()
		if !fired(early) || fired(late) || fired(never) {
			t.Error("after 48 hours")
		}
		a.Advance(-24 * time.Hour)
		if a.By() != 48*time.Hour || a.Now().Sub(began) != 48*time.Hour {
			t.Errorf("it is ahead by %s", a.By())
		}
		<-late.C // A day is left, in the machine's time.
		if took := time.Since(began); took != 24*time.Hour {
			t.Errorf("fired after %s", took)
		}
		late.Stop()
		early.Stop()
	})
}

func TestAhead_PastFiresAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var a Ahead
		for _, d := range []time.Duration{0, -time.Second} {
			timer := a.Timer(d)
			synctest.Wait()
			if !fired(timer) {
				t.Errorf("%s has not passed", d)
			}
			timer.Stop()
		}
	})
}

func TestSleep(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		if err := Sleep(t.Context(), Real{}, time.Minute); err != nil || time.Since(began) != time.Minute {
			t.Errorf("slept %s, %v", time.Since(began), err)
		}
		ended, cancel := context.WithCancel(t.Context())
		cancel()
		if err := Sleep(ended, Real{}, time.Minute); !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
		if err := Sleep(ended, Real{}, 0); err != nil {
			t.Errorf("no time: %v", err)
		}
	})
}
