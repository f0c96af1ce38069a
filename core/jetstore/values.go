package jetstore

import (
	"context"
	"errors"
	"fmt"

	"github.com/chuanhuabot/bot/core"
)

// Get is that of core.Store.
func (s *Store) Get(ctx context.Context, key string) ([]byte, uint64, error) {
	entry, err := s.values.get(ctx, token(key))
	if err != nil {
		return nil, 0, fmt.Errorf("get %q: %w", key, err)
	}
	return entry.Data, entry.Sequence, nil
}

// Put is that of core.Store.
func (s *Store) Put(ctx context.Context, key string, value []byte, revision uint64) (uint64, error) {
	var next uint64
	var err error
	if value == nil {
		err = s.removeValue(ctx, token(key), revision)
	} else {
		next, err = s.values.put(ctx, token(key), value, revision)
	}
	if err != nil {
		return 0, fmt.Errorf("put %q: %w", key, err)
	}
	return next, nil
}

func (s *Store) removeValue(ctx context.Context, key string, revision uint64) error {
	entry, err := s.values.get(ctx, key)
	switch {
	case errors.Is(err, core.ErrNotFound) && revision == 0:
		return nil
	case errors.Is(err, core.ErrNotFound), err == nil && entry.Sequence != revision:
		return core.ErrConflict
	case err != nil:
		return err
	}
	// The number is this key's, and it is free to delete only as long as nobody stored another value.
	return s.values.remove(ctx, key, revision)
}
