package storetest

import (
	"context"
	"fmt"
	"reflect"
	"testing"
	"time"

	"github.com/chuanhuabot/bot/core"
	"github.com/chuanhuabot/bot/sdk"
)

func mustKeep(t *testing.T, s core.Store, m *sdk.Message, want bool) {
	t.Helper()
	fresh, err := s.Keep(t.Context(), m)
	if err != nil || fresh != want {
		t.Fatalf("Keep(%q, %q) = %v, %v; want %v, nil", m.Channel, m.ID, fresh, err, want)
	}
}

func mustFinish(t *testing.T, s core.Store, channel, id string) {
	t.Helper()
	if err := s.Finish(t.Context(), channel, id); err != nil {
		t.Fatalf("Finish(%q, %q): %v", channel, id, err)
	}
}

func mustPutDelivery(t *testing.T, s core.Store, d *core.Delivery) {
	t.Helper()
	if err := s.PutDelivery(t.Context(), d); err != nil {
		t.Fatalf("PutDelivery(%q): %v", d.ID, err)
	}
}

func mustPut(t *testing.T, s core.Store, key string, value []byte, revision uint64) uint64 {
	t.Helper()
	next, err := s.Put(t.Context(), key, value, revision)
	if err != nil {
		t.Fatalf("Put(%q, revision %d): %v", key, revision, err)
	}
	return next
}

func wantUnfinished(t *testing.T, s core.Store, ids ...string) {
	t.Helper()
	messages, err := s.Unfinished(t.Context())
	if err != nil {
		t.Fatalf("Unfinished: %v", err)
	}
	got := []string{}
	for _, m := range messages {
		got = append(got, m.Channel+"/"+m.ID)
	}
	if want := append([]string{}, ids...); !reflect.DeepEqual(got, want) {
		t.Fatalf("Unfinished = %q, want %q", got, want)
	}
}

func wantDeliveries(t *testing.T, s core.Store, states []core.Status, ids ...string) {
	t.Helper()
	deliveries, err := s.Deliveries(t.Context(), states...)
	if err != nil {
		t.Fatalf("Deliveries(%v): %v", states, err)
	}
	got := []string{}
	for _, d := range deliveries {
		got = append(got, d.ID)
	}
	if want := append([]string{}, ids...); !reflect.DeepEqual(got, want) {
		t.Fatalf("Deliveries(%v) = %q, want %q", states, got, want)
	}
}

func wantValue(t *testing.T, s core.Store, key, want string, revision uint64) {
	t.Helper()
	value, got, err := s.Get(t.Context(), key)
	if err != nil || string(value) != want || got != revision {
		t.Fatalf("Get(%q) = %q, %d, %v; want %q, %d, nil", key, value, got, err, want, revision)
	}
}

// sameMessage compares all fields; times by the moment, whatever their zone.
func sameMessage(got, want *sdk.Message) error {
	g, w := *got, *want
	if err := sameTimes(&g.Time, &w.Time, &g.AnswerBy, &w.AnswerBy, &g.Window.Until, &w.Window.Until); err != nil {
		return err
	}
	return same(g, w)
}

// sameDelivery compares all fields; times by the moment, whatever their zone.
func sameDelivery(got, want *core.Delivery) error {
	g, w := *got, *want
	if err := sameTimes(&g.Created, &w.Created, &g.Next, &w.Next, &g.Window.Until, &w.Window.Until); err != nil {
		return err
	}
	return same(g, w)
}

func same[T any](got, want T) error {
	if !reflect.DeepEqual(got, want) {
		return fmt.Errorf("got %#v, want %#v", got, want)
	}
	return nil
}

// sameTimes compares pairs of times and clears them, so that what is left can be compared deeply.
func sameTimes(pairs ...*time.Time) error {
	for i := 0; i < len(pairs); i += 2 {
		got, want := pairs[i], pairs[i+1]
		if !got.Equal(*want) || got.IsZero() != want.IsZero() {
			return fmt.Errorf("got time %v, want %v", *got, *want)
		}
		*got, *want = time.Time{}, time.Time{}
	}
	return nil
}

// cancelled returns a context that has ended.
func cancelled(t *testing.T) context.Context {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	return ctx
}
