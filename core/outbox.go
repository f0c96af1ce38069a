package core

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"
)

// outbox sends deliveries through their channels, in order in each conversation. A delivery that goes at its first try
// and belongs to no kept message never touches the store. One whose try fails for now waits in the store and in a lane
// of its conversation, and what comes after it waits behind it.
type outbox struct {
	ctx      context.Context // Ends when lanes must stop; what waits in them is in the store.
	store    Store
	channels map[string]Channel
	log      *slog.Logger
	lanes    sync.WaitGroup
	live     live
	outcomes outcomes

	mu      sync.Mutex
	waiting map[conversationKey][]*dispatch // The lanes: who has one sends, nobody else.
	woken   chan struct{}                   // Closed, and replaced, when what waits is to be looked at again.
	past    past
}

// sendTimeout bounds one try of one delivery.
const sendTimeout = 30 * time.Second

func newOutbox(ctx context.Context, s Store, channels map[string]Channel, log *slog.Logger) *outbox {
	return &outbox{
		ctx: ctx, store: s, channels: channels, log: log,
		waiting: map[conversationKey][]*dispatch{}, woken: make(chan struct{}), past: newPast(),
	}
}

// put sends p, behind what waits already if there is something. It blocks for the first try. The caller serializes calls for one
// conversation.
func (o *outbox) put(p *dispatch) {
	key := conversationKey{p.Channel, p.Conversation}
	if p.isKept() {
		p.save(o.ctx)
	}
	send := o.prompt
	if o.claim(key) {
		defer o.leave(key)
		send = o.send
	}
	if p.try(o.ctx, send) >= stepAgain {
		o.postpone(key, p)
	}
}

// claim takes the lane of a conversation, for which nobody else sends until leave. It returns false if somebody does.
func (o *outbox) claim(key conversationKey) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	if _, busy := o.waiting[key]; busy {
		return false
	}
	o.waiting[key] = nil
	return true
}

// leave gives the lane of a conversation free, or to those that have come meanwhile.
func (o *outbox) leave(key conversationKey) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(o.waiting[key]) == 0 {
		delete(o.waiting, key)
		return
	}
	o.lanes.Go(func() { o.work(key) })
}

// queue has p, which is on record, sent behind what its conversation waits for.
func (o *outbox) queue(p *dispatch) {
	if isOutgoing(&p.Delivery) {
		o.outcomes.begin(p)
	}
	o.postpone(conversationKey{p.Channel, p.Conversation}, p)
}

// over forgets p, which has ended, and noted says that the store knows. The caller holds its lock.
func (o *outbox) over(p *dispatch, noted bool) {
	o.live.remove(p)
	if isOutgoing(&p.Delivery) {
		o.outcomes.end(&p.Delivery, noted)
	}
}

// settle takes what a channel says of a delivery that it holds.
func (o *outbox) settle(ctx context.Context, d *Delivery, err error) {
	p := o.live.get(d.ID)
	if p != nil && p.settle(ctx, outcome{d.Progress, err, true}) == stepAgain {
		o.postpone(conversationKey{p.Channel, p.Conversation}, p)
	}
}

// postpone puts p, which is to be tried again, at the end of its conversation's lane. When the bot stops it stays in the store.
func (o *outbox) postpone(key conversationKey, p *dispatch) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.ctx.Err() != nil {
		return
	}
	lane, working := o.waiting[key]
	o.waiting[key] = append(lane, p)
	if !working { // A lane that is empty for a moment has its goroutine still, or who claimed it leaves it.
		o.lanes.Go(func() { o.work(key) })
	}
}

// work empties the lane of a conversation.
func (o *outbox) work(key conversationKey) {
	for {
		p := o.first(key)
		if p == nil || !o.await(p) {
			return
		}
		if o.sort(key) {
			continue // An older one has come meanwhile.
		}
		next := p.try(o.ctx, o.send)
		if next == stepBehind && !o.sort(key) {
			next = p.stall(o.ctx)
		}
		if next < stepAgain {
			o.drop(key)
		}
	}
}

// first returns the delivery whose turn it is, or gives the lane free if there is none.
func (o *outbox) first(key conversationKey) *dispatch {
	o.mu.Lock()
	defer o.mu.Unlock()
	if lane := o.waiting[key]; len(lane) > 0 {
		return lane[0]
	}
	delete(o.waiting, key)
	return nil
}

// drop takes the first delivery out of a lane.
func (o *outbox) drop(key conversationKey) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.waiting[key] = o.waiting[key][1:]
}

// sort puts a lane in the order in which its deliveries were made, and returns false if the first one is the same as before.
func (o *outbox) sort(key conversationKey) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	lane := o.waiting[key]
	before := lane[0]
	slices.SortStableFunc(lane, func(a, b *dispatch) int { return a.Created.Compare(b.Created) })
	return lane[0] != before
}

// prompt makes one try beside the lane: somebody may wait for the delivery now.
func (o *outbox) prompt(ctx context.Context, d *Delivery) error {
	ch, ok := o.channels[d.Channel].(Prompter)
	if !ok {
		return ErrMore
	}
	ctx, cancel := context.WithTimeout(ctx, sendTimeout)
	defer cancel()
	return ch.Prompt(ctx, d)
}

// send makes one try.
func (o *outbox) send(ctx context.Context, d *Delivery) error {
	ch := o.channels[d.Channel]
	if ch == nil {
		return fmt.Errorf("bot.yaml has no channel %q any more", d.Channel)
	}
	if age := time.Since(d.Created); age > deliveryLife {
		return fmt.Errorf("it is %s old and nobody waits for it any more", age.Round(time.Hour))
	}
	ctx, cancel := context.WithTimeout(ctx, sendTimeout)
	defer cancel()
	return ch.Send(ctx, d)
}

// finish ends a kept message: it is answered, so what was sent for it need not be on record any more.
func (o *outbox) finish(ctx context.Context, key messageKey, of []*dispatch) error {
	err := o.store.Finish(ctx, key.channel, key.id)
	for _, p := range slices.Concat(of, o.takePast(key)) {
		err = errors.Join(err, p.release(ctx))
	}
	return err
}
