package mp

import (
	"context"
	"errors"
	"slices"

	"github.com/chuanhuabot/bot/channels/internal/compose"
	"github.com/chuanhuabot/bot/core"
)

// sendLast makes the last message of a window of all that is there. What waits is out of the mailbox while that goes: nobody may fetch
// it too.
func (c *Channel) sendLast(ctx context.Context, d *core.Delivery) error {
	others := c.mailbox.take(d.Conversation, nil)
	all := itemsOf(byAge(append(slices.Clone(others), d)))
	made := compose.Make(all, c.config.TextLimit, c.slots.hints.more, false)
	if made.Content == nil { // What comes first can only go alone.
		err := c.late.send(ctx, d)
		_ = c.waitAgain(others, nil)
		return err
	}
	err := c.late.sendAll(ctx, d, made.Content)
	switch {
	case err != nil:
		made = compose.Made{} // Nothing has gone.
	case made.Rest:
		c.mailbox.tell(d.Conversation)
	}
	return c.settleLast(d, all, made, err)
}

// settleLast settles what a message has taken, and lets the rest wait again. It returns what became of d itself; err is the error of
// the message.
func (c *Channel) settleLast(d *core.Delivery, all []compose.Item, made compose.Made, err error) error {
	own := err
	var rest []*core.Delivery
	for i, f := range made.Fates(all) {
		switch one := all[i].Delivery; {
		case f.Err == nil && one != d:
			c.settle(one, nil)
		case f.Err == nil:
			own = nil
		case one != d:
			c.settle(f.Delivery, core.ErrOpen) // Its Progress is on record then.
			rest = append(rest, f.Delivery)
		case err == nil || errors.Is(err, errClosed):
			d.Progress, own = f.Delivery.Progress, core.ErrOpen
			rest = append(rest, d)
		}
	}
	waits := c.waitAgain(rest, d)
	if err == nil && errors.Is(waits, core.ErrOpen) {
		c.freeAgain(d)
	}
	switch {
	case !errors.Is(own, core.ErrOpen):
		return own
	case err != nil && errors.Is(waits, core.ErrOpen):
		return c.waits(d, err)
	}
	return waits
}

// freeAgain sends what waits for the person of a delivery if they have written while the last message went: nobody else looks before they
// write again.
func (c *Channel) freeAgain(d *core.Delivery) {
	if left, known := c.late.windows.left(c.late.ctx, d); !known || left == 0 {
		return
	}
	if waiting := c.mailbox.take(d.Conversation, nil); len(waiting) > 0 {
		c.slots.free(d.Conversation, waiting)
		c.settleAll(waiting, core.ErrMore)
		c.slots.settled(d.Conversation)
	}
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
