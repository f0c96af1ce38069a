package clock

import (
	"context"
	"slices"
	"sync"
	"time"
)

// Moved is a clock that stands still until somebody moves it. Make it with NewMoved.
type Moved struct {
	mu      sync.Mutex
	now     time.Time
	pending []*pending
	changed chan struct{} // Closed and replaced when pending changes.
}

// pending is a timer that has not fired.
type pending struct {
	at time.Time
	c  chan time.Time
}

var _ Clock = (*Moved)(nil)

// NewMoved returns a clock that stands at now.
func NewMoved(now time.Time) *Moved { return &Moved{now: now, changed: make(chan struct{})} }

// Now returns where the clock stands.
func (m *Moved) Now() time.Time {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.now
}

// Timer returns a timer that fires when the clock has been moved by d in all.
func (m *Moved) Timer(d time.Duration) *Timer {
	m.mu.Lock()
	defer m.mu.Unlock()
	p := &pending{at: m.now.Add(d), c: make(chan time.Time, 1)}
	if d <= 0 {
		p.c <- m.now
		return &Timer{C: p.c, stop: func() {}}
	}
	m.pending = append(m.pending, p)
	m.wake()
	return &Timer{C: p.c, stop: func() { m.forget(p) }}
}

// Advance moves the clock by d and fires the timers that are due, in their order. It does not wait for what they wake.
func (m *Moved) Advance(d time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.now = m.now.Add(d)
	slices.SortStableFunc(m.pending, func(a, b *pending) int { return a.at.Compare(b.at) })
	due := 0
	for ; due < len(m.pending) && !m.pending[due].at.After(m.now); due++ {
		m.pending[due].c <- m.pending[due].at
	}
	m.pending = slices.Delete(m.pending, 0, due)
	m.wake()
}

// Wait blocks until at least n timers are set and have not fired, so that a test knows that what it is about to wake has
// gone to sleep. It returns the error of ctx if that ends first.
func (m *Moved) Wait(ctx context.Context, n int) error {
	for {
		m.mu.Lock()
		set, changed := len(m.pending), m.changed
		m.mu.Unlock()
		if set >= n {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func (m *Moved) forget(p *pending) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.pending = slices.DeleteFunc(m.pending, func(other *pending) bool { return other == p })
	m.wake()
}

// wake tells those who wait that pending has changed. The caller holds mu.
func (m *Moved) wake() {
	close(m.changed)
	m.changed = make(chan struct{})
}
