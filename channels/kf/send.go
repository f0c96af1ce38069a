package kf

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/chuanhuabot/bot/core"
)

// The reasons why a delivery does not go now, or never.
var (
	errHuman   = errors.New("a person has the conversation, in which the platform takes no message of the bot")
	errNoRight = errors.New("this event gives no right to an answer, and the customer has not written in time")
	errClosed  = errors.New("the session has ended, or the customer has not written for too long")
	errUsedUp  = errors.New("the messages that the platform takes after the customer's last one are used up")
	errNotYet  = errors.New("the last message of the window is kept for the end of the turn")
	errUnclear = errors.New("it is not known whether it was shown, and the right that an event gave is not good any more")
	errBehind  = errors.New("a person is to have the conversation first")
	errAgain   = errors.New("it goes in another way")
	errTaken   = errors.New("the platform has it, and has not said that it was not delivered")
)

// opened is core.ErrOpen with the reason why the channel holds a delivery.
type opened struct{ why error }

func (o *opened) Error() string {
	if errors.Is(o.why, errTaken) || errors.Is(o.why, errNotYet) {
		return o.why.Error()
	}
	return "it goes when the customer writes: " + o.why.Error()
}

func (o *opened) Is(target error) bool { return target == core.ErrOpen }

// Send sends a message to a customer: by the right that an event gives, or within the window that their last message has opened (page
// 94677). What the platform does not take now waits until the customer writes; the last message of a window waits for the end of the
// turn, and takes all that there is. It blocks for the call. core.ErrOpen also stands for what the platform has taken, and may still
// say that it was not delivered.
func (c *Channel) Send(ctx context.Context, d *core.Delivery) error {
	err := c.send(ctx, d)
	if err == nil || errors.Is(err, core.ErrOpen) || errors.Is(err, core.ErrMore) {
		return err
	}
	return fmt.Errorf("send in reply to %s: %w", d.InReplyTo, err)
}

func (c *Channel) send(ctx context.Context, d *core.Delivery) error {
	switch {
	case !c.isOpen(ctx):
		return &core.RetryError{Err: context.Cause(ctx)}
	case isNotice(d.InReplyTo):
		c.log.Info("an answer to what nobody can answer is not sent", "message", d.InReplyTo, "kind", d.Content.Kind())
		return nil // Nobody has lost anything, and there is nothing to try again.
	case c.api == nil:
		return &core.RetryError{Err: errNoSecret, After: time.Minute}
	}
	if err := c.accepted.failure(d); err != nil {
		return err
	}
	if d.Progress >= c.length(d) {
		return nil // An earlier process has sent all of it.
	}
	for ctx.Err() == nil {
		done, err := c.sendNext(ctx, d)
		if done {
			return err
		}
	}
	return &core.RetryError{Err: context.Cause(ctx)}
}

// sendNext sends the next message of a conversation: of what is older than a delivery, and of that. It returns true when it is decided what
// becomes of the delivery.
func (c *Channel) sendNext(ctx context.Context, d *core.Delivery) (done bool, err error) {
	s, err := c.people.Get(ctx, d.Conversation)
	if err != nil {
		return true, &core.RetryError{Err: err}
	}
	all, ripe, ok := c.waiting.take(d)
	if !ok {
		return true, core.ErrMore
	}
	all = append(all, d)
	slices.SortStableFunc(all, byAge)
	b, err := c.plan(s, all, d, ripe)
	if err == nil && b.transfer {
		return true, c.transfer(ctx, d, all)
	}
	if err == nil {
		b.said = max(s.Said, c.saidBefore(d))
		err = c.post(ctx, &b)
	}
	if err == nil {
		return c.gone(d, all, b)
	}
	return c.refused(ctx, d, all, b, err)
}

// plan decides which message of deliveries goes now, the oldest first; d is the one that is to be sent, and ripe says that nothing follows it.
// The error says why none goes.
func (c *Channel) plan(s session, all []*core.Delivery, d *core.Delivery, ripe bool) (batch, error) {
	first := all[0]
	if s.Out.has(first) {
		return c.again(all, *s.Out), nil
	}
	if right := s.codeFor(d.InReplyTo, c.now()); right != nil && d.Progress == 0 { // Whatever waits.
		if b, ok := c.onEvent(d, right, s.Anew); ok {
			return b, nil
		}
	}
	left, known := c.left(s, d)
	switch {
	case s.human() && !isHandoff(d.Content):
		return batch{}, errHuman
	case isHandoff(first.Content) && first.ID != d.ID:
		return batch{}, errBehind
	case isHandoff(d.Content) && (first.ID == d.ID || known && left == 0):
		return batch{transfer: true}, nil
	case known && left == 0:
		return batch{}, errUsedUp
	case known && left == 1 && !isHandoff(d.Content) && !ripe:
		return batch{}, errNotYet
	}
	if c.waiting.alone(d.Conversation) {
		all = all[:1]
	}
	return c.compose(all, known && left == 1, s.Anew)
}

// gone settles what a message was made of that the platform has taken. It returns true when it is decided what becomes of d.
func (c *Channel) gone(d *core.Delivery, all []*core.Delivery, b batch) (done bool, err error) {
	outcome := b.outcome
	if outcome != nil && !errors.Is(outcome, core.ErrOpen) {
		return c.failAll(d, all, b, outcome)
	}
	rest := all
	for _, p := range b.pieces {
		rest = without(rest, p.ID)
		switch {
		case p.ID == d.ID && p.whole:
			d.Progress, done, err = p.to, true, outcome
		case p.ID == d.ID:
			d.Progress, done, err = p.to, true, core.ErrMore
		case p.whole:
			c.settle(p.done(), outcome)
		default:
			c.settle(p.done(), core.ErrOpen) // Its Progress is on record then.
			rest = append(rest, p.done())
		}
	}
	rest = without(rest, d.ID)
	c.waiting.putBack(rest)
	if done && len(rest) > 0 && !errors.Is(err, core.ErrMore) {
		c.goOn(d.Conversation, false)
	}
	return done, err
}

// refused decides what becomes of deliveries whose message did not go.
func (c *Channel) refused(ctx context.Context, d *core.Delivery, all []*core.Delivery, b batch, why error) (done bool, err error) {
	others := without(all, d.ID)
	var retry *core.RetryError
	switch {
	case errors.Is(why, errAgain):
		c.waiting.putBack(others)
		return false, nil
	case errors.Is(why, errBehind):
		c.waiting.putBack(others)
		c.goOn(d.Conversation, false)
		return true, core.ErrMore
	case errors.Is(why, errHuman):
		for _, one := range others {
			c.settle(one, why)
		}
		return true, why
	case errors.As(why, &retry):
		c.waiting.putBack(others)
		return true, why
	case errors.Is(why, errNotYet):
		c.waiting.putBack(others)
		return true, c.holdForTheEnd(d)
	case errors.Is(why, errClosed), errors.Is(why, errUsedUp):
		c.waiting.putBack(others)
		return true, c.hold(ctx, d, why)
	}
	if len(b.pieces) > 1 { // One of them may be what the platform does not take.
		c.waiting.putBack(others)
		c.waiting.separate(d.Conversation, len(b.pieces))
		return false, nil
	}
	return c.failAll(d, all, b, why)
}

// failAll ends what a message was made of that can never go; the others are tried without it.
func (c *Channel) failAll(d *core.Delivery, all []*core.Delivery, b batch, why error) (done bool, err error) {
	rest := all
	failed := []*core.Delivery{all[0]} // Of which no message could be made.
	if len(b.pieces) > 0 {
		failed = nil
		for _, p := range b.pieces {
			failed = append(failed, p.Delivery)
		}
	}
	for _, one := range failed {
		rest = without(rest, one.ID)
		if one.ID == d.ID {
			done, err = true, why
			continue
		}
		c.settle(one, why)
	}
	rest = without(rest, d.ID)
	c.waiting.putBack(rest)
	if done && len(rest) > 0 {
		c.goOn(d.Conversation, false)
	}
	return done, err
}

func without(all []*core.Delivery, id string) []*core.Delivery {
	return slices.DeleteFunc(slices.Clone(all), func(one *core.Delivery) bool { return one.ID == id })
}
