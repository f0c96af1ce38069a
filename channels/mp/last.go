package mp

import (
	"context"
	"errors"
	"slices"

	"github.com/chuanhuabot/bot/core"
)

// sendLast makes the last message of a window of all that is there. What waits is out of the mailbox while that goes: nobody may fetch
// it too.
func (c *Channel) sendLast(ctx context.Context, d *core.Delivery) error {
	others := c.mailbox.take(d.Conversation, nil)
	all := itemsOf(byAge(append(slices.Clone(others), d)))
	made := compose(all, c.config.TextLimit, c.slots.hints.more, false)
	if made.content == nil { // What comes first can only go alone.
		err := c.late.send(ctx, d)
		_ = c.waitAgain(others, nil)
		return err
	}
	err := c.late.sendAll(ctx, d, made.content)
	switch {
	case err != nil:
		made = composed{} // Nothing has gone.
	case made.rest:
		c.mailbox.tell(d.Conversation)
	}
	return c.settleLast(d, all, made, err)
}

// settleLast settles what a message has taken, and lets the rest wait again. It returns what became of d itself; err is the error of
// the message.
func (c *Channel) settleLast(d *core.Delivery, all []item, made composed, err error) error {
	own := err
	var rest []*core.Delivery
	for i, f := range made.fates(all) {
		switch one := all[i].Delivery; {
		case f.err == nil && one != d:
			c.settle(one, nil)
		case f.err == nil:
			own = nil
		case one != d:
			c.settle(f.delivery, core.ErrOpen) // Its Progress is on record then.
			rest = append(rest, f.delivery)
		case err == nil || errors.Is(err, errClosed):
			d.Progress, own = f.delivery.Progress, core.ErrOpen
			rest = append(rest, d)
		}
	}
	if left, known := c.late.windows.left(c.late.ctx, d); err == nil && known && left > 0 { // The person has written meanwhile: it goes.
		for _, one := range rest {
			if one != d {
				c.settle(one, core.ErrMore)
			}
		}
		if errors.Is(own, core.ErrOpen) {
			return core.ErrMore
		}
		return own
	}
	waits := c.waitAgain(rest, d)
	switch {
	case !errors.Is(own, core.ErrOpen):
		return own
	case err != nil && errors.Is(waits, core.ErrOpen):
		return c.waits(d, err)
	}
	return waits
}

// waitAgain lets deliveries wait that were taken out of the mailbox, and d with them if it is among them. It returns what has become of
// d then.
func (c *Channel) waitAgain(rest []*core.Delivery, d *core.Delivery) error {
	err := c.keepForReader(errClosed, rest...)
	if errors.Is(err, core.ErrOpen) {
		return err
	}
	for _, one := range rest {
		if one != d {
			c.settle(one, core.ErrMore)
		}
	}
	return err
}

func byAge(some []*core.Delivery) []*core.Delivery {
	slices.SortStableFunc(some, func(a, b *core.Delivery) int { return a.Created.Compare(b.Created) })
	return some
}

// keepForTheEnd keeps a delivery until the conversation has no turn, and nothing more of it comes: then all of it goes together.
func (c *Channel) keepForTheEnd(d *core.Delivery) error {
	if err := c.keepForReader(errClosed, d); !errors.Is(err, core.ErrOpen) {
		return err
	}
	if c.mailbox.watch(d.Conversation) && !c.late.begin(func() { c.sendAtTheEnd(d.Conversation) }) {
		c.mailbox.unwatch(d.Conversation)
	}
	return core.ErrOpen
}

func (c *Channel) sendAtTheEnd(conversation string) {
	select {
	case <-c.idle(conversation):
	case <-c.late.ctx.Done(): // It is on record.
		return
	}
	if !pause(c.late.ctx, gathering) {
		return
	}
	c.mailbox.unwatch(conversation)
	if d := c.mailbox.ripen(conversation); d != nil {
		c.settle(d, core.ErrMore)
	}
}
