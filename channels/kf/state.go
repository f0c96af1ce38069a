package kf

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/chuanhuabot/bot/channels/internal/ids"
	"github.com/chuanhuabot/bot/core"
)

// checkEvery is how long it is believed that a person has a conversation, when its customer writes: not every end of a session is told
// (page 94698).
const checkEvery = time.Minute

// askState asks the platform who has a session (page 94698).
func (a *api) askState(ctx context.Context, account, customer string) (state int, servicer string, err error) {
	var out struct {
		State    int    `json:"service_state"`
		Servicer string `json:"servicer_userid"`
	}
	err = a.Post(ctx, "/cgi-bin/kf/service_state/get", map[string]any{"open_kfid": account, "external_userid": customer}, &out)
	return out.State, out.Servicer, err
}

// recheck returns what is true of a session that a person has had. If the platform cannot be asked it is what was true before.
func (c *Channel) recheck(ctx context.Context, account, customer string, s session) (session, error) {
	if c.now().Sub(time.Unix(s.Checked, 0)) < checkEvery {
		return s, nil
	}
	conversation := ids.Join(account, customer)
	state, servicer, err := c.api.askState(ctx, account, customer)
	var retry *core.RetryError
	switch err = final(err); {
	case errors.As(err, &retry):
		return s, err // What the customer says is not to be lost for it.
	case err != nil:
		c.log.Warn("the platform does not say who has a conversation: it is still taken to be a person", "conversation", conversation, "err", err)
		return s, nil
	}
	if err := c.note(ctx, conversation, state, servicer, c.now()); err != nil {
		return s, err
	}
	return c.people.Get(ctx, conversation)
}

// changed notes what an event says of a session (page 94670).
func (c *Channel) changed(ctx context.Context, conversation string, e entry) error {
	switch e.body.text("change_type") {
	case "1", "2", "4": // Taken from the queue, given to a colleague, begun again by a servicer.
		return c.taken(ctx, conversation, stateServicer, e.body.text("new_servicer_userid"), e.sent)
	case "3":
		return c.note(ctx, conversation, stateEnded, "", e.sent)
	}
	return nil
}

// taken notes that a person had a conversation at a moment, and gives up what waits in it: the customer has somebody to ask.
func (c *Channel) taken(ctx context.Context, conversation string, state int, servicer string, at time.Time) error {
	if err := c.note(ctx, conversation, state, servicer, at); err != nil {
		return err
	}
	for _, d := range c.waiting.giveUp(conversation) {
		c.settle(d, errHuman)
	}
	return nil
}

// note notes who had a conversation at a moment.
func (c *Channel) note(ctx context.Context, conversation string, state int, servicer string, at time.Time) error {
	var was, is session
	err := c.people.Change(ctx, conversation, func(s *session) bool {
		was = *s
		s.State, s.Servicer, s.Checked = 0, "", 0
		if state == stateQueue || state == stateServicer {
			s.State, s.Servicer, s.Checked = state, servicer, max(at.Unix(), 1)
		}
		is = *s
		return is.State != was.State || is.Servicer != was.Servicer || is.Checked-was.Checked > int64(checkEvery/(2*time.Second))
	})
	if err != nil {
		return fmt.Errorf("note who has conversation %s: %w", conversation, err)
	}
	switch {
	case is.human() && !was.human():
		c.log.Info("a person has the conversation, or is about to: the bot is silent in it until the session ends", "conversation", conversation,
			"state", state, "servicer", servicer)
	case was.human() && !is.human():
		c.log.Info("no person has the conversation any more: the bot answers the customer's next message", "conversation", conversation)
	}
	return nil
}

// stateOf finds out why the platform takes no message for a session, and returns what becomes of the delivery.
func (c *Channel) stateOf(ctx context.Context, d *core.Delivery, why error) error {
	state, servicer, err := c.api.askState(ctx, d.Account, d.Recipient)
	if err != nil {
		return &core.RetryError{Err: explained(err)}
	}
	if state != stateQueue && state != stateServicer {
		return errClosed
	}
	if err := c.taken(ctx, d.Conversation, state, servicer, c.now()); err != nil {
		return &core.RetryError{Err: err}
	}
	return fmt.Errorf("%w: %w", errHuman, explained(why))
}
