package core

import (
	"context"
	"errors"
	"log/slog"
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
	yields    int      // How often it has waited for an older one.
	kept      bool     // It belongs to a kept message: until that ends, the store must know that it was sent.
	recorded  bool     // The store has it.
	written   bool     // The store may have something of it, also where it said that it failed.
	trying    bool     // Send has not returned.
	open      bool     // Its channel holds it.
	settled   *outcome // What Settle said before Send returned.
	discarded bool     // An operator has removed it: it is not sent.
}

// outcome is how a try ended.
type outcome struct {
	progress int
	err      error
	record   bool // Also if it is open and nobody needs it.
}

// step is what comes after a try.
type step int

const (
	stepOver   step = iota // Nothing: it was sent, or has failed.
	stepOpen               // Its channel holds it.
	stepAgain              // Another try, when it is time.
	stepBehind             // Another try, after the older deliveries of its conversation.
)

// A delivery is tried again after one second, two, four and so on up to retryMax, at most maxAttempts times in all and
// never when it is older than deliveryLife: WeChat's own window for late answers.
const (
	retryMin     = time.Second
	retryMax     = 5 * time.Minute
	maxAttempts  = 12
	deliveryLife = 48 * time.Hour
)

// errNoProgress ends a delivery whose channel never comes to its end.
var errNoProgress = errors.New("the channel makes no progress with it")

// try sends p, a part after the other if its channel wants that, and notes how it ended.
func (p *dispatch) try(ctx context.Context, send func(context.Context, *Delivery) error) step {
	for {
		d, ok := p.begin()
		if !ok {
			return stepOver
		}
		before := d.Progress
		err := send(ctx, &d)
		more := errors.Is(err, ErrMore)
		next := p.end(ctx, outcome{progress: d.Progress, err: err})
		switch {
		case next != stepAgain || !more || ctx.Err() != nil:
			return next
		case d.Progress <= before:
			return stepBehind
		}
	}
}

// A delivery that has to wait for an older one of which nothing is known yet is tried again after yieldFor, twice that, and so on, at
// most maxYields times.
const (
	yieldFor  = 50 * time.Millisecond
	maxYields = 15
)

// stall lets p wait for an older delivery that is not in its lane.
func (p *dispatch) stall(ctx context.Context) step {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.discarded {
		return stepOver
	}
	if p.yields++; p.yields == maxYields {
		return p.apply(ctx, outcome{progress: p.Progress, err: errNoProgress})
	}
	p.Next = time.Now().Add(time.Duration(p.yields) * yieldFor)
	return stepAgain
}

// begin returns what is to be sent, and false for nothing.
func (p *dispatch) begin() (Delivery, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.discarded {
		return Delivery{}, false
	}
	p.trying, p.open, p.settled = true, false, nil
	p.outbox.live.add(p)
	return p.Delivery, true
}

// end notes what Send said. What Settle said meanwhile comes after it.
func (p *dispatch) end(ctx context.Context, o outcome) step {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.trying = false
	if errors.Is(o.err, ErrOpen) && p.settled != nil {
		o = *p.settled
	}
	return p.apply(ctx, o)
}

// settle notes what the channel says of a delivery that it holds.
func (p *dispatch) settle(ctx context.Context, o outcome) step {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case p.trying:
		said := o
		p.settled = &said // It is for end, which knows whether it was held at all.
		return stepOpen
	case !p.open:
		return stepOver
	}
	return p.apply(ctx, o)
}

// apply turns an outcome into a record. The caller holds mu.
func (p *dispatch) apply(ctx context.Context, o outcome) step {
	more := errors.Is(o.err, ErrMore)
	known := p.recorded && p.Status == StatusQueued && p.Progress == o.progress
	p.Progress, p.open = o.progress, errors.Is(o.err, ErrOpen)
	if !more {
		p.yields = 0
	}
	switch {
	case p.open:
		p.Status, p.Reason = StatusQueued, whyOpen(o.err)
		if p.kept || p.recorded || o.record {
			p.record(ctx)
		}
		return stepOpen
	case more && known: // It has only waited for others.
		p.Next = time.Time{}
		return stepAgain
	case more:
		p.Status, p.Reason, p.Next = StatusQueued, "", time.Time{}
		p.record(ctx)
		return stepAgain
	case p.outbox.ctx.Err() != nil && isOfContext(o.err):
		p.record(ctx) // The bot stops: the next process goes on from here.
		return stepAgain
	case o.err == nil:
		p.Status, p.Reason, p.Next = StatusSent, "", time.Time{}
	default:
		p.fail(o.err)
	}
	p.Attempts++
	p.log(ctx) // Before the record: of what is on record as failed nobody would hear any more if the process ended between the two.
	noted := p.record(ctx)
	if p.Status == StatusRetry {
		return stepAgain
	}
	p.outbox.over(p, noted)
	return stepOver
}

// fail notes an attempt that failed, for now or for good. The caller holds mu.
func (p *dispatch) fail(err error) {
	var retry *RetryError
	if errors.As(err, &retry) && p.Attempts+1 < maxAttempts {
		p.Status, p.Reason = StatusRetry, retry.Err.Error()
		p.Next = time.Now().Add(max(retry.After, backoff(p.Attempts+1)))
		return
	}
	p.Status, p.Reason, p.Next = StatusFailed, err.Error(), time.Time{}
}

// isOfContext tells whether an error says no more than that somebody has stopped waiting. One that is final is none: nobody may know then
// what has become of the call.
func isOfContext(err error) bool {
	var retry *RetryError
	return errors.As(err, &retry) &&
		(errors.Is(err, ErrStopping) || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded))
}

// whyOpen returns what an error that is ErrOpen says besides.
func whyOpen(err error) string {
	if err == ErrOpen {
		return ""
	}
	return err.Error()
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

func (p *dispatch) log(ctx context.Context) {
	if p.Status == StatusSent && !p.outbox.log.Enabled(ctx, slog.LevelDebug) {
		return // Nothing is made for what is not written.
	}
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

func (p *dispatch) next() time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.discarded {
		return time.Time{}
	}
	return p.Next
}

func (p *dispatch) isKept() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.kept
}
