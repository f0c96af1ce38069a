package mp

import (
	"context"
	"errors"
	"strings"
	"sync"
	"time"

	"github.com/chuanhuabot/bot/core"
)

const (
	// pagePatience is how long a reply waits for a page that is between two requests, or has lost its network for a moment.
	pagePatience = 10 * time.Second
	// exchangeLife is how long a repeated request still finds its message; as core does, the channel knows messages that run.
	exchangeLife = 10 * time.Minute
	// Bounds of what is remembered, and of those who wait: for one message, and in all.
	exchangesMost  = 4096
	exchangesBytes = 16 << 20
	waitingOne     = 4
	waitingAll     = 2000
)

var (
	// errPageGone is final: there is no other way to somebody whom WeChat has not named.
	errPageGone = errors.New("the person has closed the voice page, and WeChat has not said who they are (see oauth in bot.yaml)")
	// errCrowded says that too many wait already.
	errCrowded = errors.New("too many requests wait")
)

// exchanges holds what is said on the voice page, by message ID. It is safe for concurrent use.
type exchanges struct {
	mu      sync.Mutex
	byID    map[string]*exchange
	order   []*exchange // The oldest first.
	waiting int
}

func newExchanges() *exchanges { return &exchanges{byID: map[string]*exchange{}} }

// join returns the exchange of a message, and whether it is a new one: then the caller must begin or refuse it.
func (x *exchanges) join(id string, known bool) (one *exchange, fresh bool) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if one := x.byID[id]; one != nil {
		return one, false
	}
	now := time.Now()
	one = &exchange{id: id, known: known, made: now, kept: !known, changed: make(chan struct{})}
	x.byID[id] = one
	x.order = append(x.order, one)
	x.forget(now)
	return one, true
}

// find returns the exchange of a message, or nil.
func (x *exchanges) find(id string) *exchange {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.byID[id]
}

// begin says which turn the inbox gave to a message.
func (x *exchanges) begin(one *exchange, turn core.Turn) {
	x.mu.Lock()
	defer x.mu.Unlock()
	one.turn = turn
	one.change()
}

// refuse says that the inbox did not take a message, so that a later request with it is a new one.
func (x *exchanges) refuse(one *exchange, why error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	one.refused = why
	if x.byID[one.id] == one {
		delete(x.byID, one.id)
	}
	one.change()
}

// forget drops exchanges that are too old, or the oldest where they are too many or too long. The caller holds mu.
func (x *exchanges) forget(now time.Time) {
	bytes := 0
	for _, one := range x.order {
		bytes += one.size()
	}
	for len(x.order) > 1 {
		first := x.order[0]
		if len(x.order) <= exchangesMost && bytes <= exchangesBytes && now.Sub(first.made) <= exchangeLife {
			return
		}
		x.order[0] = nil
		x.order = x.order[1:]
		bytes -= first.size()
		if x.byID[first.id] == first {
			delete(x.byID, first.id)
		}
	}
}

// wait waits for replies from a number on, until the turn is over, hold has passed, or ctx ends, and returns what there is then. Once
// for each exchange it also returns when its words are known, so that the page has them before the answer.
// errCrowded says that it did not wait; any other error is that of the inbox, which did not take the message.
func (x *exchanges) wait(ctx context.Context, one *exchange, from int, hold time.Duration) (replies []*pageReply, over bool, err error) {
	if !x.enter(one) {
		return nil, false, errCrowded
	}
	defer x.leave(one)
	timer := time.NewTimer(hold)
	defer timer.Stop()
	for {
		x.mu.Lock()
		over := one.over() // Before the replies: what is over gets no more of them.
		replies, err, changed, done := one.take(from), one.refused, one.changed, one.done()
		known, tell := one.tell()
		x.mu.Unlock()
		if len(replies) > 0 || over || tell {
			return replies, over, err
		}
		select {
		case <-known:
		case <-changed:
		case <-done:
		case <-timer.C:
			return nil, false, nil
		case <-ctx.Done():
			return nil, false, nil
		}
	}
}

func (x *exchanges) enter(one *exchange) bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	if one.waiting >= waitingOne || x.waiting >= waitingAll {
		return false
	}
	one.waiting++
	x.waiting++
	one.gone = false
	return true
}

func (x *exchanges) leave(one *exchange) {
	x.mu.Lock()
	defer x.mu.Unlock()
	one.waiting--
	x.waiting--
}

// deliver hands a delivery to the page that shows what it answers, and blocks until a request of the page has taken it. False
// means that the delivery is to go the usual way: it answers nothing that was said on a page, or the page is gone. A
// *core.RetryError says that ctx has ended; every other error is final.
func (x *exchanges) deliver(ctx context.Context, d *core.Delivery) (done bool, err error) {
	one, reply, err := x.offer(d)
	if err != nil {
		return true, err
	}
	if one == nil {
		return absent(d)
	}
	late := time.NewTimer(pagePatience)
	defer late.Stop()
	select {
	case <-reply.taken:
		return true, nil
	case <-late.C:
	case <-ctx.Done():
	}
	x.mu.Lock()
	withdrawn := one.withdraw(reply)
	one.gone = one.gone || withdrawn && ctx.Err() == nil
	x.mu.Unlock()
	switch {
	case !withdrawn:
		return true, nil
	case ctx.Err() != nil:
		return true, &core.RetryError{Err: context.Cause(ctx)}
	}
	return absent(d)
}

// absent decides about a delivery for which there is no page.
func absent(d *core.Delivery) (done bool, err error) {
	if strings.HasPrefix(d.Recipient, guest) {
		return true, errPageGone
	}
	return false, nil
}

// offer adds a delivery to its exchange; nil if there is none, or nobody comes for it any more.
func (x *exchanges) offer(d *core.Delivery) (*exchange, *pageReply, error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	one := x.byID[d.InReplyTo]
	if one == nil || one.gone {
		return nil, nil, nil
	}
	reply, err := newPageReply(d.Content)
	if err != nil {
		return nil, nil, err
	}
	one.replies = append(one.replies, reply)
	one.change()
	x.forget(time.Now())
	return one, reply, nil
}

// keep stores what a person whom WeChat has named has said, when nobody may wait for the answer any more.
func (x *exchanges) keep(ctx context.Context, one *exchange) error {
	x.mu.Lock()
	turn := one.turn
	if one.kept || turn == nil {
		x.mu.Unlock()
		return nil
	}
	one.kept = true
	x.mu.Unlock()
	if err := turn.Keep(ctx); err != nil {
		x.mu.Lock()
		one.kept = false
		x.mu.Unlock()
		return err
	}
	return nil
}

// unkept returns the exchanges that keep may have something to do for.
func (x *exchanges) unkept() []*exchange {
	x.mu.Lock()
	defer x.mu.Unlock()
	var some []*exchange
	for _, one := range x.order {
		if one.turn != nil && !one.kept && !one.over() {
			some = append(some, one)
		}
	}
	return some
}
