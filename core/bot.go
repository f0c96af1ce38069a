package core

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"sync"

	"github.com/chuanhuabot/bot/sdk"
)

// Bot is the engine between channels and handlers. It takes messages in, runs their turns, one at a time and in order in
// each conversation and side by side across conversations, and sends what they answer. It is an Inbox, and safe for
// concurrent use.
type Bot struct {
	handler sdk.Handler
	log     *slog.Logger
	resumes bool
	store   Store
	outbox  *outbox
	backlog *Backlog
	slots   chan struct{}
	sending chan struct{} // Holds one element while an Outgoing is put on record.
	resumed chan struct{} // Closed when what an earlier process left is known.

	ctx    context.Context // Ends when turns must stop.
	cancel context.CancelCauseFunc
	turns  sync.WaitGroup

	mu            sync.Mutex
	draining      bool // No turn begins any more.
	stopping      bool
	recent        *recent
	conversations map[conversationKey]*conversation
	doubts        map[messageKey]bool // Messages that may have been stored although the store failed.
}

var _ Inbox = (*Bot)(nil)

// Options are what a Bot is made of.
type Options struct {
	// Store keeps what must survive the process.
	Store Store
	// Channels are the channels by the names that messages and deliveries carry.
	Channels map[string]Channel
	// Handler handles every message; usually a *Router.
	Handler sdk.Handler
	Log     *slog.Logger
	// Resumes says that Resume will be called: what plugins send waits for it, or an earlier process's messages would be sent twice.
	Resumes bool
	// MaxTurns bounds the turns that are waiting or running at any time. 0: DefaultMaxTurns.
	MaxTurns int
}

// DefaultMaxTurns is how many turns are under way at most: about what two cores answer in a second.
const DefaultMaxTurns = 10_000

// New returns a Bot that takes messages at once; call Resume before the channels run, and Close at the end.
func New(o Options) *Bot {
	if o.MaxTurns == 0 {
		o.MaxTurns = DefaultMaxTurns
	}
	b := &Bot{
		resumes: o.Resumes, handler: o.Handler, log: o.Log, store: o.Store, slots: make(chan struct{}, o.MaxTurns),
		sending: make(chan struct{}, 1), resumed: make(chan struct{}),
		recent: newRecent(), conversations: map[conversationKey]*conversation{},
		doubts: map[messageKey]bool{},
	}
	b.ctx, b.cancel = context.WithCancelCause(context.Background())
	b.outbox = newOutbox(b.ctx, o.Store, o.Channels, o.Log)
	b.backlog = &Backlog{store: o.Store, bot: b}
	if !o.Resumes {
		close(b.resumed)
	}
	return b
}

// Receive starts the turn of m or joins the one that there is.
func (b *Bot) Receive(ctx context.Context, m *sdk.Message) (Turn, error) {
	t, err := b.receive(ctx, m, false)
	if err != nil {
		return nil, err
	}
	return t, nil
}

func (b *Bot) receive(ctx context.Context, m *sdk.Message, kept bool) (*turn, error) {
	if m.Content == nil {
		return nil, fmt.Errorf("message %s: %w", m.ID, sdk.ErrNoContent)
	}
	if t := b.known(m); t != nil {
		return t, nil
	}
	if err := b.slot(ctx); err != nil {
		return nil, err
	}
	t, fresh, err := b.admit(m, kept)
	if !fresh {
		<-b.slots
	}
	return t, err
}

// slot waits until one more turn may be under way. Who has taken a slot gives it back.
func (b *Bot) slot(ctx context.Context) error {
	select {
	case b.slots <- struct{}{}:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-b.ctx.Done():
		return ErrStopping
	}
}

// known returns the turn of a message that came before, or nil.
func (b *Bot) known(m *sdk.Message) *turn {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.recent.get(keyOf(m))
}

// admit puts a turn at the end of its conversation, unless another call was quicker with the same message.
func (b *Bot) admit(m *sdk.Message, kept bool) (t *turn, fresh bool, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if t := b.recent.get(keyOf(m)); t != nil {
		return t, false, nil
	}
	if b.stopping || b.draining {
		return nil, false, ErrStopping
	}
	key := conversationKey{m.Channel, m.Conversation}
	c := b.conversations[key]
	if c != nil && len(c.waiting) >= maxWaiting && !kept {
		return nil, false, ErrBusy
	}
	t = newTurn(b, m, kept)
	b.recent.begin(t)
	if c == nil {
		c = &conversation{}
		b.conversations[key] = c
		b.turns.Go(func() { b.work(key, c) })
	}
	c.waiting = append(c.waiting, t)
	return t, true, nil
}

// Settle ends a delivery that its channel has held.
func (b *Bot) Settle(ctx context.Context, d *Delivery, err error) { b.outbox.settle(ctx, d, err) }

// Resume takes up what an earlier process left in the store: deliveries that were not sent, then messages that were not
// answered. Call it once, when the channels can send and before they receive. It does not wait for the turns that it starts.
func (b *Bot) Resume(ctx context.Context) error {
	deliveries, err := b.store.Deliveries(ctx, StatusQueued, StatusRetry, StatusSent, StatusFailed)
	if err != nil {
		return fmt.Errorf("resume: %w", err)
	}
	messages, err := b.store.Unfinished(ctx)
	if err != nil {
		return fmt.Errorf("resume: %w", err)
	}
	messages, deliveries, err = b.resumeOutgoing(ctx, messages, deliveries)
	if err != nil {
		return fmt.Errorf("resume: %w", err)
	}
	if err := b.outbox.resume(ctx, deliveries, messages); err != nil {
		return fmt.Errorf("resume: %w", err)
	}
	if b.resumes {
		close(b.resumed)
	}
	for _, m := range messages {
		if _, err := b.receive(ctx, m, true); err != nil {
			return fmt.Errorf("resume: %w", err)
		}
	}
	deliveries = slices.DeleteFunc(deliveries, func(d *Delivery) bool { return d.Status == StatusFailed })
	if len(messages) > 0 || len(deliveries) > 0 {
		b.log.InfoContext(ctx, "resumed", "messages", len(messages), "deliveries", len(deliveries))
	}
	return nil
}

// Drain lets no turn begin any more, and waits until none is under way or ctx ends. Messages can be accepted all the while, for the
// next process. Close must follow.
func (b *Bot) Drain(ctx context.Context) {
	b.mu.Lock()
	b.draining = true
	b.mu.Unlock()
	b.await(ctx)
}

// await waits until no turn is under way or ctx ends, and returns what is closed when none is.
func (b *Bot) await(ctx context.Context) <-chan struct{} {
	ended := make(chan struct{})
	go func() {
		b.turns.Wait()
		close(ended)
	}()
	select {
	case <-ended:
	case <-ctx.Done():
	}
	return ended
}

// Close takes no more messages, waits for the turns that are under way until ctx ends, stops those that are left, and
// returns when nothing of the bot runs any more. What was kept stays in the store for the next process.
func (b *Bot) Close(ctx context.Context) {
	b.mu.Lock()
	b.stopping = true
	b.mu.Unlock()
	ended := b.await(ctx)
	b.cancel(ErrStopping)
	<-ended
	b.outbox.lanes.Wait()
}
