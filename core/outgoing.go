package core

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/chuanhuabot/bot/sdk"
)

// Outgoing is a message of a plugin that answers none.
type Outgoing struct {
	// Owner is the plugin's name in bot.yaml, and Key what it calls the message: the two name it for Memory.
	Owner, Key string
	To         sdk.Address
	Content    sdk.Content
}

// outgoingMark begins what belongs to an Outgoing: a channel's name cannot.
const outgoingMark = "~"

// maxOutgoing bounds the messages of one plugin that have not reached their end.
const maxOutgoing = 1000

// Send puts o on record, to be sent behind what its conversation waits for, and says how it stands. One with an Owner and Key that was
// sent before is left alone. It blocks for the store, and returns before the channel has it. sdk.ErrInvalid says that it can never be sent,
// sdk.ErrFull that too many of the plugin wait. After any other error the same call may be made again, and sends it once.
func (b *Bot) Send(ctx context.Context, o Outgoing) (sdk.Outcome, error) {
	if err := b.checkOutgoing(o); err != nil {
		return sdk.Outcome{}, err
	}
	select {
	case <-b.resumed:
	case <-ctx.Done():
		return sdk.Outcome{}, context.Cause(ctx)
	}
	select { // One at a time: of two with the same key one must find what the other has done.
	case b.sending <- struct{}{}:
		defer func() { <-b.sending }()
	case <-ctx.Done():
		return sdk.Outcome{}, context.Cause(ctx)
	}
	d := o.delivery()
	if p := b.outbox.outcomes.get(d); p != nil {
		return p.outcome(), nil
	}
	if b.outbox.outcomes.waiting(o.Owner) >= maxOutgoing {
		return sdk.Outcome{}, fmt.Errorf("%w: %d messages that have not been sent yet", sdk.ErrFull, maxOutgoing)
	}
	fresh, err := b.store.Keep(ctx, o.message())
	switch {
	case err != nil:
		return sdk.Outcome{}, fmt.Errorf("send %s: %w", o.Key, err)
	case !fresh:
		return b.sentBefore(ctx, o, d)
	}
	return b.post(ctx, o, d)
}

func (b *Bot) checkOutgoing(o Outgoing) error {
	switch _, there := b.outbox.channels[o.To.Channel]; {
	case o.Content == nil:
		return fmt.Errorf("%w: %w", sdk.ErrInvalid, sdk.ErrNoContent)
	case !there:
		return fmt.Errorf("%w: bot.yaml has no channel %q", sdk.ErrInvalid, o.To.Channel)
	case o.To.Recipient == "" || o.To.Conversation == "":
		return fmt.Errorf("%w: an address has the recipient and the conversation of a message from there", sdk.ErrInvalid)
	}
	return nil
}

// post puts on record what was announced to the store as a message, and has it sent.
func (b *Bot) post(ctx context.Context, o Outgoing, d *Delivery) (sdk.Outcome, error) {
	if err := b.store.PutDelivery(ctx, d); err != nil {
		return sdk.Outcome{}, fmt.Errorf("send %s: %w", o.Key, err)
	}
	return b.dispatch(ctx, o, d)
}

// dispatch sends what is on record. From its end on the store knows that it was announced, and no more.
func (b *Bot) dispatch(ctx context.Context, o Outgoing, d *Delivery) (sdk.Outcome, error) {
	m := o.message()
	if err := b.store.Finish(ctx, m.Channel, m.ID); err != nil {
		return sdk.Outcome{}, fmt.Errorf("send %s: %w", o.Key, err)
	}
	queued := outcomeOf(d)
	b.outbox.queue(&dispatch{outbox: b.outbox, Delivery: *d, recorded: true, written: true})
	return queued, nil
}

// sentBefore says how a message stands that an earlier call, or process, has begun to send, and goes on if that came to no end.
func (b *Bot) sentBefore(ctx context.Context, o Outgoing, d *Delivery) (sdk.Outcome, error) {
	on, err := b.store.Deliveries(ctx)
	if err != nil {
		return sdk.Outcome{}, fmt.Errorf("send %s: %w", o.Key, err)
	}
	if i := slices.IndexFunc(on, func(one *Delivery) bool { return one.ID == d.ID }); i >= 0 {
		if on[i].Status == StatusFailed {
			return outcomeOf(on[i]), nil
		}
		return b.dispatch(ctx, o, on[i])
	}
	open, err := b.store.Unfinished(ctx)
	if err != nil {
		return sdk.Outcome{}, fmt.Errorf("send %s: %w", o.Key, err)
	}
	m := o.message()
	if slices.ContainsFunc(open, func(one *sdk.Message) bool { return keyOf(one) == keyOf(m) }) {
		return b.post(ctx, o, d)
	}
	return sdk.Outcome{Key: o.Key, State: sdk.SendSent}, nil
}

// message is what the store keeps of o: that remembers it for Memory, in a few bytes.
func (o Outgoing) message() *sdk.Message {
	return &sdk.Message{
		ID: o.Owner + "/" + o.Key, Channel: outgoingMark + o.To.Channel, Account: o.To.Account, Conversation: o.To.Conversation,
		Sender: o.To.Recipient, Time: time.Now(), Content: o.Content,
	}
}

// outgoingOf returns the Outgoing of which a store has kept a message, if it is one.
func outgoingOf(m *sdk.Message) (Outgoing, bool) {
	channel, isOne := strings.CutPrefix(m.Channel, outgoingMark)
	owner, key, _ := strings.Cut(m.ID, "/")
	return Outgoing{
		Owner: owner, Key: key, Content: m.Content,
		To: sdk.Address{Channel: channel, Account: m.Account, Conversation: m.Conversation, Recipient: m.Sender},
	}, isOne
}

func (o Outgoing) delivery() *Delivery {
	return &Delivery{
		ID:      outgoingMark + o.To.Channel + "/" + o.Owner + "/" + o.Key,
		Channel: o.To.Channel, Account: o.To.Account, Conversation: o.To.Conversation, Recipient: o.To.Recipient,
		Content: o.Content, Created: time.Now(), Status: StatusQueued,
	}
}

// resumeOutgoing takes up what an earlier process was about to put on record. It returns the other messages, and all deliveries.
func (b *Bot) resumeOutgoing(ctx context.Context, messages []*sdk.Message, deliveries []*Delivery) ([]*sdk.Message, []*Delivery, error) {
	var others []*sdk.Message
	for _, m := range messages {
		o, isOne := outgoingOf(m)
		if !isOne {
			others = append(others, m)
			continue
		}
		d := o.delivery()
		if !slices.ContainsFunc(deliveries, func(one *Delivery) bool { return one.ID == d.ID }) {
			if err := b.store.PutDelivery(ctx, d); err != nil {
				return nil, nil, err
			}
			deliveries = append(deliveries, d)
		}
		if err := b.store.Finish(ctx, m.Channel, m.ID); err != nil {
			return nil, nil, err
		}
	}
	return others, deliveries, nil
}
