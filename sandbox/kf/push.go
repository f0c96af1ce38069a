package kf

import (
	"context"
	"errors"

	"github.com/chuanhuabot/bot/sandbox/callback"
	"github.com/chuanhuabot/bot/sandbox/transcript"
)

// Push is something that a customer says or does, and the bell for it.
type Push struct {
	Customer string // The external_userid.
	Content  Inbound
	Fault    Fault // Of the bell.
	NoBell   bool  // It is in the log, and no bell rings for it.
}

// Fault is what goes wrong with one bell.
type Fault = callback.Fault

var (
	// ErrDeleted is returned for what somebody does with an account that was deleted.
	ErrDeleted = errors.New("the account was deleted")
	// ErrBlocked is returned for a message of a customer whose messages a servicer does not take.
	ErrBlocked = errors.New("a servicer has blocked the customer")
	// ErrNotTheirs is returned for the recall of a message that is not in the log, or of somebody else.
	ErrNotTheirs = errors.New("there is no such message of theirs")
)

// Say pushes what a customer says or does, without faults, and returns what came of the bell: see Push.
func (a *Account) Say(ctx context.Context, customer string, content Inbound) (*Outcome, error) {
	return a.Push(ctx, Push{Customer: customer, Content: content})
}

// Push puts what a customer says or does into the log, rings the bell, and returns what came of that when the last try is
// over. What the bot answers comes by calls of the API, before that or later, and is in the transcript. It blocks for up to
// three times five seconds of the platform's clock. A customer who was never heard of is known from now on. The error is
// ErrDeleted, ErrBlocked, ErrNotTheirs, that of ctx, or says what is not set; what the bot does wrong is not an error but
// in the Outcome.
func (a *Account) Push(ctx context.Context, push Push) (*Outcome, error) {
	p, err := a.Begin(push)
	if err != nil {
		return nil, err
	}
	return p.Deliver(ctx)
}

// Pending is something that is in the log and whose bell has not rung.
type Pending struct {
	account *Account
	bell    *bell // Nil if none rings.
	message string
	why     string // Why none rings.
}

// Begin does to the customer what the push says and puts it into the log, where bots can see it from now on. It does not
// block. For the error see Push.
func (a *Account) Begin(push Push) (*Pending, error) {
	p, err := a.prepare(push.Customer, push.Fault, push.NoBell || push.Content.refuses != nil)
	if err != nil {
		return nil, err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	in := a.passed(push.Content)
	if p.message, err = a.admit(push.Customer, in); err != nil {
		if p.bell != nil && push.Fault == (Fault{}) {
			a.corp.Faults.Back(p.bell.fault)
		}
		return nil, err
	}
	a.note(push.Customer, transcript.Entry{
		Kind: transcript.Said, Message: p.message, Type: in.kind(), Text: in.words(), Detail: in.detail(),
	})
	p.name()
	return p, nil
}

// prepare returns a pending bell, or the error of what is not set.
func (a *Account) prepare(customer string, fault Fault, silent bool) (*Pending, error) {
	p := &Pending{account: a}
	switch {
	case silent:
		p.why = "no bell rings for it"
		return p, nil
	case a.corp.Settings().URL == "":
		p.why = "the corp has no URL: no bell rings"
		return p, nil
	}
	var err error
	p.bell, err = a.newBell(customer, fault)
	return p, err
}

// name tells the bell which message it is for.
func (p *Pending) name() {
	if p.bell != nil {
		p.bell.message = p.message
	}
}

// admit changes the customer's state, and writes into the log. It returns the msgid. The caller holds mu.
func (a *Account) admit(customer string, in Inbound) (string, error) {
	if a.deleted {
		return "", ErrDeleted
	}
	who, now := a.meet(customer), a.now()
	switch {
	case in.refuses != nil:
		who.refuses = *in.refuses
		return a.corp.platform.newID("event-"), nil
	case in.Event == "user_recall_msg" && !a.isOf(in.get("recall_msgid"), fromCustomer, customer):
		return "", ErrNotTheirs
	case in.Type != event && who.blocked:
		return "", ErrBlocked
	}
	who.seen = now
	switch {
	case in.Event == "enter_session":
		in = in.entering(a.rules(), a.visit(customer, who, in, now))
	case in.Type != event:
		a.consult(who, in, now)
	}
	if in.Type == event {
		return a.write(in, fromPlatform, customer, ""), nil
	}
	return a.write(in, fromCustomer, customer, ""), nil
}

// isOf tells whether a message of the log is somebody's.
func (a *Account) isOf(message string, origin int, who string) bool {
	i, ok := a.log.find(message)
	return ok && i.origin == origin && (i.customer == who || i.servicer == who)
}

// Message is the msgid in the log.
func (p *Pending) Message() string { return p.message }

// Deliver rings the bell, and the duplicates beside its first try: see Account.Push. It must be called once.
func (p *Pending) Deliver(ctx context.Context) (*Outcome, error) {
	switch {
	case p.bell == nil:
		return &Outcome{Message: p.message, Why: p.why}, nil
	case p.account.silent():
		return &Outcome{Message: p.message, Why: "the app may not use the account: no bell rings"}, nil
	}
	return p.account.corp.ring(ctx, p.bell)
}

// silent tells whether the app hears nothing of the account.
func (a *Account) silent() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.ungranted || a.deleted
}
