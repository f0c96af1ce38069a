package core

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"strconv"
	"sync"
	"time"

	"github.com/chuanhuabot/bot/sdk"
)

// turn is the handling of one message. It is the Turn that the channel sees and the Responder that the handler gets.
type turn struct {
	bot     *Bot
	key     messageKey
	message *sdk.Message
	done    chan struct{}
	heard   heard

	mu         sync.Mutex
	kept       bool // The store has it.
	keeping    bool // The store may have something of it, also where it said that it failed.
	over       bool
	deliveries []*dispatch
	created    time.Time // Of the last one.

	replying sync.Mutex // One reply after the other, also for handlers that reply from several goroutines.
}

var (
	_ Turn          = (*turn)(nil)
	_ Hearing       = (*turn)(nil)
	_ sdk.Responder = (*turn)(nil)
)

func newTurn(b *Bot, m *sdk.Message, kept bool) *turn {
	return &turn{bot: b, key: keyOf(m), message: m, kept: kept, keeping: kept, done: make(chan struct{}), heard: heard{known: make(chan struct{})}}
}

// Done is closed at the end of the turn. A turn that is stopped with the bot has no end: it begins anew with the next
// process, or with the platform's next try.
func (t *turn) Done() <-chan struct{} { return t.done }

// Heard returns the words of a voice.
func (t *turn) Heard() (known <-chan struct{}, words string) { return t.heard.now() }

// Keep stores the message, and those of its conversation that come before it: the next process is to find them in their order.
func (t *turn) Keep(ctx context.Context) error {
	if t.isOver() {
		return nil
	}
	for _, earlier := range t.bot.before(conversationKey{t.key.channel, t.message.Conversation}, t) {
		if err := earlier.keep(ctx); err != nil {
			return err
		}
	}
	return t.keep(ctx)
}

func (t *turn) isOver() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.over
}

// keep stores the message, and with it which of its replies have gone already, so that the next process repeats none.
func (t *turn) keep(ctx context.Context) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.over || t.kept {
		return nil
	}
	t.keeping = true
	for _, d := range t.deliveries {
		if err := d.keep(ctx); err != nil {
			return fmt.Errorf("keep message %s: %w", t.message.ID, err)
		}
	}
	if _, err := t.bot.store.Keep(ctx, t.message); err != nil {
		return fmt.Errorf("keep message %s: %w", t.message.ID, err)
	}
	t.kept = true
	return nil
}

// run handles the message. It returns false if the turn was stopped with the bot.
func (t *turn) run(ctx context.Context) bool {
	if ctx.Err() != nil {
		return false // The bot stops: no plugin is to begin what begins anew anyway.
	}
	err := t.handle(ctx)
	if ctx.Err() != nil && err != nil {
		return false
	}
	t.end(ctx)
	close(t.done)
	return true
}

// handle calls the handler. Its error has been logged where the chain is known; a panic has not.
func (t *turn) handle(ctx context.Context) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("panic: %v", v)
			t.bot.log.ErrorContext(ctx, "a handler in the bot itself panicked", "channel", t.key.channel,
				"message", t.key.id, "err", err, "stack", string(debug.Stack()))
		}
	}()
	if v, ok := t.message.Content.(sdk.Voice); ok && v.Transcript == "" {
		ctx = t.heard.listening(ctx)
	}
	return t.bot.handler.Handle(ctx, t.message, t)
}

// end closes the responder and lets go of what the store has of the turn.
func (t *turn) end(ctx context.Context) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.over = true
	if !t.keeping {
		return
	}
	ctx, cancel := storing(ctx)
	defer cancel()
	if err := t.bot.outbox.finish(ctx, t.key, t.deliveries); err != nil {
		t.bot.log.ErrorContext(ctx, "this message is answered, but the store could not note it: it may be answered again",
			"channel", t.key.channel, "message", t.key.id, "err", err)
	}
}

// Reply sends one more message to the person. It returns an error only for what can never be sent; a delivery that fails
// is the outbox's business.
func (t *turn) Reply(c sdk.Content) error {
	if c == nil {
		return sdk.ErrNoContent
	}
	t.replying.Lock()
	defer t.replying.Unlock()
	t.mu.Lock()
	if err := t.mayReply(); err != nil {
		t.mu.Unlock()
		return err
	}
	p, earlier := t.bot.outbox.register(t.newDelivery(c), t.kept)
	t.deliveries = append(t.deliveries, p)
	t.mu.Unlock()
	if !earlier {
		t.bot.outbox.put(p)
	}
	return nil
}

// maxReplies bounds the replies of one turn: a plugin that never stops must not fill the store.
const maxReplies = 100

func (t *turn) mayReply() error {
	switch {
	case t.over:
		return sdk.ErrTurnOver
	case len(t.deliveries) == maxReplies:
		return fmt.Errorf("more than %d replies to one message", maxReplies)
	default:
		return nil
	}
}

func (t *turn) newDelivery(c sdk.Content) Delivery {
	m := t.message
	return Delivery{
		ID:      m.Channel + "/" + m.ID + "/" + strconv.Itoa(len(t.deliveries)),
		Channel: m.Channel, Account: m.Account, Conversation: m.Conversation, Recipient: m.Sender, InReplyTo: m.ID,
		Content: c, Created: t.nextCreated(), Window: m.Window, Status: StatusQueued,
	}
}

// nextCreated is now, or later: what goes by age must go in the order in which it was said. The caller holds mu.
func (t *turn) nextCreated() time.Time {
	now := time.Now()
	if now.After(t.created) {
		t.created = now
	} else {
		t.created = t.created.Add(1)
	}
	return t.created
}

// Append is gathered by the chain's steps and comes here only from a handler that is no chain.
func (t *turn) Append(text string) error { return t.Reply(sdk.Text{Text: text}) }

// Pass means that nobody answers.
func (t *turn) Pass() error { return nil }

// Forward means that nobody answers, whatever the content has become.
func (t *turn) Forward(sdk.Content) error { return nil }

// ErrNoHandoff is returned where a channel has no person to give a conversation to.
var ErrNoHandoff = sdk.ErrNoPerson

// Handoff gives the conversation to a person, by a delivery like any other: it is kept, and tried again.
func (t *turn) Handoff(reason string) error {
	ch, ok := t.bot.outbox.channels[t.key.channel].(Handoffer)
	if !ok {
		return fmt.Errorf("hand off on channel %s: %w", t.key.channel, ErrNoHandoff)
	}
	c, err := ch.Handoff(reason)
	if err != nil {
		return fmt.Errorf("hand off on channel %s: %w", t.key.channel, err)
	}
	return t.Reply(c)
}

// ErrNotStateful is returned where something that is not a plugin saves state.
var ErrNotStateful = errors.New("only plugins have state")

// Save fails: state belongs to a plugin, whose Stateful is between it and the turn.
func (t *turn) Save([]byte) error { return ErrNotStateful }
