package kf

import (
	"slices"
	"time"

	"github.com/chuanhuabot/bot/core"
)

// The states of a session (page 94698).
const (
	stateNew      = 0
	stateBot      = 1
	stateQueue    = 2 // Waits for a servicer.
	stateServicer = 3 // Is with one.
	stateEnded    = 4
)

// session is what is known of a customer and an account, durably: what the platform lets us send, who has the conversation, and what is
// on its way.
type session struct {
	Said int64   `json:"said,omitempty"` // In which second the customer's newest message came, by the platform's clock.
	Sent []int64 `json:"sent,omitempty"` // In which seconds our messages went since, by that clock, as far as it is known.

	State    int    `json:"state,omitempty"` // stateQueue or stateServicer; 0 for all others.
	Servicer string `json:"servicer,omitempty"`
	Checked  int64  `json:"checked,omitempty"` // In which second that was so, by the platform's clock.

	Anew int       `json:"anew,omitempty"` // How often a message is sent anew that was not delivered: under another id.
	Code *code     `json:"code,omitempty"`
	Out  *outbound `json:"out,omitempty"`
}

// code is the right to one message that an event gives (page 95122).
type code struct {
	Code  string `json:"code"`
	For   string `json:"for"`             // The ID of the message that stands for the event.
	Until int64  `json:"until"`           // In seconds.
	Menus bool   `json:"menus,omitempty"` // It may be a menu.
}

// outbound is the message that went last, or is on its way. Whoever finds it after a crash sends the same once more, under the same id,
// which the platform takes only once.
type outbound struct {
	ID    string    `json:"id"`             // The msgid.
	Text  string    `json:"text,omitempty"` // What it says, if it is made of several deliveries.
	Code  string    `json:"code,omitempty"` // The right by which it goes, if that is an event's.
	Parts []part    `json:"parts"`
	At    time.Time `json:"at"`
}

// part is a delivery, and how much of it has gone with a message.
type part struct {
	Delivery string `json:"delivery"`
	Created  int64  `json:"created"` // In nanoseconds: a delivery that an operator tries again is another one.
	From     int    `json:"from,omitempty"`
	To       int    `json:"to"`
}

// outFor is how long a message that went is remembered: as long as its deliveries can be on record.
const outFor = 48 * time.Hour

// Over tells whether nothing of it matters any more.
func (s session) Over(now time.Time) bool {
	said, checked := time.Unix(s.Said, 0), time.Unix(s.Checked, 0)
	return now.Sub(said) > outFor && (s.State == 0 || now.Sub(checked) > sessionLife) && (s.Code == nil || s.Code.Until < now.Unix()) && (s.Out == nil || now.Sub(s.Out.At) > outFor)
}

// human tells whether a person has the conversation, or is about to.
func (s session) human() bool { return s.State == stateQueue || s.State == stateServicer }

// quota is how many messages the platform takes after one of the customer, and for how long.
type quota struct {
	most  int
	lasts time.Duration
}

// left returns how many messages the platform takes at a moment of its clock, as far as is known. said is when the message came that is
// answered, which may be newer than what is noted.
func (s session) left(q quota, said int64, now time.Time) (n int, known bool) {
	if said > s.Said {
		s.heard(q, said)
	}
	if s.Said == 0 {
		return 0, false
	}
	if now.Sub(time.Unix(s.Said, 0)) >= q.lasts {
		return 0, true
	}
	return max(0, q.most-len(s.Sent)), true
}

// heard notes a message of the customer, and returns false if that is no news. What has gone since it came counts, also if it is heard of
// only now. Of what has gone in the same second that is not known: it counts, but for one, so that the message can be answered; the
// platform has the last word then.
func (s *session) heard(q quota, second int64) bool {
	if second < s.Said || second == 0 {
		return false
	}
	s.Said = second
	s.Sent = slices.DeleteFunc(slices.Clone(s.Sent), func(at int64) bool { return at < second })
	s.Sent = s.Sent[max(0, len(s.Sent)-q.most+1):]
	return true
}

// spend notes that a message goes at a moment of the platform's clock.
func (s *session) spend(q quota, now time.Time) {
	s.Sent = append(slices.Clone(s.Sent), now.Unix()) // Others may read the old one.
	s.Sent = s.Sent[max(0, len(s.Sent)-q.most):]
}

// usedUp notes that the platform takes no more, whatever was counted.
func (s *session) usedUp(q quota, now time.Time) {
	s.Sent = slices.Repeat([]int64{now.Unix()}, q.most)
}

// refund takes back what was spent last.
func (s *session) refund() { s.Sent = slices.Clone(s.Sent[:max(0, len(s.Sent)-1)]) }

// codeFor returns the right to answer an event, nil if there is none any more.
func (s session) codeFor(message string, now time.Time) *code {
	if s.Code == nil || s.Code.For != message || s.Code.Until <= now.Unix() {
		return nil
	}
	return s.Code
}

// has tells whether a delivery, from its Progress on, is part of a message.
func (o *outbound) has(d *core.Delivery) bool {
	return o != nil && slices.ContainsFunc(o.Parts, func(p part) bool { return p.is(d) })
}

// is tells whether a part is that of a delivery from its Progress on.
func (p part) is(d *core.Delivery) bool {
	return p.Delivery == d.ID && p.Created == d.Created.UnixNano() && p.From == d.Progress
}
