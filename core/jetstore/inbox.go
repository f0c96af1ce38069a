package jetstore

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/chuanhuabot/bot/core"
	"github.com/chuanhuabot/bot/sdk"
)

// A message is open, done, or for the moment between two writes both. At every moment from Keep until it is forgotten
// it is one of them at least. Each of these steps makes the last sequence number of the shard grow, and nothing makes
// it what it was before: so Keep looks, and stores only if that number is still the one from before it looked.

// busyWait is how long Keep waits for another write to the same shard whose end is open.
const busyWait = 2 * time.Millisecond

// Keep is that of core.Store.
func (s *Store) Keep(ctx context.Context, m *sdk.Message) (bool, error) {
	data, err := m.MarshalBinary()
	if err != nil {
		return false, fmt.Errorf("keep %q: %w", m.ID, err)
	}
	p := placeOf(m.Channel, m.ID)
	kept := make(chan bool, 1) // Also for nobody.
	err = s.messages.do(ctx, p.key, func(ctx context.Context) error {
		fresh, err := s.keepAtLast(ctx, p, data)
		kept <- fresh
		return err
	})
	if err != nil {
		return false, fmt.Errorf("keep %q: %w", m.ID, err)
	}
	return <-kept, nil
}

// keepAtLast tries until nothing else happens in the shard.
func (s *Store) keepAtLast(ctx context.Context, p place, data []byte) (bool, error) {
	fresh, err := s.keep(ctx, p, data)
	for errors.Is(err, core.ErrConflict) {
		if errors.Is(err, errBusy) {
			// The other one may still fail, and then this message would be nobody's.
			select {
			case <-ctx.Done():
			case <-time.After(busyWait):
			}
		}
		fresh, err = s.keep(ctx, p, data)
	}
	return fresh, err
}

// keep tries once, and returns core.ErrConflict if something else happened in the shard.
func (s *Store) keep(ctx context.Context, p place, data []byte) (bool, error) {
	last, err := s.inbox.last(ctx, p.any())
	if err != nil {
		return false, err
	}
	if last > 0 {
		known, err := s.known(ctx, p)
		if known || err != nil {
			return false, err
		}
	}
	_, err = s.inbox.publish(ctx, &nats.Msg{
		Subject: s.inbox.prefix + p.open(), Data: data,
		// The stream forgets by age. What is open must not be forgotten.
		Header: nats.Header{jetstream.MsgTTLHeader: {"never"}},
	}, jetstream.WithExpectLastSequenceForSubject(last, s.inbox.prefix+p.any()))
	return err == nil, err
}

// known tells whether a message is open or done.
func (s *Store) known(ctx context.Context, p place) (bool, error) {
	if list, _, err := s.finished(ctx, p); err != nil || list.has(p.mark) {
		return true, err
	}
	open, err := s.inbox.last(ctx, p.open())
	return open > 0, err
}

// finished returns the finished messages of a shard and the sequence number of that list, 0 for none.
func (s *Store) finished(ctx context.Context, p place) (finished, uint64, error) {
	entry, err := s.inbox.get(ctx, p.done())
	if errors.Is(err, core.ErrNotFound) {
		return nil, 0, nil
	}
	if err != nil {
		return nil, 0, err
	}
	return entry.Data, entry.Sequence, nil
}

// Finish is that of core.Store.
func (s *Store) Finish(ctx context.Context, channel, id string) error {
	p := placeOf(channel, id)
	err := s.messages.do(ctx, p.key, func(ctx context.Context) error {
		open, err := s.inbox.last(ctx, p.open())
		if err != nil || open == 0 {
			return err
		}
		if err := s.finish(ctx, p); err != nil {
			return err
		}
		// After a crash here Unfinished finds both, and removes what this did not.
		return s.close(ctx, p, open)
	})
	if err != nil {
		return fmt.Errorf("finish %q: %w", id, err)
	}
	return nil
}

// finish adds a message to what is remembered.
func (s *Store) finish(ctx context.Context, p place) error {
	for {
		list, seq, err := s.finished(ctx, p)
		if err != nil {
			return err
		}
		_, err = s.inbox.put(ctx, p.done(), list.add(p.mark, time.Now(), s.memory), seq)
		if !errors.Is(err, core.ErrConflict) {
			return err
		}
	}
}

// close removes the open entry of a message that is done.
func (s *Store) close(ctx context.Context, p place, seq uint64) error {
	err := s.inbox.remove(ctx, p.open(), seq)
	if errors.Is(err, core.ErrConflict) {
		return nil // Another Finish of it was faster.
	}
	return err
}

// Unfinished is that of core.Store. A message that this version cannot read stays stored, is logged and left out.
func (s *Store) Unfinished(ctx context.Context) ([]*sdk.Message, error) {
	var messages []*sdk.Message
	err := s.inbox.each(ctx, "*.open.*", func(entry *jetstream.RawStreamMsg) error {
		m := new(sdk.Message)
		if err := m.UnmarshalBinary(entry.Data); err != nil {
			s.log.Error("a stored message cannot be read", "sequence", entry.Sequence, "err", err)
			return nil
		}
		p := placeOf(m.Channel, m.ID)
		list, _, err := s.finished(ctx, p)
		if err != nil {
			return err
		}
		if list.has(p.mark) {
			return s.close(ctx, p, entry.Sequence)
		}
		messages = append(messages, m)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("list unfinished messages: %w", err)
	}
	return messages, nil
}
