package core

import (
	"fmt"
	"strings"
	"sync"

	"github.com/chuanhuabot/bot/sdk"
)

// stepResponder is what one step of a chain answers with: it remembers whether the message goes on, and gathers text that
// is appended into one reply.
type stepResponder struct {
	sdk.Responder

	mu      sync.Mutex
	written strings.Builder
	on      bool
	content sdk.Content
	over    bool
}

// Reply ends the reply that is being written and sends c.
func (s *stepResponder) Reply(c sdk.Content) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.over {
		return sdk.ErrTurnOver
	}
	if err := s.flush(); err != nil {
		return err
	}
	return s.Responder.Reply(c)
}

// Append adds text to the reply that is being written.
func (s *stepResponder) Append(text string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.over {
		return sdk.ErrTurnOver
	}
	if s.written.Len()+len(text) > sdk.MaxContent {
		return fmt.Errorf("append: more than the %d bytes that one message may have", sdk.MaxContent)
	}
	s.written.WriteString(text)
	return nil
}

// Pass lets the message go on.
func (s *stepResponder) Pass() error { return s.goOn(nil) }

// Forward lets the message go on with c.
func (s *stepResponder) Forward(c sdk.Content) error {
	if c == nil {
		return sdk.ErrNoContent
	}
	return s.goOn(c)
}

func (s *stepResponder) goOn(c sdk.Content) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.over {
		return sdk.ErrTurnOver
	}
	s.on, s.content = true, c
	return nil
}

// end closes the responder and says how the message goes on. Text that was written is sent in any case, so that a step
// that fails in the middle of a reply does not take back what the person could already have seen.
func (s *stepResponder) end() (content sdk.Content, on bool, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.over = true
	return s.content, s.on, s.flush()
}

func (s *stepResponder) flush() error {
	if s.written.Len() == 0 {
		return nil
	}
	text := s.written.String()
	s.written.Reset()
	return s.Responder.Reply(sdk.Text{Text: text})
}
