package mp

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/chuanhuabot/bot/core"
	"github.com/chuanhuabot/bot/sdk"
)

var _ ladder = (*Channel)(nil)

// The steps for an answer that comes late, or finds no room in the passive reply: a customer-service message; else it waits to be
// fetched; else it has failed. See docs/decisions/0007-the-ladder.md.

var errWindowOver = errors.New("the window of the passive reply is over, and this account cannot send customer-service messages: " +
	"it takes account: verified (or test) and app_secret in bot.yaml, or late: {read: true}")

func (c *Channel) sends() bool { return c.late.possible() }

func (c *Channel) fetches() bool { return c.config.Late.Read }

func (c *Channel) unread(conversation string) bool { return c.mailbox.has(conversation) }

func (c *Channel) told(conversation string) { c.mailbox.tell(conversation) }

// sendLate sends what the passive reply cannot carry.
func (c *Channel) sendLate(ctx context.Context, d *core.Delivery) error {
	if c.handToReader(d) {
		return core.ErrOpen
	}
	why := errWindowOver
	if c.late.possible() {
		err := c.sendCustom(ctx, d)
		if !errors.Is(err, errClosed) {
			return err
		}
		why = err
	}
	return c.keepForReader(d, why)
}

// sendCustom sends a customer-service message. The last one of a window is kept for the end of the answer, and tells the person how
// to fetch the rest.
func (c *Channel) sendCustom(ctx context.Context, d *core.Delivery) error {
	left, known := c.late.windows.left(ctx, d)
	switch {
	case !c.config.Late.Read || !known || left > 1 || isNotice(d.Content):
		return c.late.send(ctx, d)
	case left == 0:
		return fmt.Errorf("%w: the %d messages of the window are used up", errClosed, c.config.Late.Quota)
	}
	if c.mailbox.ripe(d) {
		return c.sendLast(ctx, d)
	}
	return c.keepForTheEnd(d)
}

// sendLast makes the last message of a window of all that is there.
func (c *Channel) sendLast(ctx context.Context, d *core.Delivery) error {
	waiting := append(c.mailbox.peek(d.Conversation), d)
	slices.SortStableFunc(waiting, byAge)
	all := itemsOf(waiting)
	made := compose(all, c.config.TextLimit, c.slots.hints.more, false)
	if made.content == nil {
		return c.late.send(ctx, d)
	}
	if err := c.late.sendAll(ctx, d, made.content); err != nil {
		return err
	}
	if made.rest {
		c.mailbox.tell(d.Conversation)
	}
	own := error(core.ErrOpen)
	for i, f := range made.fates(all) {
		switch {
		case f.err != nil && f.delivery.Progress == all[i].Progress: // It is not in the message.
		case all[i].Delivery == d:
			d.Progress, own = f.delivery.Progress, f.err
		case c.mailbox.pick(f.delivery):
			c.settle(f.delivery, f.err)
		}
	}
	if own == core.ErrOpen {
		return c.keepForReader(d, errClosed)
	}
	return own
}

func byAge(a, b *core.Delivery) int { return a.Created.Compare(b.Created) }

// keepForTheEnd keeps a delivery until the conversation has no turn, and nothing more of it comes: then all of it goes together.
func (c *Channel) keepForTheEnd(d *core.Delivery) error {
	if err := c.keepForReader(d, errClosed); !errors.Is(err, core.ErrOpen) {
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

// keepForReader lets a delivery wait until its person fetches it. why is the reason if it cannot.
func (c *Channel) keepForReader(d *core.Delivery, why error) error {
	if !c.config.Late.Read || itemOf(d).shown == nil {
		return why
	}
	if err := c.mailbox.put(d); err != nil {
		return fmt.Errorf("%w: %w", why, err)
	}
	return core.ErrOpen
}

// handToReader puts a delivery into the answer to a person who waits for it. It returns false if nobody does.
func (c *Channel) handToReader(d *core.Delivery) bool {
	r := c.mailbox.reader(d.Conversation)
	if r == nil {
		return false
	}
	one := itemOf(d)
	if one.shown == nil || c.slots.hold(r.id, one) != nil {
		return false
	}
	r.begin()
	return true
}

// welcome does what a message of a person makes possible: what waits for them goes by itself.
func (c *Channel) welcome(m *sdk.Message) {
	switch {
	case isUnsubscribe(m.Content):
		for _, d := range c.mailbox.take(m.Conversation, nil) {
			c.settle(d, errLeft)
		}
	case m.Window.Left > 0 && c.late.possible():
		c.late.windows.renew(m.Conversation, m.Window)
		for _, d := range c.mailbox.take(m.Conversation, nil) {
			c.settle(d, core.ErrMore)
		}
	}
}
