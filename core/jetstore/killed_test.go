package jetstore

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"testing"

	"github.com/chuanhuabot/bot/core"
	"github.com/chuanhuabot/bot/sdk"
)

// killedFolder is the variable that makes this program write to the folder it names, and kill itself.
const killedFolder = "JETSTORE_KILLED_FOLDER"

// writeAndDie replaces and removes entries of each kind, and ends as a killed process does.
func writeAndDie(dir string) error {
	ctx := context.Background()
	s, err := Open(ctx, Options{Dir: dir, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		return err
	}
	for i := range 20 {
		err = errors.Join(err, writeSome(ctx, s, i))
	}
	if err != nil {
		return err
	}
	self, err := os.FindProcess(os.Getpid())
	if err != nil {
		return err
	}
	return self.Kill()
}

// writeSome leaves, of everything it writes, what has an even number.
func writeSome(ctx context.Context, s *Store, i int) error {
	key, removed := fmt.Sprint("k", i), i%2 == 1
	d := &core.Delivery{ID: key, Content: sdk.Text{Text: "x"}, Status: core.StatusQueued}
	first := s.PutDelivery(ctx, d)
	d.Progress = 7
	err := errors.Join(first, s.PutDelivery(ctx, d))
	one, putErr := s.Put(ctx, key, []byte("one"), 0)
	two, replaceErr := s.Put(ctx, key, []byte("two"), one)
	_, keepErr := s.Keep(ctx, &sdk.Message{ID: key, Channel: "c", Content: sdk.Text{}})
	err = errors.Join(err, putErr, replaceErr, keepErr)
	if !removed {
		return err
	}
	_, removeErr := s.Put(ctx, key, nil, two)
	return errors.Join(err, removeErr, s.DeleteDelivery(ctx, key), s.Finish(ctx, "c", key))
}

// TestStore_KilledProcess holds that what was replaced or removed does not come back after kill -9: an answer that somebody has read
// would be read again.
func TestStore_KilledProcess(t *testing.T) {
	dir := t.TempDir()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), killedFolder+"="+dir)
	if out, err := cmd.CombinedOutput(); err == nil || len(out) > 0 {
		t.Fatalf("it was not killed: %s, %v", out, err)
	}
	s := mustOpen(t, Options{Dir: dir, Log: slog.New(slog.DiscardHandler)})
	deliveries, err := s.Deliveries(t.Context())
	if err != nil || len(deliveries) != 10 {
		t.Errorf("%d deliveries, %v; want 10", len(deliveries), err)
	}
	for _, d := range deliveries {
		if d.Progress != 7 {
			t.Errorf("%s is as it was first stored", d.ID)
		}
	}
	messages, err := s.Unfinished(t.Context())
	if err != nil || len(messages) != 10 {
		t.Errorf("%d messages, %v; want 10", len(messages), err)
	}
	for i := range 20 {
		value, _, err := s.Get(t.Context(), fmt.Sprint("k", i))
		if removed := i%2 == 1; errors.Is(err, core.ErrNotFound) != removed || !removed && string(value) != "two" {
			t.Errorf("value %d is %q, %v", i, value, err)
		}
	}
}

// TestBucket_RemoveTakesWhatACrashHasLeft is about a process that was killed between a write and the removal of what it replaced.
func TestBucket_RemoveTakesWhatACrashHasLeft(t *testing.T) {
	s := mustOpen(t, Options{Dir: t.TempDir()})
	ctx, b := t.Context(), s.values
	var last uint64
	for range 3 {
		seq, err := b.publish(ctx, natsMessage(b, "k"))
		if err != nil {
			t.Fatal(err)
		}
		last = seq
	}
	if err := b.remove(ctx, "k", last); err != nil {
		t.Fatal(err)
	}
	if n := entries(t, b); n != 0 {
		t.Errorf("%d entries are left", n)
	}
}
