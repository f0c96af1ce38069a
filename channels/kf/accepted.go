package kf

import (
	"context"
	"fmt"
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
	failed map[string]failure // By the ID of the delivery, or by the msgid where the message is not known yet.
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

// add notes a message, and returns what becomes of the deliveries of which nothing is left: they are open, have gone, or have failed.
func (a *accepted) add(id string, parts []piece) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if f, early := a.failed[id]; early {
		delete(a.failed, id)
		return f.err
	}
	if a.lasts == 0 || a.closed {
		return nil
	}
	if one := a.byID[id]; one != nil { // After a crash, the parts of a message come to it one by one.
		one.parts = append(one.parts, parts...)
		return &opened{errTaken}
	}
	one := &taken{id: id, until: time.Now().Add(a.lasts), parts: parts}
	a.byID[id] = one
	a.queue = append(a.queue, one)
	if len(a.queue) == 1 {
		select {
		case a.wake <- struct{}{}:
		default:
		}
	}
	return &opened{errTaken}
}

// fail says that a message was not delivered, and returns a delivery of it: nil for a message that nobody knows, yet or any more.
func (a *accepted) fail(id string, err error) *core.Delivery {
	one := a.failing(id, failure{err, time.Now()})
	if one == nil {
		return nil
	}
	for _, p := range one.parts {
		if p.whole {
			a.settle(p.Delivery, err) // From where that part began.
		}
	}
	return one.parts[0].Delivery
}

func (a *accepted) failing(id string, f failure) *taken {
	a.mu.Lock()
	defer a.mu.Unlock()
	one := a.byID[id]
	delete(a.byID, id)
	if one == nil {
		a.failed[id] = f
		return nil
	}
	for _, p := range one.parts {
		if !p.whole {
			a.failed[p.ID] = f
		}
	}
	return one
}

// failure returns why a delivery has failed of which a part was on its way, nil if it has not.
func (a *accepted) failure(id string) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	f, known := a.failed[id]
	if !known {
		return nil
	}
	delete(a.failed, id)
	return f.err
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
	for id, f := range a.failed {
		if now.Sub(f.at) > time.Hour {
			delete(a.failed, id)
		}
	}
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

// failTypes are the reasons for which the platform does not deliver what it has taken (page 94670).
func failTypes(n int) string {
	switch n {
	case 1:
		return "the account of customer service was deleted"
	case 2:
		return "the app was closed"
	case 4:
		return "the customer has not written for 48 hours"
	case 5:
		return "the session has ended"
	case 6:
		return "the five messages after the customer's last one are used up"
	case 7:
		return "the account has no WeChat channel bound to it"
	case 8:
		return "the company is not verified"
	case 9:
		return "the account has no WeChat channel bound to it, and the company is not verified"
	case 10:
		return "the customer takes no messages of the account"
	case 11:
		return "no member of the company has logged in to the WeCom app"
	case 12:
		return "a component of customer service forbids this type of message"
	case 13:
		return "a security restriction"
	}
	return "the platform does not say why"
}

// failed acts on an event that says that a message of ours was not delivered, and returns the delivery, if it is known. An old event is
// about nothing that is known.
func (c *Channel) failed(e entry, old bool) *core.Delivery {
	if old {
		return nil
	}
	n, _ := strconv.Atoi(e.body.text("fail_type"))
	d := c.accepted.fail(e.body.text("fail_msgid"), fmt.Errorf("the platform has taken it, and not delivered it: %s (fail_type %d)", failTypes(n), n))
	if d == nil {
		c.log.Error("a message was not delivered, of which it is not known any more what it was", "account", e.account, "customer", e.customer,
			"msgid", e.body.text("fail_msgid"), "why", failTypes(n), "fail_type", n)
	}
	return d
}
