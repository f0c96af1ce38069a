package jetstore

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/chuanhuabot/bot/core"
)

// firstHeader says in which place a delivery was first stored: its entry moves with each change.
const firstHeader = "Bot-First"

// PutDelivery is that of core.Store.
func (s *Store) PutDelivery(ctx context.Context, d *core.Delivery) error {
	data, err := encodeDelivery(d)
	if err != nil {
		return fmt.Errorf("put delivery %q: %w", d.ID, err)
	}
	key := token(d.ID)
	err = s.deliveries.do(ctx, key, func(ctx context.Context) error {
		// Most are new, and a new one costs one question less. Whoever loses the race looks at what won it.
		_, err := s.outbox.put(ctx, key, data, 0)
		for errors.Is(err, core.ErrConflict) {
			err = s.replaceDelivery(ctx, key, data)
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("put delivery %q: %w", d.ID, err)
	}
	return nil
}

func (s *Store) replaceDelivery(ctx context.Context, key string, data []byte) error {
	entry, err := s.outbox.get(ctx, key)
	if errors.Is(err, core.ErrNotFound) {
		_, err = s.outbox.put(ctx, key, data, 0)
		return err
	}
	if err != nil {
		return err
	}
	m := &nats.Msg{Subject: s.outbox.prefix + key, Data: data}
	if !isGone(entry) {
		m.Header = nats.Header{firstHeader: {strconv.FormatUint(first(entry), 10)}}
	}
	_, err = s.outbox.replace(ctx, m, entry.Sequence)
	return err
}

// first returns the sequence number with which a delivery was first stored.
func first(entry *jetstream.RawStreamMsg) uint64 {
	if n, err := strconv.ParseUint(entry.Header.Get(firstHeader), 10, 64); err == nil {
		return n
	}
	return entry.Sequence
}

// Deliveries is that of core.Store. A delivery that this version cannot read stays stored, is logged and left out.
func (s *Store) Deliveries(ctx context.Context, states ...core.Status) ([]*core.Delivery, error) {
	found := map[uint64]*core.Delivery{}
	var back []*jetstream.RawStreamMsg
	err := s.outbox.each(ctx, "*", func(entry *jetstream.RawStreamMsg) error {
		if isGone(entry) {
			if found[first(entry)] != nil {
				back = append(back, entry)
			}
			delete(found, first(entry))
			return nil
		}
		d, err := decodeDelivery(entry.Data)
		if err != nil {
			s.log.Error("a stored delivery cannot be read", "stream_sequence", entry.Sequence, "err", err)
			return nil
		}
		// One that changes while the list is read may come twice. The newer entry comes later.
		found[first(entry)] = d
		return nil
	})
	if err == nil {
		err = s.buryAgain(ctx, back)
	}
	if err != nil {
		return nil, fmt.Errorf("list deliveries: %w", err)
	}
	deliveries := make([]*core.Delivery, 0, len(found))
	for _, place := range slices.Sorted(maps.Keys(found)) {
		if d := found[place]; len(states) == 0 || slices.Contains(states, d.Status) {
			deliveries = append(deliveries, d)
		}
	}
	slices.SortStableFunc(deliveries, func(a, b *core.Delivery) int { return a.Created.Compare(b.Created) })
	return deliveries, nil
}

// DeleteDelivery is that of core.Store.
func (s *Store) DeleteDelivery(ctx context.Context, id string) error {
	key := token(id)
	err := s.deliveries.do(ctx, key, func(ctx context.Context) error { return s.deleteDelivery(ctx, key) })
	if err != nil {
		return fmt.Errorf("delete delivery %q: %w", id, err)
	}
	return nil
}

func (s *Store) deleteDelivery(ctx context.Context, key string) error {
	for {
		entry, err := s.outbox.get(ctx, key)
		if errors.Is(err, core.ErrNotFound) {
			return nil
		}
		if err != nil || isGone(entry) {
			return err
		}
		// If it was changed meanwhile, remove that one.
		if err := s.bury(ctx, key, entry); !errors.Is(err, core.ErrConflict) {
			return err
		}
	}
}
