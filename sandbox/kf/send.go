package kf

import (
	"fmt"
	"time"

	"github.com/chuanhuabot/bot/sandbox/apihost"
	"github.com/chuanhuabot/bot/sandbox/transcript"
)

type sentAnswer struct {
	apihost.Done
	ID string `json:"msgid"`
}

// sendMsg shows a message to a customer within the session and its window. That it was accepted does not say that it was
// delivered: see msg_send_fail (page 94677).
func sendMsg(c *call) (any, *refusal) {
	var out outbound
	if refused := read(c, &out); refused != nil {
		return nil, refused
	}
	c.Person = out.To
	if out.To == "" {
		return nil, refuse(codeParameter)
	}
	a, refused := find(c, out.Account)
	if refused != nil {
		return nil, refused
	}
	return a.send(c, &out, a.spend)
}

// sendOnEvent shows a message that an event allows: a welcome, a word while the customer waits, a goodbye (page 95122). No
// page names the code for a wrong or used code.
func sendOnEvent(c *call) (any, *refusal) {
	var out outbound
	if refused := read(c, &out); refused != nil {
		return nil, refused
	}
	right, known := c.Owner.lookUp(out.Code)
	if !known || !c.Now.Before(right.until) {
		return nil, refuse(codeParameter)
	}
	a := right.account
	out.To, c.Account, c.Person = right.customer, a.id, right.customer
	if refused := a.granted(); refused != nil {
		return nil, refused
	}
	return a.send(c, &out, func(out *outbound, who *person, now time.Time) (int, *refusal) { return a.claim(out, who, right, now) })
}

// delivered is what there is of fail_type if nothing fails.
const delivered = -1

// send checks a message, lets allow decide over it, and shows it.
func (a *Account) send(c *call, out *outbound, allow func(*outbound, *person, time.Time) (int, *refusal)) (any, *refusal) {
	refused := out.check(a.corp)
	a.mu.Lock()
	defer a.mu.Unlock()
	fail := delivered
	if refused == nil {
		refused = a.admits(out)
	}
	if refused == nil {
		fail, refused = allow(out, a.person(out.To), c.Now)
	}
	e := transcript.Entry{Kind: transcript.Saw, Type: out.Kind, Text: out.words(), Detail: out.detail()}
	if refused != nil {
		if out.ID != nil {
			e.Message = *out.ID
		}
		e.Kind, e.Why = transcript.Note, fmt.Sprintf("refused with %d: %s", refused.Code, words(refused))
		a.note(out.To, e)
		return nil, refused
	}
	c.Message = a.accept(out)
	e.Message = c.Message
	if fail = a.failure(out.To, fail); fail != delivered {
		e.Kind, e.Why = transcript.Note, fmt.Sprintf("accepted, and not delivered: fail_type %d, %s", fail, failTypes[fail])
		a.failLater(out.To, c.Message, fail)
	}
	a.note(out.To, e)
	return sentAnswer{okay, c.Message}, nil
}

// admits refuses messages to strangers, and what was sent before. The caller holds mu.
func (a *Account) admits(out *outbound) *refusal {
	who, known := a.corp.knows(out.To)
	switch {
	case !known:
		return refuse(codeCustomer)
	case who.number > maxCustomers && a.corp.Settings().Kind == Unverified:
		return refuse(codeCustomers)
	case out.ID == nil:
		return nil
	}
	if _, repeated := a.sent.get(*out.ID); repeated {
		return &refusal{Code: a.rules().RepeatCode, Detail: "msgid was used before"}
	}
	return nil
}

// maxCustomers is how many customers a corp that is not verified may have in all.
const maxCustomers = 100

// accept returns the message's id, which is one of its own if the bot gave none. The caller holds mu.
func (a *Account) accept(out *outbound) string {
	id := a.corp.platform.newID("msgid_")
	if out.ID != nil {
		id = *out.ID
	}
	a.sent.put(id, true)
	return id
}

// spend uses up one of the messages of the window. It returns delivered or a fail_type. The caller holds mu.
func (a *Account) spend(_ *outbound, who *person, now time.Time) (int, *refusal) {
	code, fail := a.obstacle(who, now)
	switch {
	case code == 0:
		who.window.Left--
		if who.state == StateNew && a.rules().SendTakes {
			who.move(StateBot, "")
		}
		return delivered, nil
	case fail != delivered && a.rules().AsyncFailures:
		return fail, nil
	}
	return delivered, refuse(code)
}

// obstacle returns the code of what is in the way of a message, 0 for nothing, and the fail_type that may come in place of it.
func (a *Account) obstacle(who *person, now time.Time) (code, fail int) {
	over, closed := !now.Before(who.window.Until), who.state != StateNew && who.state != StateBot
	switch {
	case closed && (a.rules().StateFirst || !over):
		if who.state == StateEnded {
			return codeState, failClosed
		}
		return codeState, delivered // Nothing is documented for a session that a servicer has.
	case over:
		return codeWindow, failLate
	case who.window.Left <= 0:
		return codeUsedUp, failUsedUp
	}
	return 0, delivered
}

// claim uses up a code. The caller holds mu.
func (a *Account) claim(out *outbound, who *person, right *code, now time.Time) (int, *refusal) {
	switch {
	case out.Kind != "text" && (out.Kind != "msgmenu" || !right.occasion.menu):
		return delivered, refuse(codeMsgType)
	case right.occasion.bound && who.state != right.state:
		return delivered, refuse(codeState)
	case !a.corp.useUp(out.Code):
		return delivered, refuse(codeParameter)
	}
	if right.occasion == entered {
		who.welcomed = now
	}
	if a.rules().EventSendsCount && who.window.Left > 0 {
		who.window.Left--
	}
	return delivered, nil
}
