package memstore

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/chuanhuabot/bot/core"
	"github.com/chuanhuabot/bot/sdk"
)

// PutDelivery is that of core.Store.
func (s *Store) PutDelivery(ctx context.Context, d *core.Delivery) error {
	c, err := copyContent(d.Content)
	if err = cmp.Or(ctx.Err(), err); err != nil {
		return fmt.Errorf("put delivery %q: %w", d.ID, err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.deliveries[d.ID]
	if p == nil {
		p = &placed{order: s.next()}
		s.deliveries[d.ID] = p
	}
	p.delivery = *d
	p.delivery.Content = c
	return nil
}

// copyContent shares no memory with c, and refuses what a durable store could not keep either.
func copyContent(c sdk.Content) (sdk.Content, error) {
	data, err := sdk.MarshalContent(c)
	if err != nil {
		return nil, err
	}
	return sdk.UnmarshalContent(data)
}

// Deliveries is that of core.Store.
func (s *Store) Deliveries(ctx context.Context, states ...core.Status) ([]*core.Delivery, error) {
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("list deliveries: %w", err)
	}
	s.mu.Lock()
	found := []placed{}
	for _, p := range s.deliveries {
		if len(states) == 0 || slices.Contains(states, p.delivery.Status) {
			found = append(found, *p)
		}
	}
	s.mu.Unlock()
	slices.SortFunc(found, func(a, b placed) int {
		return cmp.Or(a.delivery.Created.Compare(b.delivery.Created), cmp.Compare(a.order, b.order))
	})
	deliveries := make([]*core.Delivery, len(found))
	for i := range found {
		deliveries[i] = &found[i].delivery
	}
	return deliveries, nil
}

// DeleteDelivery is that of core.Store.
func (s *Store) DeleteDelivery(ctx context.Context, id string) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("delete delivery %q: %w", id, err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.deliveries, id)
	return nil
}
