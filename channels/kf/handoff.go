package kf

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/chuanhuabot/bot/channels/internal/wx"
	"github.com/chuanhuabot/bot/core"
	"github.com/chuanhuabot/bot/sdk"
)

var _ core.Handoffer = (*Channel)(nil)

// Handoff returns what gives a conversation to a person, when it is sent: to a servicer or into the queue, as bot.yaml says.
func (c *Channel) Handoff(reason string) (sdk.Content, error) {
	if c.api == nil {
		return nil, fmt.Errorf("%w: %w", core.ErrNoHandoff, errNoSecret)
	}
	fields, err := json.Marshal(map[string]string{"reason": reason})
	if err != nil {
		return nil, err
	}
	return sdk.Raw{Type: rawHandoff, Fields: fields}, nil
}

// transfer gives the conversation of a delivery to a person. What waits in it is given up: the customer has somebody to ask.
func (c *Channel) transfer(ctx context.Context, d *core.Delivery, all []*core.Delivery) error {
	state, servicer, err := c.api.askState(ctx, d.Account, d.Recipient)
	to := given{state: state, servicer: servicer}
	if err = final(err); err == nil && !(session{State: state}).human() { // Who has the customer keeps them.
		to, err = c.give(ctx, d)
	}
	others := without(all, d.ID)
	if err != nil {
		c.waiting.putBack(others)
		return c.notGiven(ctx, d, err)
	}
	for _, one := range others {
		c.settle(one, errHuman)
	}
	if err := c.taken(ctx, d.Conversation, to.state, to.servicer, c.now()); err != nil {
		return &core.RetryError{Err: err}
	}
	reason, _ := handoffOf(d.Content)
	c.log.Info("a plugin has given a conversation to a person", "conversation", d.Conversation, "state", to.state, "servicer", to.servicer, "reason", reason)
	c.say(ctx, d, to.code)
	if to.fresh {
		c.brief(ctx, d, to, reason)
	}
	return nil
}

// notGiven decides what becomes of a delivery that could not give its conversation to a person.
func (c *Channel) notGiven(ctx context.Context, d *core.Delivery, why error) error {
	switch code := wx.CodeOf(why); {
	case code == codeEnded: // The customer has to begin another session.
		noted := c.people.Change(ctx, d.Conversation, func(s *session) bool { s.usedUp(c.quota(), c.now()); return true })
		if noted != nil {
			return &core.RetryError{Err: noted}
		}
		return c.hold(ctx, d, fmt.Errorf("%w: %w", errClosed, why))
	case code == codeStep && d.Attempts < 3: // The state may be another one in a moment.
		return &core.RetryError{Err: why, After: 3 * time.Second}
	}
	return why
}

// given is who has a conversation now.
type given struct {
	state    int
	servicer string
	code     string // The right to one text.
	fresh    bool   // They have it from now on.
}

// give gives a conversation to the servicer who has the fewest, or into the queue if none receives customers or bot.yaml wants that.
func (c *Channel) give(ctx context.Context, d *core.Delivery) (given, error) {
	if c.config.Handoff.To == "servicer" {
		servicers, err := c.receiving(ctx, d.Account)
		if err != nil {
			return given{}, final(err)
		}
		for _, id := range servicers {
			to, err := c.trans(ctx, d, stateServicer, id)
			if code := wx.CodeOf(err); code != codeNobody && code != codeStopped {
				return to, err
			}
		}
	}
	return c.trans(ctx, d, stateQueue, "")
}

// trans changes the state of a session (page 94698). Who has it already has it.
func (c *Channel) trans(ctx context.Context, d *core.Delivery, state int, servicer string) (given, error) {
	in := map[string]any{"open_kfid": d.Account, "external_userid": d.Recipient, "service_state": state}
	if servicer != "" {
		in["servicer_userid"] = servicer
	}
	var out struct {
		Code string `json:"msg_code"`
	}
	err := c.api.Post(ctx, "/cgi-bin/kf/service_state/trans", in, &out)
	if code := wx.CodeOf(err); code == codeStep || unclear(err) {
		if now, who, asked := c.api.askState(ctx, d.Account, d.Recipient); asked == nil && (now == stateQueue || now == stateServicer) {
			return given{state: now, servicer: who}, nil
		}
	}
	if err != nil {
		return given{}, final(err)
	}
	return given{state, servicer, out.Code, true}, nil
}

// final returns an error that may be tried again as a *core.RetryError, and others as they are.
func final(err error) error {
	if err == nil {
		return nil
	}
	after, again := waits(wx.CodeOf(err))
	if again || errors.Is(err, wx.ErrNotSent) || errors.Is(err, wx.ErrUnknown) {
		return &core.RetryError{Err: explained(err), After: after}
	}
	return explained(err)
}
