// Package trace watches turns: which route took a message, which steps it went through, what each of them did with it and how
// long that took. Who does not ask for it does not pay for it: it stands between the parts of a bot as handlers.
package trace

import (
	"context"
	"sync"
	"time"

	"github.com/chuanhuabot/bot/core"
	"github.com/chuanhuabot/bot/sdk"
)

// Turn is one turn as it was.
type Turn struct {
	Message *sdk.Message
	Time    time.Time
	Took    time.Duration
	Route   int // The index of the route that took the message; -1 for none.
	Steps   []Step
	Err     error // What ended the chain before its end.
}

// Outcome says what a step did with a message.
type Outcome string

// The outcomes of a step.
const (
	Replied   Outcome = "replied"   // It answered, and the chain ended.
	Passed    Outcome = "passed"    // The next step sees the message as it is.
	Forwarded Outcome = "forwarded" // The next step sees it with another content.
	Silent    Outcome = "silent"    // The chain ended without an answer.
	Failed    Outcome = "failed"    // An error ended the chain.
)

// Step is one step's part in a turn.
type Step struct {
	Name    string
	Took    time.Duration
	Outcome Outcome
	Replies int
	Content sdk.Content // What it forwarded, or nil.
	Err     error
}

// Recorder tells of turns. The handlers that it makes are safe for concurrent use.
type Recorder struct {
	// Tell gets every turn when it is over. It is called from the turn's goroutine and must not block.
	Tell func(Turn)
}

// running is where a turn's steps are gathered.
type running struct {
	mu    sync.Mutex
	steps []Step
}

type runningKey struct{}

// Router returns a Handler that is r and tells of each turn.
func (rec *Recorder) Router(r *core.Router) sdk.Handler {
	return sdk.HandlerFunc(func(ctx context.Context, m *sdk.Message, to sdk.Responder) error {
		now := &running{}
		began := time.Now()
		err := r.Handle(context.WithValue(ctx, runningKey{}, now), m, to)
		now.mu.Lock()
		defer now.mu.Unlock()
		rec.Tell(Turn{Message: m, Time: began, Took: time.Since(began), Route: r.RouteOf(m), Steps: now.steps, Err: err})
		return err
	})
}

// Step returns a Handler that is h and is told of as a step of that name. Outside a turn of a Router of the recorder it is
// just h.
func (rec *Recorder) Step(name string, h sdk.Handler) sdk.Handler {
	return sdk.HandlerFunc(func(ctx context.Context, m *sdk.Message, to sdk.Responder) error {
		now, ok := ctx.Value(runningKey{}).(*running)
		if !ok {
			return h.Handle(ctx, m, to)
		}
		watched := &responder{Responder: to}
		began := time.Now()
		err := h.Handle(ctx, m, watched)
		step := watched.step(err)
		step.Name, step.Took = name, time.Since(began)
		now.mu.Lock()
		defer now.mu.Unlock()
		now.steps = append(now.steps, step)
		return err
	})
}
