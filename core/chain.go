package core

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/chuanhuabot/bot/sdk"
)

// Step is one handler of a chain.
type Step struct {
	// Name is the plugin's name in bot.yaml.
	Name    string
	Handler sdk.Handler
	// Timeout bounds one turn of the step, beside the time that its channel takes for its replies. 0: only the turn's own
	// context does.
	Timeout time.Duration
}

// Chain is a Handler that shows a message to its steps in order, until one neither passes nor forwards it. A chain whose
// last step passes or forwards does so itself. An error of a step ends the chain.
type Chain []Step

var _ sdk.Handler = Chain(nil)

// Handle runs the steps.
func (c Chain) Handle(ctx context.Context, m *sdk.Message, r sdk.Responder) error {
	current := m
	for _, s := range c {
		next, err := s.handle(ctx, current, r)
		if err != nil {
			return fmt.Errorf("%s: %w", s.Name, err)
		}
		if next == nil {
			return nil
		}
		current = next
	}
	if current != m {
		return r.Forward(current.Content)
	}
	return r.Pass()
}

// String names the steps in order, as logs show them.
func (c Chain) String() string {
	names := make([]string, len(c))
	for i, s := range c {
		names[i] = s.Name
	}
	return strings.Join(names, " > ")
}

// handle runs one step and returns the message that the next one is to see, or nil for none.
func (s Step) handle(ctx context.Context, m *sdk.Message, r sdk.Responder) (*sdk.Message, error) {
	if s.Timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeoutCause(ctx, s.Timeout, fmt.Errorf("no end of the turn within %s", s.Timeout))
		defer cancel()
	}
	to := &stepResponder{Responder: r}
	err := s.Handler.Handle(ctx, m, to)
	content, on, flushed := to.end()
	switch {
	case err != nil:
		return nil, err
	case flushed != nil:
		return nil, flushed
	case !on:
		return nil, nil
	case content != nil:
		noteHeard(ctx, content)
		return m.WithContent(content), nil
	default:
		return m, nil
	}
}
