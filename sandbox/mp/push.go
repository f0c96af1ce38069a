package mp

import (
	"context"
	"errors"
	"slices"
	"sync"

	"github.com/chuanhuabot/bot/sandbox/callback"
	"github.com/chuanhuabot/bot/sandbox/transcript"
)

// Push is one message or event on its way to the bot.
type Push struct {
	Person  string // The OpenID.
	Content Inbound
	Fault   Fault
}

// Fault is what goes wrong with one push.
type Fault = callback.Fault

// ErrNotFollowing is returned for a push of somebody who has left: they have to subscribe first.
var ErrNotFollowing = errors.New("the person does not follow the account")

// Say pushes what a person says or does, without faults, and returns what came of it: see Push.
func (a *Account) Say(ctx context.Context, openID string, content Inbound) (*Outcome, error) {
	return a.Push(ctx, Push{Person: openID, Content: content})
}

// Push sends a push, repeats it as the platform does, and returns what came of it when the last try is over; the transcript
// has it too. It blocks for up to three times five seconds of the platform's clock. A person who was never heard of follows
// the account from now on, without an event. The error is ErrNotFollowing, that of ctx, or says what is not set;
// what the bot does wrong is not an error but in the Outcome.
func (a *Account) Push(ctx context.Context, push Push) (*Outcome, error) {
	p, err := a.Begin(push)
	if err != nil {
		return nil, err
	}
	return p.Deliver(ctx)
}

// PushReversed numbers and dates the pushes in their order and sends them, one after the other, in the opposite one. It
// returns the outcomes in the order of the pushes.
func (a *Account) PushReversed(ctx context.Context, pushes ...Push) ([]*Outcome, error) {
	begun := make([]*Pending, len(pushes))
	for i, push := range pushes {
		var err error
		if begun[i], err = a.Begin(push); err != nil {
			return nil, err
		}
	}
	outcomes := make([]*Outcome, len(pushes))
	for i, p := range slices.Backward(begun) {
		var err error
		if outcomes[i], err = p.Deliver(ctx); err != nil {
			return nil, err
		}
	}
	return outcomes, nil
}

// Pending is a push that the person has made and the platform has not sent.
type Pending struct {
	account *Account
	request *request
}

// Begin does to the person what the push says, numbers and writes it. It does not block. For the error see Push.
func (a *Account) Begin(push Push) (*Pending, error) {
	var drawn Fault
	if push.Fault == (Fault{}) {
		drawn = a.Faults.Next()
		push.Fault = drawn
	}
	r, err := a.newRequest(push)
	if err == nil && !a.admit(push) {
		err = ErrNotFollowing
	}
	if err != nil {
		a.Faults.Back(drawn)
		return nil, err
	}
	a.note(push.Person, transcript.Entry{
		Kind: transcript.Said, Message: r.message, Type: push.Content.kind(), Text: push.Content.words(), Detail: push.Content.detail(),
	})
	return &Pending{a, r}, nil
}

// Message is what the transcript calls the push: the MsgId, or for an event a number that only the sandbox uses.
func (p *Pending) Message() string { return p.request.message }

// admit follows, unfollows and opens windows. It returns false for somebody who has left.
func (a *Account) admit(push Push) bool {
	now := a.platform.clock.Now()
	a.mu.Lock()
	defer a.mu.Unlock()
	who, known := a.people[push.Person]
	if !known {
		who = &person{following: true}
		a.people[push.Person] = who
	}
	if push.Content.Event == "subscribe" {
		who.following = true
	}
	if !who.following {
		return false
	}
	if push.Content.Event == "unsubscribe" {
		*who = person{}
		return true
	}
	if push.Content.Type != event {
		who.wrote = now
	}
	for _, template := range push.Content.consents() {
		if who.consents == nil {
			who.consents = map[string]int{}
		}
		who.consents[template]++
	}
	if i, w, ok := push.Content.opens(now); ok {
		who.windows[i] = w
	}
	return true
}

// Deliver sends the push, and the duplicates beside its first try: see Account.Push. It must be called once.
func (p *Pending) Deliver(ctx context.Context) (*Outcome, error) {
	r := p.request
	d := &delivery{account: p.account, request: r, out: &Outcome{Message: r.message, Request: r.body, Plain: r.plain}}
	var beside sync.WaitGroup
	d.out.Duplicates = make([]callback.Try, r.push.Fault.Duplicates)
	for i := range d.out.Duplicates {
		beside.Go(func() { d.out.Duplicates[i], _ = d.try(ctx, 0) })
	}
	err := d.run(ctx)
	beside.Wait()
	return d.out, err
}
