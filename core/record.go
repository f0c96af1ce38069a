package core

import (
	"context"
	"time"
)

// storeTime bounds what is written when something has ended.
const storeTime = 10 * time.Second

// storing returns a context for that, which does not end with ctx: what has happened is noted also when the bot stops.
func storing(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(ctx), storeTime)
}

// record brings the store up to date, also if ctx has ended. A delivery that was sent is forgotten unless its message is kept. The
// caller holds mu. It returns false if the store failed.
func (p *dispatch) record(ctx context.Context) bool {
	write := p.put
	if p.Status == StatusSent && !p.kept {
		if !p.written {
			return true
		}
		write = p.drop
	}
	inTime, cancel := storing(ctx)
	defer cancel()
	err := write(inTime)
	if err != nil {
		p.outbox.log.ErrorContext(ctx, "the store could not note how a delivery stands: it may be repeated after a restart",
			"channel", p.Channel, "conversation", p.Conversation, "delivery", p.ID, "err", err)
	}
	return err == nil
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
	if p.Status == StatusSent && p.written {
		return p.drop(ctx)
	}
	return nil
}

func (p *dispatch) put(ctx context.Context) error {
	d := p.Delivery
	p.written = true
	err := p.outbox.store.PutDelivery(ctx, &d)
	p.recorded = p.recorded || err == nil
	return err
}

func (p *dispatch) drop(ctx context.Context) error {
	err := p.outbox.store.DeleteDelivery(ctx, p.ID)
	p.recorded, p.written = p.recorded && err != nil, err != nil
	return err
}
