package core

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/chuanhuabot/bot/sdk"
)

// StatefulHandler is a Handler that can tell whether it wants Message.State. The answer may change while it starts.
type StatefulHandler interface {
	sdk.Handler
	Stateful() bool
}

// Stateful is a Handler that gives a plugin its state with each message and stores what the plugin saves, once its turn
// has ended without an error. It needs no locks, because a conversation has one turn at a time; where two bots share a
// store and one was quicker, the other's turn fails.
type Stateful struct {
	// Name is the plugin's name in bot.yaml: each plugin has a state of its own.
	Name    string
	Handler StatefulHandler
	Store   Store
}

var _ sdk.Handler = Stateful{}

// Handle loads, calls the plugin, and saves.
func (s Stateful) Handle(ctx context.Context, m *sdk.Message, r sdk.Responder) error {
	key := "state/" + s.Name + "/" + m.Channel + "/" + m.Conversation
	var revision uint64
	asks := s.Handler.Stateful()
	if asks {
		state, at, err := s.load(ctx, key)
		if err != nil {
			return err
		}
		copied := *m
		copied.State, m, revision = state, &copied, at
	}
	saved := &savingResponder{Responder: r}
	if err := s.Handler.Handle(ctx, m, saved); err != nil {
		return err
	}
	state, ok := saved.end()
	if !ok {
		return nil
	}
	if !asks { // What it overwrites, if anything, it has not seen.
		_, at, err := s.load(ctx, key)
		if err != nil {
			return err
		}
		revision = at
	}
	return s.save(ctx, key, state, revision)
}

func (s Stateful) load(ctx context.Context, key string) ([]byte, uint64, error) {
	state, revision, err := s.Store.Get(ctx, key)
	if errors.Is(err, ErrNotFound) {
		return nil, 0, nil
	}
	if err != nil {
		return nil, 0, fmt.Errorf("load state: %w", err)
	}
	return state, revision, nil
}

func (s Stateful) save(ctx context.Context, key string, state []byte, revision uint64) error {
	if len(state) == 0 {
		state = nil
		if revision == 0 {
			return nil
		}
	}
	if _, err := s.Store.Put(ctx, key, state, revision); err != nil {
		return fmt.Errorf("save state: %w", err)
	}
	return nil
}

// savingResponder keeps the state that a plugin saves until the turn has ended.
type savingResponder struct {
	sdk.Responder

	mu    sync.Mutex
	state []byte
	saved bool
	over  bool
}

// Save keeps a copy of state.
func (s *savingResponder) Save(state []byte) error {
	if len(state) > sdk.MaxState {
		return fmt.Errorf("save: %d bytes of state, more than the %d that are kept", len(state), sdk.MaxState)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.over {
		return sdk.ErrTurnOver
	}
	s.state, s.saved = append([]byte{}, state...), true
	return nil
}

func (s *savingResponder) end() (state []byte, saved bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.over = true
	return s.state, s.saved
}
