package clock

import (
	"sync"
	"time"
)

// Ahead is the clock of the machine, which can be put ahead by hand: people who try out what happens after two days need not
// wait for it. It is safe for concurrent use. The zero value is the machine's time.
type Ahead struct {
	mu    sync.Mutex
	ahead time.Duration
	moved chan struct{} // Closed and replaced by each Advance; nil before somebody waits.
}

var _ Clock = (*Ahead)(nil)

// Now returns the machine's time and what it was put ahead by.
func (a *Ahead) Now() time.Time { return time.Now().Add(a.By()) }

// By returns by how much it is ahead.
func (a *Ahead) By() time.Duration {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.ahead
}

// Advance puts the clock ahead by d and fires the timers that are due. It does not wait for what they wake. A negative d does
// nothing: platforms' clocks do not go back.
func (a *Ahead) Advance(d time.Duration) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.ahead += max(d, 0)
	if a.moved != nil {
		close(a.moved)
		a.moved = nil
	}
}

// Timer returns a timer that fires when d has passed, by waiting or by Advance.
func (a *Ahead) Timer(d time.Duration) *Timer {
	c, stop := make(chan time.Time, 1), make(chan struct{})
	at := a.Now().Add(d)
	var ended sync.WaitGroup
	ended.Go(func() { a.wait(at, c, stop) })
	return &Timer{C: c, stop: sync.OnceFunc(func() {
		close(stop)
		ended.Wait()
	})}
}

// wait fires c at the given time.
func (a *Ahead) wait(at time.Time, c chan<- time.Time, stop <-chan struct{}) {
	for {
		moved, left := a.until(at)
		if left <= 0 {
			c <- at
			return
		}
		timer := time.NewTimer(left)
		select {
		case <-timer.C:
		case <-moved:
			timer.Stop()
		case <-stop:
			timer.Stop()
			return
		}
	}
}

func (a *Ahead) until(at time.Time) (moved <-chan struct{}, left time.Duration) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.moved == nil {
		a.moved = make(chan struct{})
	}
	return a.moved, at.Sub(time.Now().Add(a.ahead))
}
