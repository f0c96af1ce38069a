package core

import "context"

// record brings the store up to date. A delivery that was sent is forgotten unless its message is kept. The caller holds mu.
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
