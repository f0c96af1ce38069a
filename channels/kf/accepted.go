package kf

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/chuanhuabot/bot/core"
)

// accepted has the messages that the platform has taken a moment ago: it may still say that one was not delivered, by an event (page
// 94670). Their deliveries are held until then. It is safe for concurrent use.
type accepted struct {
	lasts  time.Duration
	settle func(*core.Delivery, error)

	mu     sync.Mutex
	byID   map[string]*taken  // By msgid.
	queue  []*taken           // The oldest first.
	failed map[string]failure // By the ID of the delivery, or by the msgid where the call has not returned.
	wake   chan struct{}      // Has one element if the queue was empty.
	closed bool
}

// taken is a message that the platform has taken.
type taken struct {
	id    string
	until time.Time
	parts []piece
}

// failure is why a delivery has failed that was on its way.
type failure struct {
	err error
	at  time.Time
}

func newAccepted(lasts time.Duration, settle func(*core.Delivery, error)) *accepted {
	return &accepted{lasts: lasts, settle: settle, byID: map[string]*taken{}, failed: map[string]failure{}, wake: make(chan struct{}, 1)}
}

// expect notes a message that is about to go: the platform may say that it has failed before the call has returned. end says whether it
// has gone, and returns what becomes of the deliveries of which nothing is left: they are open, have gone, or have failed.
func (a *accepted) expect(id string, parts []piece) (end func(gone bool) error) {
	parts = copied(parts)
	a.mu.Lock()
	defer a.mu.Unlock()
	one := a.byID[id]
	if one == nil {
		one = &taken{id: id}
		a.byID[id] = one
	}
	one.parts = append(one.parts, parts...) // After a crash, the parts of a message come to it one by one.
	return func(gone bool) error { return a.endCall(one, gone) }
}

func (a *accepted) endCall(one *taken, gone bool) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	f, failed := a.failed[one.id]
	switch {
	case gone && failed:
		delete(a.failed, one.id)
		delete(a.byID, one.id)
		return f.err
	case gone && !one.until.IsZero():
		return &opened{errTaken} // Another part of it has gone before.
	case !gone && one.until.IsZero(), a.lasts == 0, a.closed:
		delete(a.byID, one.id)
		return nil
	case !gone:
		return nil
	}
	one.until = time.Now().Add(a.lasts)
	a.queue = append(a.queue, one)
	if len(a.queue) == 1 {
		select {
		case a.wake <- struct{}{}:
		default:
		}
	}
	return &opened{errTaken}
}

// copied returns parts as they are now: where they began.
func copied(parts []piece) []piece {
	all := slices.Clone(parts)
	for i, p := range all {
		d := *p.Delivery
		all[i].Delivery = &d
	}
	return all
}

// fail says that a message was not delivered, and returns its parts as they were before it went: none for a message that nobody knows any more.
// held says that the call has returned, so that parts of which nothing is left are not being sent.
func (a *accepted) fail(id string, err error) (parts []piece, held bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	f := failure{err, time.Now()}
	one := a.byID[id]
	if one == nil || one.until.IsZero() {
		a.failed[id] = f // The call will know, or the next one for the same message.
		if one == nil {
			return nil, false
		}
		return one.parts, false
	}
	delete(a.byID, id)
	for _, p := range one.parts {
		if !p.whole {
			a.failed[deliveryKey(p.Delivery)] = f // If it is being sent in this moment.
		}
	}
	return one.parts, true
}

// deliveryKey names a delivery. One that an operator tries again is another one.
func deliveryKey(d *core.Delivery) string {
	return d.ID + " " + strconv.FormatInt(d.Created.UnixNano(), 10)
}

// failure returns why a delivery has failed of which a part was on its way, nil if it has not.
func (a *accepted) failure(d *core.Delivery) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	f, known := a.failed[deliveryKey(d)]
	if !known {
		return nil
	}
	delete(a.failed, deliveryKey(d))
	return f.err
}

// prune forgets failures that nobody has asked for.
func (a *accepted) prune(now time.Time) {
	a.mu.Lock()
	defer a.mu.Unlock()
	maps.DeleteFunc(a.failed, func(_ string, f failure) bool { return now.Sub(f.at) > time.Hour })
}

// run settles what has not failed in time, until ctx ends: then all that is left.
func (a *accepted) run(ctx context.Context) {
	for {
		due, wait := a.due(time.Now())
		a.end(due)
		if !a.sleep(ctx, wait) {
			break
		}
	}
	a.mu.Lock()
	a.closed = true
	due := a.queue
	a.queue = nil
	a.mu.Unlock()
	a.end(due)
}

// sleep waits for what is due next, or for a message if there is none. It returns false if ctx ends first.
func (a *accepted) sleep(ctx context.Context, wait time.Duration) bool {
	if wait > 0 {
		return pause(ctx, wait)
	}
	select {
	case <-a.wake:
		return true
	case <-ctx.Done():
		return false
	}
}

// due takes out what has not failed in time, and returns how long it is until the next is due: 0 if there is none.
func (a *accepted) due(now time.Time) (due []*taken, wait time.Duration) {
	a.mu.Lock()
	defer a.mu.Unlock()
	n := 0
	for n < len(a.queue) && !a.queue[n].until.After(now) {
		n++
	}
	due, a.queue = a.queue[:n:n], a.queue[n:]
	if len(a.queue) > 0 {
		wait = a.queue[0].until.Sub(now)
	}
	return due, wait
}

// end settles messages that were delivered, as far as anybody knows.
func (a *accepted) end(due []*taken) {
	for _, one := range due {
		for _, p := range a.close(one) {
			if p.whole {
				a.settle(p.done(), nil)
			}
		}
	}
}

// close forgets a message and returns its parts: none if it has failed.
func (a *accepted) close(one *taken) []piece {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.byID[one.id] != one {
		return nil
	}
	delete(a.byID, one.id)
	return one.parts
}
