package host

import (
	"errors"
	"sync"
	"sync/atomic"

	"github.com/chuanhuabot/bot/sdk"
)

// attempt is the Responder of one run of a turn. What a person or another system may have seen goes out at once, and
// makes a second run impossible. What only says how the message goes on holds when the run has ended well: a run whose
// process died leaves no trace in the next one.
type attempt struct {
	sdk.Responder
	said atomic.Bool

	mu   sync.Mutex
	held []func() error
}

// Reply goes out at once.
func (a *attempt) Reply(c sdk.Content) error {
	a.said.Store(true)
	return a.Responder.Reply(c)
}

// Append goes out at once.
func (a *attempt) Append(text string) error {
	a.said.Store(true)
	return a.Responder.Append(text)
}

// Handoff goes out at once.
func (a *attempt) Handoff(reason string) error {
	a.said.Store(true)
	return a.Responder.Handoff(reason)
}

// Pass holds at the end.
func (a *attempt) Pass() error { return a.hold(a.Responder.Pass) }

// Forward holds at the end.
func (a *attempt) Forward(c sdk.Content) error {
	return a.hold(func() error { return a.Responder.Forward(c) })
}

// Save holds at the end.
func (a *attempt) Save(state []byte) error {
	return a.hold(func() error { return a.Responder.Save(state) })
}

func (a *attempt) hold(do func() error) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.held = append(a.held, do)
	return nil
}

// end applies what was held back, in order.
func (a *attempt) end() error {
	a.mu.Lock()
	defer a.mu.Unlock()
	var err error
	for _, do := range a.held {
		err = errors.Join(err, do())
	}
	return err
}
