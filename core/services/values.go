package services

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/chuanhuabot/bot/core"
	"github.com/chuanhuabot/bot/sdk"
)

// A plugin's values are entries of the store, and so is the list of their keys, in which a key is before its value is there and until it is
// gone: a crash in between leaves a key too many, and no value that is not on the list.

func (g *guest) valueKey(key string) string { return "kv/" + g.plugin + "/value/" + key }

func (g *guest) listKey() string { return "kv/" + g.plugin + "/keys" }

// Get reads a value.
func (g *guest) Get(ctx context.Context, key string) ([]byte, uint64, error) {
	p, err := g.may(ctx, GrantKV, "get")
	if err != nil {
		return nil, 0, err
	}
	value, revision, err := p.Store.Get(ctx, g.valueKey(key))
	if err != nil {
		return nil, 0, fmt.Errorf("value %q: %w", key, unwrapped(err))
	}
	return value, revision, nil
}

// Put writes one.
func (g *guest) Put(ctx context.Context, key string, value []byte, revision uint64) (uint64, error) {
	p, err := g.may(ctx, GrantKV, "put")
	if err != nil {
		return 0, err
	}
	if value == nil {
		value = []byte{} // None would remove it.
	}
	done, err := g.change(ctx)
	if err != nil {
		return 0, err
	}
	defer done()
	if err := g.changeList(ctx, p.Store, key, true); err != nil {
		return 0, err
	}
	next, err := g.put(ctx, p.Store, key, value, revision)
	if errors.Is(err, core.ErrConflict) {
		if _, _, gone := p.Store.Get(ctx, g.valueKey(key)); errors.Is(gone, core.ErrNotFound) {
			err = errors.Join(err, g.changeList(ctx, p.Store, key, false))
		}
	}
	return next, err
}

func (g *guest) put(ctx context.Context, store core.Store, key string, value []byte, revision uint64) (next uint64, err error) {
	for {
		at := revision
		if revision == sdk.AnyRevision {
			if _, at, err = store.Get(ctx, g.valueKey(key)); err != nil && !errors.Is(err, core.ErrNotFound) {
				return 0, fmt.Errorf("value %q: %w", key, unwrapped(err))
			}
		}
		next, err := store.Put(ctx, g.valueKey(key), value, at)
		switch {
		case err == nil:
			return next, nil
		case !errors.Is(err, core.ErrConflict) || revision != sdk.AnyRevision:
			return 0, fmt.Errorf("value %q: %w", key, unwrapped(err))
		}
	}
}

// Delete removes one.
func (g *guest) Delete(ctx context.Context, key string) error {
	p, err := g.may(ctx, GrantKV, "delete")
	if err != nil {
		return err
	}
	done, err := g.change(ctx)
	if err != nil {
		return err
	}
	defer done()
	for {
		_, at, err := p.Store.Get(ctx, g.valueKey(key))
		if err == nil {
			_, err = p.Store.Put(ctx, g.valueKey(key), nil, at)
		}
		switch {
		case err == nil, errors.Is(err, core.ErrNotFound):
			return g.changeList(ctx, p.Store, key, false)
		case !errors.Is(err, core.ErrConflict):
			return fmt.Errorf("value %q: %w", key, unwrapped(err))
		}
	}
}

// change lets one change of the plugin's values after the other happen: of a Put and a Delete at once, the list would have the wrong end.
func (g *guest) change(ctx context.Context) (done func(), err error) {
	select {
	case g.changing <- struct{}{}:
		return func() { <-g.changing }, nil
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

// Keys lists them.
func (g *guest) Keys(ctx context.Context, prefix string) ([]string, error) {
	p, err := g.may(ctx, GrantKV, "keys")
	if err != nil {
		return nil, err
	}
	keys, _, err := g.list(ctx, p.Store)
	return slices.DeleteFunc(keys, func(key string) bool { return !strings.HasPrefix(key, prefix) }), err
}

// list returns the keys, in order, and the revision of the list.
func (g *guest) list(ctx context.Context, store core.Store) ([]string, uint64, error) {
	data, revision, err := store.Get(ctx, g.listKey())
	if errors.Is(err, core.ErrNotFound) {
		return nil, 0, nil
	}
	var keys []string
	if err == nil {
		err = json.Unmarshal(data, &keys)
	}
	if err != nil {
		return nil, 0, fmt.Errorf("list the values: %w", err)
	}
	return keys, revision, nil
}

// changeList puts a key on the list or takes it off.
func (g *guest) changeList(ctx context.Context, store core.Store, key string, on bool) error {
	for {
		keys, revision, err := g.list(ctx, store)
		if err != nil {
			return err
		}
		i, is := slices.BinarySearch(keys, key)
		switch {
		case is == on:
			return nil
		case is:
			keys = slices.Delete(keys, i, i+1)
		case len(keys) >= sdk.MaxKeys:
			return fmt.Errorf("value %q: %w: %d", key, sdk.ErrFull, sdk.MaxKeys)
		default:
			keys = slices.Insert(keys, i, key)
		}
		data, err := json.Marshal(keys)
		if err != nil {
			return err
		}
		if _, err := store.Put(ctx, g.listKey(), data, revision); !errors.Is(err, core.ErrConflict) {
			return err
		}
	}
}

// unwrapped spares a plugin the store's own names.
func unwrapped(err error) error {
	for _, known := range []error{core.ErrNotFound, core.ErrConflict} {
		if errors.Is(err, known) {
			return known
		}
	}
	return err
}
