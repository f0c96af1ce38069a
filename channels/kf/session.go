package kf

import (
	"slices"
	"time"

	"github.com/chuanhuabot/bot/core"
	"github.com/chuanhuabot/bot/sdk"
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
	Left  int    `json:"left,omitempty"`  // How many messages the platform takes still,
	Until int64  `json:"until,omitempty"` // and up to which second. 0: nothing was sent yet.
	By    string `json:"by,omitempty"`    // The msgid that has opened this window, if something was sent before.

	State    int    `json:"state,omitempty"` // stateQueue or stateServicer; 0 for all others.
	Servicer string `json:"servicer,omitempty"`
	Checked  int64  `json:"checked,omitempty"` // In which second the platform said so.

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
	return s.Until < now.Unix() && s.State == 0 && (s.Code == nil || s.Code.Until < now.Unix()) && (s.Out == nil || now.Sub(s.Out.At) > outFor)
}

// human tells whether a person has the conversation, or is about to.
func (s session) human() bool { return s.State == stateQueue || s.State == stateServicer }

// left returns how many messages the platform takes for a delivery, as far as is known. The window in which the delivery was made may
// be a newer one than the one that was counted.
func (s session) left(w sdk.Window, now time.Time) (n int, known bool) {
	n, until := s.Left, s.Until
	if !w.Until.IsZero() && w.Until.Unix() > until {
		n, until = w.Left, w.Until.Unix()
	}
	if until == 0 {
		return 0, false
	}
	if until < now.Unix() {
		return 0, true
	}
	return n, true
}

// spend takes a message from the window in which a delivery was made, or from a newer one.
func (s *session) spend(w sdk.Window) {
	if !w.Until.IsZero() && w.Until.Unix() > s.Until {
		s.Left, s.Until = w.Left, w.Until.Unix()
	}
	s.Left = max(0, s.Left-1)
}

// renew notes the window that a message has opened, and returns false if that is no news. Several messages can open one in the same
// second.
func (s *session) renew(w sdk.Window, by string) bool {
	if until := w.Until.Unix(); until < s.Until || until == s.Until && s.By == by {
		return false
	}
	s.Left, s.Until, s.By = w.Left, w.Until.Unix(), by
	return true
}

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
