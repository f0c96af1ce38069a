package core

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/chuanhuabot/bot/sdk"
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

	mu      sync.Mutex
	waiting map[conversationKey][]*dispatch // The lanes: who has one sends, nobody else.
	woken   chan struct{}                   // Closed, and replaced, when what waits is to be looked at again.
	past    map[string]*dispatch            // What an earlier process did for messages that begin anew, by delivery ID.
}

// sendTimeout bounds one try of one delivery.
const sendTimeout = 30 * time.Second

func newOutbox(ctx context.Context, s Store, channels map[string]Channel, log *slog.Logger) *outbox {
	return &outbox{
		ctx: ctx, store: s, channels: channels, log: log,
		waiting: map[conversationKey][]*dispatch{}, woken: make(chan struct{}), past: map[string]*dispatch{},
	}
}

// register makes the dispatch of d, or returns the one that an earlier process made for the same reply. kept says that d
// belongs to a kept message.
func (o *outbox) register(d Delivery, kept bool) *dispatch {
	o.mu.Lock()
	defer o.mu.Unlock()
	if earlier := o.past[d.ID]; earlier != nil {
		return earlier
	}
	return &dispatch{outbox: o, Delivery: d, kept: kept}
}

// put sends p, or queues it behind what waits already; what an earlier process made is on its way. It blocks for the
// first try. The caller serializes calls for one conversation.
func (o *outbox) put(p *dispatch) {
	key := conversationKey{p.Channel, p.Conversation}
	o.mu.Lock()
	if o.past[p.ID] == p {
		delete(o.past, p.ID)
		o.mu.Unlock()
		return
	}
	lane, busy := o.waiting[key]
	prompt := busy && o.prompt(&p.Delivery)
	queued := busy && !prompt
	switch {
	case queued:
		o.waiting[key] = append(lane, p)
	case !busy:
		o.waiting[key] = nil // Nobody else sends for the conversation until this one is over.
	}
	o.mu.Unlock()
	if queued || p.isKept() {
		p.save(context.WithoutCancel(o.ctx))
	}
	if queued {
		return
	}
	again := p.try(o.ctx) == stepAgain
	if again {
		o.postpone(key, p)
	}
	if !prompt {
		o.leave(key)
	}
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

// settle takes what a channel says of a delivery that it holds.
func (o *outbox) settle(ctx context.Context, d *Delivery, err error) {
	p := o.live.get(d.ID)
	if p != nil && p.settle(ctx, outcome{d.Progress, err, true}) == stepAgain {
		o.postpone(conversationKey{p.Channel, p.Conversation}, p)
	}
}

// prompt tells whether a delivery need not wait behind its lane: somebody waits for it now.
func (o *outbox) prompt(d *Delivery) bool {
	ch, ok := o.channels[d.Channel].(Prompter)
	return ok && ch.Prompt(d)
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
	if !working { // A lane that is empty for a moment has its goroutine still.
		o.lanes.Go(func() { o.work(key) })
	}
}

// work empties the lane of a conversation.
func (o *outbox) work(key conversationKey) {
	for {
		o.mu.Lock()
		lane := o.waiting[key]
		if len(lane) == 0 {
			delete(o.waiting, key)
			o.mu.Unlock()
			return
		}
		o.mu.Unlock()
		for next := stepAgain; next == stepAgain; {
			if !o.await(lane[0]) {
				return
			}
			next = lane[0].try(o.ctx)
		}
		o.mu.Lock()
		o.waiting[key] = o.waiting[key][1:]
		o.mu.Unlock()
	}
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

// resume takes up the deliveries of an earlier process. They are remembered too: the turn of a message that begins anew finds them
// when it comes to the same reply.
func (o *outbox) resume(ctx context.Context, deliveries []*Delivery, unfinished []*sdk.Message) error {
	open := map[messageKey]bool{}
	for _, m := range unfinished {
		open[keyOf(m)] = true
	}
	for _, d := range deliveries {
		p := &dispatch{outbox: o, Delivery: *d, kept: open[messageKey{d.Channel, d.InReplyTo}], recorded: true}
		o.past[d.ID] = p // Also of a message that could not be kept: its platform may send it again.
		if d.Status != StatusSent {
			o.postpone(conversationKey{d.Channel, d.Conversation}, p)
			continue
		}
		if !p.kept {
			if err := o.store.DeleteDelivery(ctx, d.ID); err != nil {
				return err
			}
		}
	}
	return nil
}

// takePast returns what an earlier process sent for a message and this one's handler did not come to.
func (o *outbox) takePast(key messageKey) []*dispatch {
	o.mu.Lock()
	defer o.mu.Unlock()
	var left []*dispatch
	for id, p := range o.past {
		if p.Channel == key.channel && p.InReplyTo == key.id {
			left = append(left, p)
			delete(o.past, id)
		}
	}
	return left
}

// finish ends a kept message: it is answered, so what was sent for it need not be on record any more.
func (o *outbox) finish(ctx context.Context, key messageKey, of []*dispatch) error {
	err := o.store.Finish(ctx, key.channel, key.id)
	for _, p := range slices.Concat(of, o.takePast(key)) {
		err = errors.Join(err, p.release(ctx))
	}
	return err
}
