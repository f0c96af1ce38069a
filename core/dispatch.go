package core

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync"
	"time"
)

// dispatch is a delivery on its way: its tries and its record in the store.
type dispatch struct {
	outbox *outbox

	// mu guards what follows and is held over writes to the store, so that the last write is the latest record.
	mu sync.Mutex
	Delivery
	kept     bool // It belongs to a kept message: until that ends, the store must know that it was sent.
	recorded bool // The store has it.
}

// A delivery is tried again after one second, two, four and so on up to retryMax, at most maxAttempts times in all and
// never when it is older than deliveryLife: WeChat's own window for late answers.
const (
	retryMin     = time.Second
	retryMax     = 5 * time.Minute
	maxAttempts  = 12
	deliveryLife = 48 * time.Hour
)

// try makes one attempt and notes how it ended. It returns true if there is to be another one.
func (p *dispatch) try(ctx context.Context) (again bool) {
	err := p.outbox.send(ctx, p.snapshot())
	p.mu.Lock()
	defer p.mu.Unlock()
	if err != nil && ctx.Err() != nil {
		p.record(context.WithoutCancel(ctx)) // The bot stops: the next process goes on from here.
		return true
	}
	p.Attempts++
	var retry *RetryError
	switch {
	case err == nil:
		p.Status, p.Reason, p.Next = StatusSent, "", time.Time{}
	case errors.As(err, &retry) && p.Attempts < maxAttempts:
		p.Status, p.Reason = StatusRetry, retry.Err.Error()
		p.Next = time.Now().Add(max(retry.After, backoff(p.Attempts)))
	default:
		p.Status, p.Reason, p.Next = StatusFailed, err.Error(), time.Time{}
	}
	p.record(context.WithoutCancel(ctx))
	p.log(ctx)
	return p.Status == StatusRetry
}

// backoff returns the wait after the given number of attempts, up to a quarter more or less by chance, so that what
// failed together does not come back together.
func backoff(attempts int) time.Duration {
	d := retryMax
	if attempts < 10 {
		d = min(retryMin<<(attempts-1), retryMax)
	}
	return d - d/4 + rand.N(d/2)
}

// record brings the store up to date. A delivery that was sent is forgotten unless its message is kept.
func (p *dispatch) record(ctx context.Context) {
	var err error
	switch {
	case p.Status != StatusSent || p.kept:
		err = p.put(ctx)
	case p.recorded:
		err = p.drop(ctx)
	}
	if err != nil {
		p.outbox.log.ErrorContext(ctx, "the store could not note how a delivery stands: it may be repeated after a restart",
			"channel", p.Channel, "conversation", p.Conversation, "delivery", p.ID, "err", err)
	}
}

func (p *dispatch) log(ctx context.Context) {
	attrs := []any{"channel", p.Channel, "conversation", p.Conversation, "delivery", p.ID, "kind", string(p.Content.Kind()),
		"attempts", p.Attempts}
	switch p.Status {
	case StatusRetry:
		p.outbox.log.WarnContext(ctx, "delivery waits for its next try", append(attrs, "reason", p.Reason, "next", p.Next)...)
	case StatusFailed:
		p.outbox.log.ErrorContext(ctx, "delivery failed", append(attrs, "reason", p.Reason)...)
	default:
		p.outbox.log.DebugContext(ctx, "delivery sent", attrs...)
	}
}

// save records it as it stands.
func (p *dispatch) save(ctx context.Context) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.record(ctx)
}

// keep records it as belonging to a kept message.
func (p *dispatch) keep(ctx context.Context) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.kept = true
	return p.put(ctx)
}

// release ends keep.
func (p *dispatch) release(ctx context.Context) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.kept = false
	if p.Status == StatusSent && p.recorded {
		return p.drop(ctx)
	}
	return nil
}

func (p *dispatch) put(ctx context.Context) error {
	d := p.Delivery
	err := p.outbox.store.PutDelivery(ctx, &d)
	p.recorded = p.recorded || err == nil
	return err
}

func (p *dispatch) drop(ctx context.Context) error {
	err := p.outbox.store.DeleteDelivery(ctx, p.ID)
	p.recorded = p.recorded && err != nil
	return err
}

func (p *dispatch) snapshot() Delivery {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.Delivery
}

func (p *dispatch) next() time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.Next
}

func (p *dispatch) isKept() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.kept
}
