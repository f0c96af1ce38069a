package state

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/chuanhuabot/bot/sdk"
)

// Values are a plugin's own values of one type, kept by its Host under keys with one prefix. bot.yaml has to grant it kv. The methods
// block for the bot and end with ctx; their errors are those of sdk.Host, and of a value that is no T. Values is safe for concurrent use.
type Values[T any] struct {
	host   sdk.Host
	prefix string
}

// NewValues returns the values of h whose keys begin with prefix, such as "user/". The methods of Values take and return keys without it.
func NewValues[T any](h sdk.Host, prefix string) Values[T] { return Values[T]{host: h, prefix: prefix} }

// Get returns a value, or sdk.ErrNotFound.
func (s Values[T]) Get(ctx context.Context, key string) (T, error) {
	v, _, err := s.get(ctx, key)
	return v, err
}

func (s Values[T]) get(ctx context.Context, key string) (v T, revision uint64, err error) {
	var none T
	data, revision, err := s.host.Get(ctx, s.prefix+key)
	if err != nil {
		return none, 0, err
	}
	if err := json.Unmarshal(data, &v); err != nil {
		return none, 0, fmt.Errorf("value %s%s: %w", s.prefix, key, err)
	}
	return v, revision, nil
}

// Put writes a value, whatever is there. As JSON it has at most sdk.MaxValue bytes.
func (s Values[T]) Put(ctx context.Context, key string, v T) error {
	return s.put(ctx, key, v, sdk.AnyRevision)
}

func (s Values[T]) put(ctx context.Context, key string, v T, revision uint64) error {
	data, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("value %s%s: %w", s.prefix, key, err)
	}
	_, err = s.host.Put(ctx, s.prefix+key, data, revision)
	return err
}

// How often Update tries, and how long it waits after the first time; it is up to twice as long after each other one.
const (
	updateTries = 10
	updateWait  = 2 * time.Millisecond
)

// Update reads a value, lets change change it, and writes it: all of it again if somebody else has written it meanwhile, so change may be called
// several times. A value that is not there is the zero value. It returns what it has written; an error of change is returned as it is and
// nothing is written. It gives up after some tries, with sdk.ErrConflict.
func (s Values[T]) Update(ctx context.Context, key string, change func(*T) error) (T, error) {
	var none T
	for try := 1; ; try++ {
		v, revision, err := s.get(ctx, key)
		if err != nil && !errors.Is(err, sdk.ErrNotFound) {
			return none, err
		}
		if err := change(&v); err != nil {
			return none, err
		}
		err = s.put(ctx, key, v, revision)
		if err == nil {
			return v, nil
		}
		if try == updateTries || !errors.Is(err, sdk.ErrConflict) {
			return none, err
		}
		if err := pause(ctx, try); err != nil {
			return none, err
		}
	}
}

// pause waits for a random time: those who were in each other's way are not to meet again.
func pause(ctx context.Context, try int) error {
	t := time.NewTimer(rand.N(updateWait << try))
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// Delete removes a value. Removing what is not there is no error.
func (s Values[T]) Delete(ctx context.Context, key string) error {
	return s.host.Delete(ctx, s.prefix+key)
}

// Keys returns the keys there are, in the order of their bytes.
func (s Values[T]) Keys(ctx context.Context) ([]string, error) {
	keys, err := s.host.Keys(ctx, s.prefix)
	for i, key := range keys {
		keys[i] = strings.TrimPrefix(key, s.prefix)
	}
	return keys, err
}
