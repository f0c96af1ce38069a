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

// get returns the delivery of a message that has an ID, or nil.
func (p *past) get(key messageKey, id string) *dispatch {
	if len(p.byMessage) == 0 {
		return nil
	}
	if time.Now().After(p.until) {
		maps.DeleteFunc(p.byMessage, func(_ messageKey, of *pastReplies) bool { return !of.kept }) // The others go with the ends of their turns.
	}
	if of := p.byMessage[key]; of != nil {
		return of.byID[id]
	}
	return nil
}

// take removes a delivery, and returns false if it is not there.
func (p *past) take(d *dispatch) bool {
	of := p.byMessage[messageKey{d.Channel, d.InReplyTo}]
	if of == nil || of.byID[d.ID] != d {
		return false
	}
	delete(of.byID, d.ID)
	return true
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

// resume takes up the deliveries of an earlier process.
func (o *outbox) resume(ctx context.Context, deliveries []*Delivery, unfinished []*sdk.Message) error {
	open := map[messageKey]bool{}
	for _, m := range unfinished {
		open[keyOf(m)] = true
	}
	for _, d := range deliveries {
		kept := open[messageKey{d.Channel, d.InReplyTo}]
		p := &dispatch{outbox: o, Delivery: *d, kept: kept, recorded: true}
		o.remember(p, kept) // Also of a message that could not be kept: its platform may send it again.
		if d.Status != StatusSent {
			o.postpone(conversationKey{d.Channel, d.Conversation}, p)
			continue
		}
		if !kept {
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

// register makes the dispatch of d, or returns the one that an earlier process made for the same reply. kept says that d
// belongs to a kept message.
func (o *outbox) register(d Delivery, kept bool) *dispatch {
	o.mu.Lock()
	defer o.mu.Unlock()
	if earlier := o.past.get(messageKey{d.Channel, d.InReplyTo}, d.ID); earlier != nil {
		return earlier
	}
	return &dispatch{outbox: o, Delivery: d, kept: kept}
}

// isPast tells, once, whether an earlier process made p.
func (o *outbox) isPast(p *dispatch) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.past.take(p)
}

// takePast returns what an earlier process sent for a message and this one's handler did not come to.
func (o *outbox) takePast(key messageKey) []*dispatch {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.past.takeAll(key)
}
