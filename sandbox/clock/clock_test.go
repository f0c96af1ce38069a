package clock

import (
	"context"
	"errors"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var noon = time.Date(2026, 10, 1, 12, 0, 0, 0, time.UTC)

func fired(t *Timer) bool {
	select {
	case <-t.C:
		return true
	default:
		return false
	}
}

func TestMoved_FiresWhatIsDue(t *testing.T) {
	m := NewMoved(noon)
	early, late, never := m.Timer(time.Second), m.Timer(5*time.Second), m.Timer(time.Second)
	never.Stop()
	never.Stop()
	if fired(early) || fired(late) {
		t.Error("a clock that stands fires")
	}
	m.Advance(time.Second)
	if !fired(early) || fired(late) || fired(never) {
		t.Error("after a second")
	}
	m.Advance(3999 * time.Millisecond)
	if fired(late) {
		t.Error("too early")
	}
	m.Advance(time.Millisecond)
	if !fired(late) || fired(early) || fired(never) {
		t.Error("after five seconds")
	}
	if got := m.Now().Sub(noon); got != 5*time.Second {
		t.Errorf("moved by %s", got)
	}
	early.Stop()
}

func TestMoved_PastFiresAtOnce(t *testing.T) {
	m := NewMoved(noon)
	for _, d := range []time.Duration{0, -time.Second} {
		if timer := m.Timer(d); !fired(timer) {
			t.Errorf("%s has not passed", d)
		}
	}
	if err := m.Wait(t.Context(), 0); err != nil {
		t.Error(err)
	}
}

func TestMoved_WaitKnowsWhoSleeps(t *testing.T) {
	m := NewMoved(noon)
	woken := make(chan time.Time)
	go func() {
		timer := m.Timer(time.Hour)
		defer timer.Stop()
		woken <- <-timer.C
	}()
	if err := m.Wait(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	m.Advance(2 * time.Hour)
	if got := <-woken; !got.Equal(noon.Add(time.Hour)) {
		t.Errorf("woken at %s", got)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := m.Wait(ctx, 1); !errors.Is(err, context.Canceled) {
		t.Errorf("wait: %v", err)
	}
}

func TestReal(t *testing.T) {
	var c Clock = Real{}
	if age := time.Since(c.Now()); age < 0 || age > time.Minute {
		t.Errorf("it is %s", c.Now())
	}
	timer := c.Timer(time.Millisecond)
	<-timer.C
	stopped := c.Timer(time.Hour)
	stopped.Stop()
	if fired(stopped) {
		t.Error("a stopped timer fires")
	}
}
