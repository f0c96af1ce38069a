package jetstore

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/chuanhuabot/bot/core"
)

func keep(t *testing.T, s *Store, i int, want bool) {
	t.Helper()
	if fresh, err := s.Keep(t.Context(), benchMessage(i)); err != nil || fresh != want {
		t.Fatalf("Keep(%d) = %v, %v; want %v", i, fresh, err, want)
	}
}

func finish(t *testing.T, s *Store, i int) {
	t.Helper()
	if err := s.Finish(t.Context(), "work", fmt.Sprint("msg-", i)); err != nil {
		t.Fatalf("Finish(%d): %v", i, err)
	}
}

func wantOpen(t *testing.T, s *Store, want ...int) {
	t.Helper()
	messages, err := s.Unfinished(t.Context())
	got := []string{}
	for _, m := range messages {
		got = append(got, strings.TrimPrefix(m.ID, "msg-"))
	}
	if err != nil || strings.Join(got, " ") != strings.Trim(fmt.Sprint(want), "[]") {
		t.Fatalf("Unfinished = %v, %v; want %v", got, err, want)
	}
}

// entries returns how many entries a stream has: what it costs to remember.
func entries(t *testing.T, b *bucket) uint64 {
	t.Helper()
	info, err := b.stream.Info(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return info.State.Msgs
}

// eventually looks again and again: the server's clock cannot be turned.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); !ok(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%s: not within ten seconds", what)
		}
	}
}

func TestStore_ForgetsAfterMemory(t *testing.T) {
	s := mustOpen(t, Options{Dir: t.TempDir(), memory: 200 * time.Millisecond})
	keep(t, s, 1, true)
	keep(t, s, 2, true)
	finish(t, s, 1)
	keep(t, s, 1, false)
	eventually(t, "forgetting", func() bool { return entries(t, s.inbox) == 1 })
	keep(t, s, 1, true)
	// What is open does not age.
	keep(t, s, 2, false)
	wantOpen(t, s, 2, 1)
}

func TestStore_RemembersFromFinishOn(t *testing.T) {
	const memory = 300 * time.Millisecond
	s := mustOpen(t, Options{Dir: t.TempDir(), memory: memory})
	keep(t, s, 1, true)
	kept := time.Now()
	eventually(t, "waiting", func() bool { return time.Since(kept) > memory })
	finish(t, s, 1)
	keep(t, s, 1, false)
}

func TestStore_MemoryIsTheStreams(t *testing.T) {
	s := mustOpen(t, Options{Dir: t.TempDir()})
	if got := s.inbox.stream.CachedInfo().Config.MaxAge; got != core.Memory {
		t.Errorf("a finished message is remembered for %v, want %v", got, core.Memory)
	}
	if got := s.outbox.stream.CachedInfo().Config.MaxAge; got != core.DeliveryMemory {
		t.Errorf("a delivery is remembered for %v, want %v", got, core.DeliveryMemory)
	}
	if got := s.values.stream.CachedInfo().Config.MaxAge; got != 0 {
		t.Errorf("values are forgotten after %v, want never", got)
	}
}

// A crash between the two writes of Finish: the message is done, it is not answered again, and the rest goes away.
func TestStore_CrashWithinFinish(t *testing.T) {
	s := mustOpen(t, Options{Dir: t.TempDir()})
	for i := range 3 {
		keep(t, s, i, true)
	}
	p := placeOf("work", "msg-1")
	if err := s.finish(t.Context(), p); err != nil {
		t.Fatal(err)
	}
	keep(t, s, 1, false)
	wantOpen(t, s, 0, 2)
	if _, err := s.inbox.get(t.Context(), p.open()); !errors.Is(err, core.ErrNotFound) {
		t.Errorf("the open entry of a finished message: %v, want ErrNotFound", err)
	}
	keep(t, s, 1, false)
	finish(t, s, 1)
	keep(t, s, 1, false)
}

// The entry of a finished message holds nothing of the message.
func TestStore_FinishedCostsLittle(t *testing.T) {
	s := mustOpen(t, Options{Dir: t.TempDir()})
	m := benchMessage(1)
	m.State = make([]byte, 60<<10)
	if _, err := s.Keep(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	finish(t, s, 1)
	info, err := s.inbox.stream.Info(t.Context())
	if err != nil || info.State.Msgs != 1 || info.State.Bytes > 200 {
		t.Errorf("a finished message is %d entries, %d bytes, %v; want one, 200 at the most", info.State.Msgs, info.State.Bytes, err)
	}
}

// TestStore_RemovedLeavesNothing holds that what was removed takes no room, but for the word that a delivery has gone, which goes by itself.
func TestStore_RemovedLeavesNothing(t *testing.T) {
	s := mustOpen(t, Options{Dir: t.TempDir()})
	for range 10 {
		revision, err := s.Put(t.Context(), "k", []byte("v"), 0)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.Put(t.Context(), "k", nil, revision); err != nil {
			t.Fatal(err)
		}
		if err := benchDelivery(t, s); err != nil {
			t.Fatal(err)
		}
	}
	if values, deliveries := entries(t, s.values), entries(t, s.outbox); values != 0 || deliveries != 1 {
		t.Errorf("%d values and %d deliveries are left of what was removed", values, deliveries)
	}
}

func benchDelivery(t *testing.T, s *Store) error {
	d := &core.Delivery{ID: "d", Content: benchMessage(1).Content}
	return errors.Join(s.PutDelivery(t.Context(), d), s.PutDelivery(t.Context(), d), s.DeleteDelivery(t.Context(), "d"))
}

func TestStore_UnreadableMessage(t *testing.T) {
	var l logs
	s := mustOpen(t, Options{Dir: t.TempDir(), Log: l.logger()})
	keep(t, s, 1, true)
	if _, err := s.inbox.publish(t.Context(), &nats.Msg{
		Subject: s.inbox.prefix + placeOf("work", "new").open(), Data: []byte("of a later version"),
		Header: nats.Header{jetstream.MsgTTLHeader: {"never"}},
	}); err != nil {
		t.Fatal(err)
	}
	keep(t, s, 2, true)
	wantOpen(t, s, 1, 2)
	if !strings.Contains(l.String(), "cannot be read") {
		t.Error("the log does not say that a message was left out")
	}
	if got := entries(t, s.inbox); got != 3 {
		t.Errorf("%d messages are stored, want 3: a later version may read it", got)
	}
}
