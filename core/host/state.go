package host

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/chuanhuabot/bot/sdk"
)

// State is where a plugin stands.
type State string

// The states of a plugin. In backoff it is started again soon, and turns wait for that. Degraded is the same for one that has ended too
// often: turns do not wait, so that what stands in for it can answer. Stopped is final. A failed one cannot work until somebody changes
// its configuration or its program.
const (
	Starting State = "starting"
	Ready    State = "ready"
	Backoff  State = "backoff"
	Degraded State = "degraded"
	Stopped  State = "stopped"
	Failed   State = "failed"
)

var (
	// ErrStopped is returned for a turn of a plugin that was told to stop.
	ErrStopped = errors.New("the plugin is stopped")
	// ErrDegraded is wrapped by the error for a turn of a plugin that ends too often.
	ErrDegraded = errors.New("the plugin ends too often, and is not started again at once")
)

// status is a State with what belongs to it, for many to wait on.
type status struct {
	mu      sync.Mutex
	state   State
	current *instance // Set while ready.
	err     error     // Why it is in backoff or failed.
	changed chan struct{}

	once     sync.Once
	started  chan struct{} // Closed when the first start has ended, well or not.
	startErr error         // How it went; readable once started is closed.
}

func newStatus() *status {
	return &status{state: Starting, changed: make(chan struct{}), started: make(chan struct{})}
}

// endStart notes how a start went; only the first one counts.
func (s *status) endStart(err error) {
	s.once.Do(func() {
		s.startErr = err
		close(s.started)
	})
}

func (s *status) set(state State, current *instance, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.state, s.current, s.err = state, current, err
	close(s.changed)
	s.changed = make(chan struct{})
}

func (s *status) get() (State, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.state, s.err
}

// wait returns the running instance as soon as there is one. It fails when there can be none, or when ctx ends; then the
// error says what the plugin was at.
func (s *status) wait(ctx context.Context) (*instance, error) {
	for {
		s.mu.Lock()
		state, current, err, changed := s.state, s.current, s.err, s.changed
		s.mu.Unlock()
		switch {
		case state == Stopped:
			return nil, ErrStopped
		case state == Failed:
			return nil, fmt.Errorf("the plugin cannot work: %w", err)
		case state == Degraded:
			return nil, fmt.Errorf("%w: %w", ErrDegraded, err)
		case current != nil && current.alive():
			return current, nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return nil, fmt.Errorf("the plugin is not ready (%s): %w", state, errors.Join(context.Cause(ctx), err))
		}
	}
}

// enter returns the running instance as soon as it has a place for a turn. Who is in must leave its entrance.
func (s *status) enter(ctx context.Context) (*instance, error) {
	for {
		i, err := s.wait(ctx)
		if err != nil {
			return nil, err
		}
		switch in, err := i.entrance.enter(ctx, i.remote.Lost()); {
		case err != nil:
			return nil, fmt.Errorf("the plugin has no place for one more turn: %w", err)
		case in:
			return i, nil
		}
	}
}

// first waits for the end of the first start and returns how it went.
func (s *status) first(ctx context.Context) error {
	select {
	case <-s.started:
		return s.startErr
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// permanent tells whether starting again is of no use: the configuration is wrong, or there is no such program, or it is
// no plugin.
func permanent(err error) bool {
	var problems sdk.Problems
	return errors.As(err, &problems) || errors.Is(err, errNoProgram) || errors.Is(err, errNoPlugin) || errors.Is(err, errPin)
}
