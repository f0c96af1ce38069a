// Package journal keeps the last of what happened, numbered, for those who look back and for those who wait for more.
package journal

import (
	"context"
	"sync"
)

// Log is a list to which things are added at the end and never changed. The first has number 1, and there are no gaps. It is
// safe for concurrent use. Make it with New.
type Log[T any] struct {
	limit int

	mu    sync.Mutex
	items []T // The last of them has the number last.
	last  uint64
	added chan struct{} // Closed and replaced by each Add.
}

// New returns a log that keeps the last limit things, at least one.
func New[T any](limit int) *Log[T] { return &Log[T]{limit: max(limit, 1), added: make(chan struct{})} }

// Add appends what write makes of the next number and returns it. write must not use the log. Add never blocks on those
// who wait.
func (l *Log[T]) Add(write func(number uint64) T) T {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.last++
	item := write(l.last)
	if len(l.items) >= 2*l.limit { // Moved once for many, and not for each.
		l.items = append([]T(nil), l.kept()...)
	}
	l.items = append(l.items, item)
	close(l.added)
	l.added = make(chan struct{})
	return item
}

// kept returns what is within the limit. The caller holds mu.
func (l *Log[T]) kept() []T { return l.items[max(0, len(l.items)-l.limit):] }

// After returns what is behind the given number, the oldest first, and a channel that is closed when there is more; 0 is
// before all. What is beyond the limit is missing.
func (l *Log[T]) After(number uint64) ([]T, <-chan struct{}) {
	l.mu.Lock()
	defer l.mu.Unlock()
	kept := l.kept()
	before := l.last - uint64(len(kept)) // The number in front of the first.
	skip := min(max(number, before)-before, uint64(len(kept)))
	return append([]T(nil), kept[skip:]...), l.added
}

// Last returns the number of what was added last, 0 if nothing was.
func (l *Log[T]) Last() uint64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.last
}

// Next blocks until there is something behind the given number, and returns it all. It returns the error of ctx if that
// ends first.
func (l *Log[T]) Next(ctx context.Context, number uint64) ([]T, error) {
	for {
		items, added := l.After(number)
		if len(items) > 0 {
			return items, nil
		}
		select {
		case <-added:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}
