package trace

import (
	"sync"

	"github.com/chuanhuabot/bot/sdk"
)

// responder notes what a step says.
type responder struct {
	sdk.Responder

	mu        sync.Mutex
	replies   int
	appending bool // A reply that is being written is counted once.
	on        Outcome
	content   sdk.Content
}

// Reply counts a reply that was taken.
func (r *responder) Reply(c sdk.Content) error {
	err := r.Responder.Reply(c)
	r.note(err, func() { r.replies, r.appending = r.replies+1, false })
	return err
}

// Append counts its pieces as one reply.
func (r *responder) Append(text string) error {
	err := r.Responder.Append(text)
	r.note(err, func() {
		if !r.appending {
			r.replies, r.appending = r.replies+1, true
		}
	})
	return err
}

// Pass notes that the next step sees the message.
func (r *responder) Pass() error {
	err := r.Responder.Pass()
	r.note(err, func() { r.on, r.content = Passed, nil })
	return err
}

// Forward notes that the next step sees another content.
func (r *responder) Forward(c sdk.Content) error {
	err := r.Responder.Forward(c)
	r.note(err, func() { r.on, r.content = Forwarded, c })
	return err
}

func (r *responder) note(err error, what func()) {
	if err != nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	what()
}

// step says what became of it.
func (r *responder) step(err error) Step {
	r.mu.Lock()
	defer r.mu.Unlock()
	s := Step{Replies: r.replies, Outcome: r.on, Content: r.content, Err: err}
	switch {
	case err != nil:
		s.Outcome = Failed
	case r.on == "" && r.replies > 0:
		s.Outcome = Replied
	case r.on == "":
		s.Outcome = Silent
	}
	return s
}
