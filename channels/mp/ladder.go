package mp

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/chuanhuabot/bot/channels/internal/compose"
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

func (c *Channel) takeUnread(conversation string) []*core.Delivery {
	return c.mailbox.take(conversation, nil)
}

func (c *Channel) putBack(letters []*core.Delivery) { c.mailbox.restore(letters) }

func (c *Channel) told(conversation string) { c.mailbox.tell(conversation) }

// sendLate sends what the passive reply cannot carry.
func (c *Channel) sendLate(ctx context.Context, d *core.Delivery) error {
	ripe := c.mailbox.ripe(d)
	if c.handToReader(d) {
		return core.ErrOpen
	}
	why := errWindowOver
	if !ripe && !isNotice(d.Content) && c.config.Late.Read && c.mailbox.before(d) {
		return c.keepForReader(errClosed, d) // What is older could not go, and must not be overtaken.
	}
	if c.late.possible() {
		err := c.sendCustom(ctx, d, ripe)
		if !errors.Is(err, errClosed) {
			return err
		}
		why = err
	}
	err := c.keepForReader(why, d)
	if errors.Is(err, core.ErrOpen) && errors.Is(why, errClosed) {
		return c.waits(d, why)
	}
	return err
}

// waits tells the operator why a delivery waits that would have been sent.
func (c *Channel) waits(d *core.Delivery, why error) error {
	c.log.Info("an answer waits to be fetched by its person", "message", d.InReplyTo, "conversation", d.Conversation, "why", why)
	return &unfetched{why}
}

// unfetched is core.ErrOpen for what its person has to fetch, with the reason.
type unfetched struct{ why error }

func (u *unfetched) Error() string { return "waits to be fetched by its person: " + u.why.Error() }

func (u *unfetched) Is(target error) bool { return target == core.ErrOpen }

// sendCustom sends a customer-service message. The last one of a window is kept for the end of the answer, which ripe says has
// come, and tells the person how to fetch the rest.
func (c *Channel) sendCustom(ctx context.Context, d *core.Delivery, ripe bool) error {
	left, known := c.late.windows.left(ctx, d)
	switch {
	case !c.config.Late.Read || !known || left > 1 || isNotice(d.Content):
		return c.late.send(ctx, d)
	case left == 0:
		return fmt.Errorf("%w: the %d messages of the window are used up", errClosed, c.config.Late.Quota)
	case ripe:
		return c.sendLast(ctx, d)
	}
	return c.keepForTheEnd(d)
}

// keepForReader lets deliveries wait until their person fetches them, or gives them to the person who waits by now. It returns
// core.ErrOpen then; why is the reason if one of them cannot wait.
func (c *Channel) keepForReader(why error, all ...*core.Delivery) error {
	if len(all) == 0 || c.handToReader(all...) {
		return core.ErrOpen
	}
	for _, d := range all {
		if !c.config.Late.Read || itemOf(d).Shown == nil {
			return why
		}
	}
	if err := c.mailbox.put(all...); err != nil {
		return fmt.Errorf("%w: %w", why, err)
	}
	return core.ErrOpen
}

// handToReader puts deliveries of a conversation into the answer to the person who waits for them. It returns false if nobody does.
func (c *Channel) handToReader(all ...*core.Delivery) bool {
	r := c.mailbox.reader(all[0].Conversation)
	if r == nil {
		return false
	}
	items := itemsOf(all)
	if slices.ContainsFunc(items, func(i compose.Item) bool { return i.Shown == nil }) || c.slots.hold(r.id, items...) != nil {
		return false
	}
	r.begin()
	return true
}

// welcome does what a message of a person makes possible: what waits for them goes by itself. It does not block.
func (c *Channel) welcome(m *sdk.Message) {
	outcome := core.ErrMore
	switch {
	case isUnsubscribe(m.Content):
		outcome = errLeft
	case m.Window.Left > 0 && c.late.possible():
		c.late.windows.renew(m.Conversation, m.Window)
	default:
		return
	}
	waiting := c.mailbox.take(m.Conversation, nil)
	if len(waiting) == 0 {
		return
	}
	if outcome != core.ErrMore {
		c.late.begin(func() { c.settleAll(waiting, outcome) })
		return
	}
	c.slots.free(m.Conversation, waiting)
	began := c.late.begin(func() {
		defer c.slots.settled(m.Conversation)
		c.settleAll(waiting, core.ErrMore)
	})
	if !began {
		c.slots.settled(m.Conversation)
	}
}

// settleAll settles what was held, until the channel stops: the rest is on record, for the next process.
func (c *Channel) settleAll(held []*core.Delivery, err error) {
	for _, d := range held {
		if c.late.ctx.Err() == nil {
			c.settle(d, err)
		}
	}
}
