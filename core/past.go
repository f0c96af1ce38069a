package core

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/chuanhuabot/bot/sdk"
)

// past is what an earlier process did for messages that begin anew: their turns find it when they come to the same replies.
// It is guarded by the mutex of its outbox.
type past struct {
	byMessage map[messageKey]*pastReplies
	until     time.Time // When no message that is not kept begins anew any more.
}

// pastReplies are those to one message, by delivery ID.
type pastReplies struct {
	kept bool // The message is kept.
	byID map[string]*dispatch
}

// pastFor is how long the platforms may take to repeat, after a restart, a message that could not be kept.
const pastFor = 10 * time.Minute

func newPast() past { return past{byMessage: map[messageKey]*pastReplies{}} }

func (p *past) add(d *dispatch, kept bool) {
	key := messageKey{d.Channel, d.InReplyTo}
	of := p.byMessage[key]
	if of == nil {
		of = &pastReplies{kept: kept, byID: map[string]*dispatch{}}
		p.byMessage[key] = of
	}
	of.byID[d.ID] = d
}

// take removes and returns the delivery of a message that has an ID, or nil.
func (p *past) take(key messageKey, id string) *dispatch {
	if len(p.byMessage) == 0 {
		return nil
	}
	if time.Now().After(p.until) {
		maps.DeleteFunc(p.byMessage, func(_ messageKey, of *pastReplies) bool { return !of.kept }) // The others go with the ends of their turns.
	}
	of := p.byMessage[key]
	if of == nil {
		return nil
	}
	d := of.byID[id]
	delete(of.byID, id)
	return d
}

// takeAll removes the deliveries of a message.
func (p *past) takeAll(key messageKey) []*dispatch {
	of := p.byMessage[key]
	if of == nil {
		return nil
	}
	delete(p.byMessage, key)
	return slices.Collect(maps.Values(of.byID))
}

// resume takes up the deliveries of an earlier process. Those that have failed are only remembered: they do not fail anew.
func (o *outbox) resume(ctx context.Context, deliveries []*Delivery, unfinished []*sdk.Message) error {
	open := map[messageKey]bool{}
	for _, m := range unfinished {
		open[keyOf(m)] = true
	}
	for _, d := range deliveries {
		kept := open[messageKey{d.Channel, d.InReplyTo}]
		p := &dispatch{outbox: o, Delivery: *d, kept: kept, recorded: true, written: true}
		if !isOutgoing(d) && (kept || d.Status != StatusFailed) {
			o.remember(p, kept) // Also of a message that could not be kept: its platform may send it again.
		}
		switch {
		case d.Status == StatusQueued || d.Status == StatusRetry:
			o.queue(p)
		case d.Status == StatusSent && !kept:
			if err := o.store.DeleteDelivery(ctx, d.ID); err != nil {
				return err
			}
		}
	}
	return nil
}

func (o *outbox) remember(p *dispatch, kept bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.past.until = time.Now().Add(pastFor)
	o.past.add(p, kept)
}

// register makes the dispatch of d, or returns the one that an earlier process made for the same reply, which is on its way. kept says
// that d belongs to a kept message.
func (o *outbox) register(d Delivery, kept bool) (p *dispatch, earlier bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if p := o.past.take(messageKey{d.Channel, d.InReplyTo}, d.ID); p != nil {
		return p, true
	}
	return &dispatch{outbox: o, Delivery: d, kept: kept}, false
}

// takePast returns what an earlier process sent for a message and this one's handler did not come to.
func (o *outbox) takePast(key messageKey) []*dispatch {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.past.takeAll(key)
}
