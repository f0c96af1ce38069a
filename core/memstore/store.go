// Package memstore is a core.Store in memory, for tests and for `bot chat`: it ends with its process.
package memstore

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/chuanhuabot/bot/core"
	"github.com/chuanhuabot/bot/sdk"
)

// Store keeps everything in memory. It holds to the whole contract of core.Store but for surviving the process, and it
// forgets a finished message after core.Memory. No goroutine belongs to it and it needs no end.
type Store struct {
	mu         sync.Mutex
	count      uint64 // of all that was stored: order and revisions
	known      map[messageKey]*kept
	forget     []finished // the oldest first
	deliveries map[string]*placed
	values     map[string]entry
}

type messageKey struct{ channel, id string }

// kept is a message in the wire's encoding, so that nobody shares memory with the store; data is nil once it is finished.
type kept struct {
	order uint64
	data  []byte
}

type finished struct {
	key messageKey
	at  time.Time
}

type placed struct {
	order    uint64
	delivery core.Delivery
}

type entry struct {
	value    []byte
	revision uint64
}

var _ core.Store = (*Store)(nil)

// New returns an empty store.
func New() *Store {
	return &Store{known: map[messageKey]*kept{}, deliveries: map[string]*placed{}, values: map[string]entry{}}
}

// Keep is that of core.Store.
func (s *Store) Keep(ctx context.Context, m *sdk.Message) (bool, error) {
	data, err := m.MarshalBinary()
	if err = cmp.Or(ctx.Err(), err); err != nil {
		return false, fmt.Errorf("keep %q: %w", m.ID, err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sweep()
	key := messageKey{m.Channel, m.ID}
	if s.known[key] != nil {
		return false, nil
	}
	s.known[key] = &kept{order: s.next(), data: data}
	return true, nil
}

// Finish is that of core.Store.
func (s *Store) Finish(ctx context.Context, channel, id string) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("finish %q: %w", id, err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sweep()
	key := messageKey{channel, id}
	if k := s.known[key]; k != nil && k.data != nil {
		k.data = nil
		s.forget = append(s.forget, finished{key, time.Now()})
	}
	return nil
}

// sweep forgets what was finished longer than core.Memory ago. The lock must be held.
func (s *Store) sweep() {
	for len(s.forget) > 0 && time.Since(s.forget[0].at) > core.Memory {
		delete(s.known, s.forget[0].key)
		s.forget = s.forget[1:]
	}
}

// Unfinished is that of core.Store.
func (s *Store) Unfinished(ctx context.Context) ([]*sdk.Message, error) {
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("list unfinished messages: %w", err)
	}
	s.mu.Lock()
	open := []*kept{}
	for _, k := range s.known {
		if k.data != nil {
			open = append(open, &kept{k.order, k.data})
		}
	}
	s.mu.Unlock()
	slices.SortFunc(open, func(a, b *kept) int { return cmp.Compare(a.order, b.order) })
	messages := make([]*sdk.Message, len(open))
	for i, k := range open {
		messages[i] = new(sdk.Message)
		if err := messages[i].UnmarshalBinary(k.data); err != nil {
			return nil, fmt.Errorf("list unfinished messages: %w", err)
		}
	}
	return messages, nil
}

// next counts what is stored. The lock must be held.
func (s *Store) next() uint64 {
	s.count++
	return s.count
}
