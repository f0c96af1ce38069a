package kf

import (
	"context"
	"errors"
	"fmt"

	"github.com/chuanhuabot/bot/channels/internal/wx"
	"github.com/chuanhuabot/bot/core"
)

// judge decides what a refusal means. If that was the first call for the message, it has surely not gone.
func (c *Channel) judge(ctx context.Context, to *core.Delivery, b *batch, err error) error {
	verdict := c.verdict(ctx, to, b, err)
	var retry *core.RetryError
	again := errors.As(verdict, &retry)
	noted := c.people.Change(ctx, to.Conversation, func(s *session) bool {
		if !b.again || b.right && !again {
			s.Out = nil
		}
		switch {
		case b.right && again && !b.again:
			s.Code = b.code
		case b.right || b.again && !isHeld(verdict):
		case isHeld(verdict) && s.Said > b.said: // The customer has written since.
		case isHeld(verdict):
			s.usedUp(c.quota(), c.now())
		default:
			s.refund()
		}
		return true
	})
	if noted != nil {
		return &core.RetryError{Err: noted}
	}
	return verdict
}

// isHeld tells whether a message waits for its customer to write.
func isHeld(verdict error) bool {
	return errors.Is(verdict, errUsedUp) || errors.Is(verdict, errClosed)
}

// verdict returns what becomes of the deliveries of a message that was refused.
func (c *Channel) verdict(ctx context.Context, to *core.Delivery, b *batch, err error) error {
	code := wx.CodeOf(err)
	after, again := waits(code)
	switch {
	case errors.Is(err, wx.ErrNotSent) || again:
		return &core.RetryError{Err: explained(err), After: after}
	case b.right && b.again:
		return fmt.Errorf("%w: %w", errUnclear, explained(err))
	case b.right:
		c.log.Warn("the right that an event gave is not good any more", "message", to.InReplyTo, "err", explained(err))
		return errAgain
	case code == codeUsedUp:
		return fmt.Errorf("%w: %w", errUsedUp, explained(err))
	case code == codeWindow:
		return fmt.Errorf("%w: %w", errClosed, explained(err))
	case code == codeState:
		return c.stateOf(ctx, to, err)
	}
	return explained(err)
}
