package kf

import (
	"context"
	"fmt"

	"github.com/chuanhuabot/bot/sandbox/clock"
	"github.com/chuanhuabot/bot/sandbox/transcript"
)

// The values of fail_type that come by themselves (page 94670).
const (
	failLate    = 4
	failClosed  = 5
	failUsedUp  = 6
	failRefused = 10
)

// failTypes says what each fail_type means (page 94670).
var failTypes = map[int]string{
	0: "unknown", 1: "the account was deleted", 2: "the app was closed", failLate: "the session is older than 48 hours",
	failClosed: "the session has ended", failUsedUp: "more than five messages", 7: "no channel is bound", 8: "the corp is not verified",
	9: "no channel is bound, and the corp is not verified", failRefused: "the customer refuses messages",
	11: "no member has logged in", 12: "a component forbids the type", 13: "a security restriction",
}

// FailNextSend lets the next message that the API accepts not be delivered: a msg_send_fail with the given fail_type, from 0
// to 13, says so later. Several wait for their messages in their order.
func (a *Account) FailNextSend(failType int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.failing = append(a.failing, failType)
}

// failure returns what becomes of a message that was accepted: the fail_type that it has already, or delivered or another one.
// The caller holds mu.
func (a *Account) failure(customer string, fail int) int {
	switch {
	case fail != delivered:
		return fail
	case len(a.failing) > 0:
		fail = a.failing[0]
		a.failing = a.failing[1:]
		return fail
	case a.person(customer).refuses:
		return failRefused
	}
	return delivered
}

// failLater says some time later in the log that a message was not delivered.
func (a *Account) failLater(customer, message string, fail int) {
	p := a.corp.platform
	p.later(func(ctx context.Context) {
		if clock.Sleep(ctx, p.clock, p.Rules().FailAfter) != nil {
			return
		}
		if err := a.reportFailure(ctx, customer, message, fail); err != nil && ctx.Err() == nil {
			p.log.Warn("no bell rings for a msg_send_fail", "account", a.id, "message", message, "err", err)
		}
	})
}

func (a *Account) reportFailure(ctx context.Context, customer, message string, fail int) error {
	p, err := a.happen(customer, func() (happening, error) {
		return happening{
			in:  Event("msg_send_fail", map[string]any{"fail_msgid": message, "fail_type": fail}),
			why: fmt.Sprintf("%s was not delivered: fail_type %d, %s", message, fail, failTypes[fail]),
		}, nil
	})
	if err != nil {
		return err
	}
	_, err = p.Deliver(ctx)
	return err
}

// happening is an event that is not of the customer's making.
type happening struct {
	in       Inbound
	servicer string // Who did it.
	why      string
	nobody   bool // It is about no customer.
}

// happen does what do says and logs what it returns. do is called with the mutex held.
func (a *Account) happen(customer string, do func() (happening, error)) (*Pending, error) {
	p, err := a.prepare(customer, Fault{}, false)
	if err != nil {
		return nil, err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.deleted {
		return nil, ErrDeleted
	}
	h, err := do()
	if err != nil {
		return nil, err
	}
	a.tell(p, customer, h)
	return p, nil
}

// tell logs an event and notes it. The caller holds mu.
func (a *Account) tell(p *Pending, customer string, h happening) {
	about := customer
	if h.nobody {
		about = ""
	}
	p.message = a.write(h.in, fromPlatform, about, "")
	p.name()
	e := transcript.Entry{Kind: transcript.Note, Message: p.message, Type: h.in.Event, Why: h.why}
	if h.servicer != "" {
		e.Detail = &transcript.Detail{Servicer: h.servicer}
	}
	a.note(about, e)
}
