package kf

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"slices"
	"time"

	"github.com/chuanhuabot/bot/channels/internal/compose"
	"github.com/chuanhuabot/bot/channels/internal/wx"
	"github.com/chuanhuabot/bot/core"
	"github.com/chuanhuabot/bot/sdk"
)

// batch is one message, and what it is made of.
type batch struct {
	call     outgoing
	out      outbound
	pieces   []piece
	again    bool  // It may have gone already.
	right    bool  // It goes by the right that an event gives.
	code     *code // That right.
	anew     int   // See session.Anew.
	said     int64 // When the customer's newest message came, of which it was known when the message was made.
	transfer bool  // It is none, but gives the conversation to a person.
	outcome  error // What becomes of the deliveries of which nothing is left, once it has gone.
}

// piece is what a message has of a delivery.
type piece struct {
	*core.Delivery
	to    int  // Its Progress when the message has gone.
	whole bool // Nothing is left of it then.
}

// done returns the delivery as it is when the message has gone.
func (p piece) done() *core.Delivery {
	after := *p.Delivery
	after.Progress = p.to
	return &after
}

// compose makes the next message of deliveries, the oldest first. last says that it is the last one of the window. The error is about
// the oldest, and final.
func (c *Channel) compose(all []*core.Delivery, last bool, anew int) (batch, error) {
	items := make([]compose.Item, len(all))
	for i, d := range all {
		items[i] = compose.Item{Delivery: d, Shown: c.shown(d)}
	}
	if _, isText := items[0].Shown.(sdk.Text); !isText {
		return c.single(all[0], anew)
	}
	c.remark(all[0])
	made := compose.Make(items, c.config.TextLimit-c.room(), "", false)
	if made.Content == nil {
		return batch{}, errNothing
	}
	text := made.Content.(sdk.Text).Text
	b := batch{anew: anew}
	for i, f := range made.Fates(items) {
		switch {
		case f.Err == nil:
			b.pieces = append(b.pieces, piece{items[i].Delivery, c.length(items[i].Delivery), true})
		case f.Delivery.Progress > items[i].Progress:
			b.pieces = append(b.pieces, piece{items[i].Delivery, f.Delivery.Progress, false})
		}
	}
	b.seal(text)
	transferred := slices.ContainsFunc(all, func(d *core.Delivery) bool { return isHandoff(d.Content) })
	if last && made.Rest && c.config.More != "" && !transferred {
		text += "\n" + c.config.More
	}
	b.call = textCall(text)
	return b, nil
}

// remark logs that a content is shown as a text.
func (c *Channel) remark(d *core.Delivery) {
	if _, note, _ := c.asText(d.Content); note != "" && d.Progress == 0 {
		c.log.Warn("content is shown in another way", "message", d.InReplyTo, "kind", d.Content.Kind(), "why", note)
	}
}

// length is the Progress of a delivery of which nothing is left.
func (c *Channel) length(d *core.Delivery) int {
	text, _ := c.shown(d).(sdk.Text)
	return max(1, len(text.Text))
}

// room is what a text leaves for the word that there is more.
func (c *Channel) room() int {
	if c.config.More == "" {
		return 0
	}
	return len(c.config.More) + 1
}

// single makes a message of one delivery that is no text.
func (c *Channel) single(d *core.Delivery, anew int) (batch, error) {
	call, note, err := c.outgoing(d.Content)
	if err != nil {
		return batch{}, err
	}
	if note != "" {
		c.log.Warn("content is shown in another way", "message", d.InReplyTo, "kind", d.Content.Kind(), "why", note)
	}
	b := batch{call: call, pieces: []piece{{d, 1, true}}, anew: anew}
	b.seal("")
	return b, nil
}

// seal notes what the message is made of. Its text is needed again only if it is made of several deliveries.
func (b *batch) seal(text string) {
	first := b.pieces[0]
	b.out = outbound{ID: messageID(first.Delivery, b.anew), At: time.Now()}
	for _, p := range b.pieces {
		b.out.Parts = append(b.out.Parts, part{p.ID, p.Created.UnixNano(), p.Progress, p.to})
	}
	if len(b.pieces) > 1 {
		b.out.Text = text
	}
}

// messageID is the msgid of a message that begins with a delivery, from its Progress on: at most 32 letters, digits, - and _ (page 94677).
// It is the same whenever that is tried again, and another one if an operator has it sent anew, or if it was not delivered.
func messageID(d *core.Delivery, anew int) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s\x00%d\x00%d\x00%d", d.ID, d.Created.UnixNano(), d.Progress, anew))
	return base64.RawURLEncoding.EncodeToString(sum[:24])
}

// again makes a message once more that may have gone already: the same parts, under the same id.
func (c *Channel) again(all []*core.Delivery, out outbound) batch {
	b := batch{out: out, again: true, right: out.Code != ""}
	for _, p := range out.Parts {
		for _, d := range all {
			if p.is(d) {
				b.pieces = append(b.pieces, piece{d, p.To, p.To >= c.length(d)})
			}
		}
	}
	first := b.pieces[0].Delivery
	text, isText := c.shown(first).(sdk.Text)
	switch {
	case out.Text != "":
		b.call = textCall(out.Text)
	case isText:
		b.call = textCall(trimmed(text.Text[min(first.Progress, len(text.Text)):min(b.pieces[0].to, len(text.Text))]))
	default:
		b.call, _, _ = c.outgoing(first.Content) // It was possible before.
	}
	return b
}

// post sends a message, and notes before that it is on its way: after a crash it is sent again under the same id, which the platform
// takes once. The error is errAgain, a *core.RetryError, errHuman, errClosed or errUsedUp, or final.
func (c *Channel) post(ctx context.Context, b *batch) error {
	to := b.pieces[0].Delivery
	if !b.again {
		err := c.people.Change(ctx, to.Conversation, func(s *session) bool {
			out := b.out // Not all that the message is made of.
			s.Out = &out
			if b.right {
				s.Code = nil // It is good for one.
			} else {
				if b.said > s.Said {
					s.heard(c.quota(), b.said)
				}
				s.spend(c.quota(), c.now())
			}
			return true
		})
		if err != nil {
			return &core.RetryError{Err: err}
		}
	}
	// A call that has begun is not cut off when the bot stops.
	whole, cancel := context.WithTimeout(context.WithoutCancel(ctx), callTime)
	defer cancel()
	ended := c.accepted.expect(b.out.ID, b.pieces)
	err := c.call(whole, to, b)
	if b.again && wx.CodeOf(err) == c.config.RepeatCode {
		c.log.Debug("the platform has this message already", "message", to.InReplyTo, "msgid", b.out.ID)
		err = nil
	}
	b.outcome = ended(err == nil)
	switch {
	case err == nil:
		return nil
	case unclear(err):
		return &core.RetryError{Err: explained(err)}
	}
	return c.judge(ctx, to, b, err)
}

// callTime bounds a call, with the token that it may need before.
const callTime = 15 * time.Second

// call makes the call of a message.
func (c *Channel) call(ctx context.Context, to *core.Delivery, b *batch) error {
	if b.right {
		return c.api.Post(ctx, "/cgi-bin/kf/send_msg_on_event", b.call.with(map[string]any{"code": b.out.Code, "msgid": b.out.ID}), nil)
	}
	return c.api.Post(ctx, "/cgi-bin/kf/send_msg", b.call.with(map[string]any{
		"touser": to.Recipient, "open_kfid": to.Account, "msgid": b.out.ID,
	}), nil)
}
