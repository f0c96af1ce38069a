package kf

import (
	"context"
	"fmt"
	"time"

	"github.com/chuanhuabot/bot/core"
)

// hold lets a delivery wait until its customer writes, unless they have in this moment. What answers an event does not wait: it would be
// out of place then, and cost one of their messages.
func (c *Channel) hold(ctx context.Context, d *core.Delivery, why error) error {
	if d.Window.Until.IsZero() {
		return fmt.Errorf("%w: %w", errNoRight, why)
	}
	if err := c.waiting.put(d); err != nil {
		return fmt.Errorf("%w: %w", why, err)
	}
	if s, err := c.people.Get(ctx, d.Conversation); err == nil {
		if left, known := c.left(s, d); known && left > 0 && c.waiting.takeBack(d) {
			return core.ErrMore
		}
	}
	c.log.Info("a message waits for its customer to write", "message", d.InReplyTo, "conversation", d.Conversation, "why", why)
	return &opened{why}
}

// gathering is how long the last message of a window waits, after the end of the turn, for what is still on its way to it.
const gathering = 200 * time.Millisecond

// holdForTheEnd keeps a delivery until the conversation has no turn, and nothing that is on its way follows: then all of it goes together.
func (c *Channel) holdForTheEnd(d *core.Delivery) error {
	if err := c.waiting.put(d); err != nil {
		return fmt.Errorf("%w: %w", errUsedUp, err)
	}
	c.watch(d.Conversation)
	return &opened{errNotYet}
}

// watch sends what waits for a customer when they have no turn any more.
func (c *Channel) watch(conversation string) {
	if !c.waiting.watch(conversation) {
		return
	}
	if !c.begin(func(ctx context.Context) { c.sendAtTheEnd(ctx, conversation) }) {
		c.waiting.unwatch(conversation)
	}
}

func (c *Channel) sendAtTheEnd(ctx context.Context, conversation string) {
	select {
	case <-c.idle(conversation):
	case <-ctx.Done(): // It is on record.
		c.waiting.unwatch(conversation)
		return
	}
	ok := c.gather(ctx, conversation)
	c.waiting.unwatch(conversation)
	if ok {
		c.goOn(conversation, true)
	}
}

// gather waits until nothing more comes. It returns false if ctx ends first.
func (c *Channel) gather(ctx context.Context, conversation string) bool {
	for before := -1; ; {
		now := c.waiting.count(conversation)
		if now == before {
			return true
		}
		before = now
		if !pause(ctx, gathering) {
			return false
		}
	}
}

// goOn sends what waits for a customer, as far as it goes: the oldest, which takes the others with it. last says that nothing more comes.
func (c *Channel) goOn(conversation string, last bool) {
	if d := c.waiting.ripen(conversation, last); d != nil {
		c.settle(d, core.ErrMore)
	}
}
