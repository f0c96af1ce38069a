package kf

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"github.com/chuanhuabot/bot/channels/internal/ids"
	"github.com/chuanhuabot/bot/core"
	"github.com/chuanhuabot/bot/sdk"
)

// ingest notes what an entry says of a session, and hands it in: when it returns nil the entry may be forgotten. Of an old one only the
// former is done. It is called in the order of the entries of an account, and does again what it has done where it is called again.
func (c *Channel) ingest(ctx context.Context, e entry, old bool) error {
	switch {
	case e.kind == kindEvent:
		return c.ingestEvent(ctx, e, old)
	case e.origin == fromServicer:
		return c.ingestServicer(ctx, e, old)
	case e.customer == "", e.origin == fromPlatform:
		return c.hand(ctx, old, c.notice(e, contentOf(e, c.config.VoiceFormat)))
	}
	return c.ingestCustomer(ctx, e, old)
}

// ingestCustomer is for what a customer says: it is a person's affair while one has the conversation.
func (c *Channel) ingestCustomer(ctx context.Context, e entry, old bool) error {
	conversation := ids.Join(e.account, e.customer)
	s, err := c.people.Get(ctx, conversation)
	if err != nil {
		return err
	}
	if s.human() && !old {
		if s, err = c.recheck(ctx, e.account, e.customer, s); err != nil {
			return err
		}
	}
	if s.human() {
		c.log.Debug("a person has the conversation: the bot is silent", "conversation", conversation, "message", e.id)
		return c.hand(ctx, old || !c.config.Watch, c.notice(e, sdk.Event{Type: "customer_message", Key: e.kind, Fields: compact(e.all)}))
	}
	m := c.message(e, contentOf(e, c.config.VoiceFormat))
	m.Window = sdk.Window{Left: c.config.Quota, Until: m.Time.Add(c.config.QuotaFor)}
	if old {
		return nil
	}
	if err := c.hear(ctx, conversation, s, m.Time.Unix()); err != nil {
		return err
	}
	c.goOn(conversation, false) // Before anything newer.
	return c.hand(ctx, false, m)
}

// hear notes when a message of a customer came. It is stored with the next message to them: until then, the message itself is on record.
// If they had none to get, it is stored at once.
func (c *Channel) hear(ctx context.Context, conversation string, s session, second int64) error {
	note := c.people.Note
	if n, known := s.left(c.quota(), 0, c.now()); known && n == 0 {
		note = c.people.Change
	}
	return note(ctx, conversation, func(s *session) bool { return s.heard(c.quota(), second) })
}

// ingestServicer is for what a servicer says: they have the conversation then.
func (c *Channel) ingestServicer(ctx context.Context, e entry, old bool) error {
	if err := c.taken(ctx, ids.Join(e.account, e.customer), stateServicer, e.servicer, e.sent); err != nil {
		return err
	}
	return c.hand(ctx, old || !c.config.Watch, c.notice(e, sdk.Event{Type: "servicer_message", Key: e.kind, Fields: compact(e.all)}))
}

// ingestEvent is for what the platform says.
func (c *Channel) ingestEvent(ctx context.Context, e entry, old bool) error {
	conversation := ids.Join(e.account, e.customer)
	event := eventOf(e)
	m := c.message(e, event)
	if e.customer == "" {
		m = c.notice(e, event)
	}
	switch event.Type {
	case "session_status_change":
		if err := c.changed(ctx, conversation, e); err != nil {
			return err
		}
	case "msg_send_fail":
		event.Fields = withDelivery(event.Fields, c.failed(e, old))
		m = c.notice(e, event)
	}
	if old {
		return nil
	}
	if right := codeOf(e, m, c.now()); right != nil {
		m.AnswerBy = time.Unix(right.Until, 0)
		err := c.people.Change(ctx, conversation, func(s *session) bool { s.Code = right; return true })
		if err != nil {
			return err
		}
	}
	return c.hand(ctx, false, m)
}

// hand hands a message in, unless it is only for the eyes of those who do not want to see it.
func (c *Channel) hand(ctx context.Context, unwanted bool, m *sdk.Message) error {
	if unwanted {
		return nil
	}
	return c.in().Accept(ctx, m)
}

// noticed stands in the IDs of messages that nobody can answer.
const noticed = "notice"

// isNotice tells whether a message, by its ID, is one that nobody can answer.
func isNotice(message string) bool {
	parts := strings.Split(message, "/")
	return len(parts) == 3 && parts[1] == noticed
}

// notice is a message that nobody can answer: what servicers do, what is said between people, and what became of our own messages. It
// has a conversation of its own, so that it does not wait for answers.
func (c *Channel) notice(e entry, content sdk.Content) *sdk.Message {
	m := c.message(e, content)
	m.ID = ids.Join(e.account, noticed, e.id)
	m.Sender = first(e.customer, e.servicer, e.account)
	m.Conversation = ids.Join(e.account, noticed, m.Sender)
	return m
}

func (c *Channel) message(e entry, content sdk.Content) *sdk.Message {
	sent := e.sent
	if sent.IsZero() {
		sent = time.Now()
	}
	return &sdk.Message{
		ID: ids.Join(e.account, e.id), Channel: c.name, Account: e.account, Sender: e.customer, Conversation: ids.Join(e.account, e.customer),
		Time: sent, Content: content,
	}
}

// withDelivery adds to the fields of an event which of our messages it is about.
func withDelivery(raw json.RawMessage, p *core.Delivery) json.RawMessage {
	if p == nil {
		return raw
	}
	var all map[string]json.RawMessage
	if json.Unmarshal(raw, &all) != nil {
		return raw
	}
	for name, value := range map[string]string{"delivery": p.ID, "in_reply_to": p.InReplyTo} {
		all[name], _ = json.Marshal(value)
	}
	out, _ := json.Marshal(all) // It was JSON before.
	return out
}

// codeMargin is what a call needs before the platform's time for a code is over.
const codeMargin = 2 * time.Second

// codeOf returns the right to an answer that an event gives: to who has entered, whom a servicer has taken from the queue, or whose
// session has ended (page 95122).
func codeOf(e entry, m *sdk.Message, now time.Time) *code {
	right := &code{Code: e.body.text("msg_code"), For: m.ID}
	lasts := 20 * time.Second
	switch change := e.body.text("change_type"); {
	case e.body.text("event_type") == "enter_session":
		right.Code, right.Menus = e.body.text("welcome_code"), true
	case e.body.text("event_type") != "session_status_change":
		return nil
	case change == "1":
		lasts = 48 * time.Hour
	case change == "3":
		right.Menus = true
	}
	until := m.Time.Add(lasts - codeMargin)
	if right.Code == "" || !until.After(now) {
		return nil
	}
	right.Until = until.Unix()
	return right
}
