package core

import (
	"context"
	"fmt"

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
	switch {
	case err != nil:
		return false, fmt.Errorf("keep message %s: %w", m.ID, err)
	case !fresh:
		return false, nil
	}
	_, begun, err = b.admit(m, true)
	if err != nil {
		return false, nil // It is kept: the next process answers it.
	}
	return begun, nil
}
