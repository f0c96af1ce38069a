package core

import (
	"context"
	"fmt"
	"slices"

	"github.com/chuanhuabot/bot/sdk"
)

// Accept stores m, and has its turn begin behind the turns of its conversation. A message that was kept before is left alone, however long
// ago.
func (b *Bot) Accept(ctx context.Context, m *sdk.Message) error {
	if m.Content == nil {
		return fmt.Errorf("message %s: %w", m.ID, sdk.ErrNoContent)
	}
	if b.known(m) != nil {
		return nil
	}
	if b.ctx.Err() != nil {
		return ErrStopping
	}
	if err := b.slot(ctx); err != nil {
		return err
	}
	begun, err := b.accept(ctx, m)
	if !begun {
		<-b.slots
	}
	return err
}

// accept returns false if no turn has begun.
func (b *Bot) accept(ctx context.Context, m *sdk.Message) (begun bool, err error) {
	for _, t := range b.before(conversationKey{m.Channel, m.Conversation}, nil) {
		if err := t.keep(ctx); err != nil { // The next process is to find them in their order.
			return false, err
		}
	}
	fresh, err := b.store.Keep(ctx, m)
	unsure := b.unsure(keyOf(m), err != nil)
	switch {
	case err != nil:
		return false, fmt.Errorf("keep message %s: %w", m.ID, err)
	case !fresh && (!unsure || !b.isOpen(ctx, m)):
		return false, nil
	}
	_, begun, err = b.admit(m, true)
	if err != nil {
		return false, nil // It is kept: the next process answers it.
	}
	return begun, nil
}

// unsure tells whether the store may have a message of which it said that it failed, and notes whether it says so now: then it is this
// process that has to answer the message.
func (b *Bot) unsure(key messageKey, now bool) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	before := b.doubts[key]
	delete(b.doubts, key)
	if now && len(b.doubts) < maxDoubts {
		b.doubts[key] = true
	}
	return before
}

// isOpen tells whether the store has a message that is not finished. If it cannot tell, the next process answers it.
func (b *Bot) isOpen(ctx context.Context, m *sdk.Message) bool {
	open, err := b.store.Unfinished(ctx)
	return err == nil && slices.ContainsFunc(open, func(one *sdk.Message) bool { return keyOf(one) == keyOf(m) })
}

// maxDoubts bounds the messages that are doubtful: their channels ask for them again, and do not go on before.
const maxDoubts = 10_000
