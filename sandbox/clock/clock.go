// Package clock is where the simulated platforms get the time from: the real one for people, one that is moved by hand for
// tests of windows, tokens and retries.
package clock

import (
	"context"
	"time"
)

// Clock tells the time and wakes. Both of this package are safe for concurrent use.
type Clock interface {
	// Now returns the time.
	Now() time.Time
	// Timer returns a timer that fires once, when d has passed. A d of zero or less has passed.
	Timer(d time.Duration) *Timer
}

// Timer fires once on C. Whoever does not wait for it any more must call Stop.
type Timer struct {
	C    <-chan time.Time
	stop func()
}

// Stop takes the timer back. C gets nothing any more, unless it has fired. Calling it again is harmless.
func (t *Timer) Stop() { t.stop() }

// Real is the clock of the machine.
type Real struct{}

var _ Clock = Real{}

// Now returns the time of the machine.
func (Real) Now() time.Time { return time.Now() }

// Timer returns a timer of the machine.
func (Real) Timer(d time.Duration) *Timer {
	t := time.NewTimer(d)
	return &Timer{C: t.C, stop: func() { t.Stop() }}
}

// Sleep waits until d has passed by c; zero or less has. It returns the error of ctx if that ends first.
func Sleep(ctx context.Context, c Clock, d time.Duration) error {
	if d <= 0 {
		return nil
	}
	t := c.Timer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
