package core

import (
	"slices"
	"time"
)

// discard keeps a delivery that waits from being sent, and returns false if it is too late: it is being sent, or its channel holds it.
// Its place in the lane is free when the lane comes to it, or after wake.
func (o *outbox) discard(d *Delivery) bool {
	o.mu.Lock()
	lane := o.waiting[conversationKey{d.Channel, d.Conversation}]
	i := slices.IndexFunc(lane, func(p *dispatch) bool { return p.ID == d.ID })
	var p *dispatch
	if i >= 0 {
		p = lane[i]
	}
	o.mu.Unlock()
	if p == nil {
		return o.live.get(d.ID) == nil
	}
	return p.discard()
}

// discard ends p unless it is on its way.
func (p *dispatch) discard() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.trying || p.open {
		return false
	}
	p.discarded = true
	p.Status, p.Reason = StatusFailed, "an operator has removed it"
	p.outbox.over(p, true)
	return true
}

// wake has every lane look again at what it waits for.
func (o *outbox) wake() {
	o.mu.Lock()
	defer o.mu.Unlock()
	close(o.woken)
	o.woken = make(chan struct{})
}

// await waits until it is time for p, and returns false if the bot stops first.
func (o *outbox) await(p *dispatch) bool {
	for {
		o.mu.Lock()
		woken := o.woken // Before the look at p: what changes after it closes this one.
		o.mu.Unlock()
		timer := time.NewTimer(time.Until(p.next()))
		select {
		case <-timer.C:
			return o.ctx.Err() == nil
		case <-woken:
			timer.Stop()
		case <-o.ctx.Done():
			timer.Stop()
			return false
		}
	}
}
