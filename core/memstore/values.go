package memstore

import (
	"bytes"
	"context"
	"fmt"

	"github.com/chuanhuabot/bot/core"
)

// Get is that of core.Store.
func (s *Store) Get(ctx context.Context, key string) ([]byte, uint64, error) {
	if err := ctx.Err(); err != nil {
		return nil, 0, fmt.Errorf("get %q: %w", key, err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	e, ok := s.values[key]
	if !ok {
		return nil, 0, fmt.Errorf("get %q: %w", key, core.ErrNotFound)
	}
	return bytes.Clone(e.value), e.revision, nil
}

// Put is that of core.Store.
func (s *Store) Put(ctx context.Context, key string, value []byte, revision uint64) (uint64, error) {
	if err := ctx.Err(); err != nil {
		return 0, fmt.Errorf("put %q: %w", key, err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.values[key].revision != revision {
		return 0, fmt.Errorf("put %q: %w", key, core.ErrConflict)
	}
	if value == nil {
		delete(s.values, key)
		return 0, nil
	}
	e := entry{bytes.Clone(value), s.next()}
	s.values[key] = e
	return e.revision, nil
}
