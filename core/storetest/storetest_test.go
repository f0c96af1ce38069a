package storetest_test

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/chuanhuabot/bot/core"
	"github.com/chuanhuabot/bot/core/memstore"
	"github.com/chuanhuabot/bot/core/storetest"
	"github.com/chuanhuabot/bot/sdk"
)

// broken is a store with one mistake.
type broken struct {
	core.Store
	mistake string
}

// mistakes are what the suite must find, and the test that must find it.
func mistakes() map[string]string {
	return map[string]string{
		"always fresh":            "Messages/fresh_once",
		"forgets finished":        "Messages/remembered_after_Finish",
		"one channel":             "Messages/a_message_belongs_to_its_channel",
		"newest first":            "Messages/in_the_order_kept",
		"ids end at NUL":          "Messages/odd_ids",
		"loses the state":         "Messages/every_field_and_kind",
		"ignores the context":     "Messages/context",
		"loses the reason":        "Deliveries/every_field_and_kind",
		"appends deliveries":      "Deliveries/in_place_of_the_earlier_one",
		"all states":              "Deliveries/by_state",
		"keeps deliveries":        "Deliveries/deleted",
		"refuses to delete":       "Deliveries/deleted",
		"nil for not found":       "Values/not_there",
		"last writer wins":        "Values/conflicts",
		"creates over others":     "Concurrent/one_Put_creates",
		"removes unconditionally": "Values/removal_is_compared_too",
		"nil is a value":          "Values/nil_removes",
		"ends at 4 KiB":           "Values/64_KiB",
		"starts empty":            "Reopen/after_a_clean_end",
		"starts empty, crash":     "Reopen/after_a_crash",
	}
}

// TestRun_FindsMistakes runs this binary once for each mistake, because a suite that fails fails its own test.
func TestRun_FindsMistakes(t *testing.T) {
	for mistake, where := range mistakes() {
		t.Run(mistake, func(t *testing.T) {
			t.Parallel()
			cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestBroken$", "-test.v")
			cmd.Env = append(os.Environ(), "STORETEST_MISTAKE="+mistake)
			out, err := cmd.CombinedOutput()
			var failed *exec.ExitError
			if !errors.As(err, &failed) {
				t.Fatalf("the suite passed (%v)", err)
			}
			if !strings.Contains(string(out), "--- FAIL: TestBroken/"+where) {
				t.Errorf("%s did not fail:\n%s", where, out)
			}
		})
	}
}

// TestBroken is the child's half of TestRun_FindsMistakes; without a mistake it shows that the wrapping is none.
func TestBroken(t *testing.T) {
	mistake := os.Getenv("STORETEST_MISTAKE")
	storetest.Run(t, func(*testing.T) storetest.Opened {
		s := &broken{memstore.New(), mistake}
		again := func(clean bool) func(*testing.T) core.Store {
			return func(*testing.T) core.Store {
				if mistake == "starts empty" && clean || mistake == "starts empty, crash" && !clean {
					return memstore.New()
				}
				return s
			}
		}
		return storetest.Opened{
			Store: s, Reopen: again(true), Crash: again(false), Peer: func(*testing.T) core.Store { return s },
		}
	})
}

func (b *broken) id(id string) string {
	if b.mistake == "ids end at NUL" {
		id, _, _ = strings.Cut(id, "\x00")
	}
	return id
}

func (b *broken) Keep(ctx context.Context, m *sdk.Message) (bool, error) {
	changed := *m
	changed.ID = b.id(m.ID)
	switch b.mistake {
	case "one channel":
		changed.Channel = "wx"
	case "loses the state":
		changed.State = nil
	case "ignores the context":
		ctx = context.WithoutCancel(ctx)
	}
	fresh, err := b.Store.Keep(ctx, &changed)
	return fresh || b.mistake == "always fresh" && err == nil, err
}

func (b *broken) Finish(ctx context.Context, channel, id string) error {
	if b.mistake != "forgets finished" {
		return b.Store.Finish(ctx, channel, b.id(id))
	}
	open, err := b.Unfinished(ctx)
	b.Store = memstore.New()
	for _, m := range open {
		if m.ID != id || m.Channel != channel {
			_, err = b.Keep(ctx, m)
		}
	}
	return err
}

func (b *broken) Unfinished(ctx context.Context) ([]*sdk.Message, error) {
	messages, err := b.Store.Unfinished(ctx)
	if b.mistake == "newest first" {
		slices.Reverse(messages)
	}
	return messages, err
}

func (b *broken) PutDelivery(ctx context.Context, d *core.Delivery) error {
	changed := *d
	switch b.mistake {
	case "loses the reason":
		changed.Reason = ""
	case "appends deliveries":
		changed.ID += d.Reason + string(d.Status)
	}
	return b.Store.PutDelivery(ctx, &changed)
}

func (b *broken) Deliveries(ctx context.Context, states ...core.Status) ([]*core.Delivery, error) {
	if b.mistake == "all states" {
		states = nil
	}
	return b.Store.Deliveries(ctx, states...)
}

func (b *broken) DeleteDelivery(ctx context.Context, id string) error {
	switch b.mistake {
	case "keeps deliveries":
		return nil
	case "refuses to delete":
		return core.ErrNotFound
	}
	return b.Store.DeleteDelivery(ctx, id)
}

func (b *broken) Get(ctx context.Context, key string) ([]byte, uint64, error) {
	value, revision, err := b.Store.Get(ctx, key)
	if b.mistake == "nil for not found" && errors.Is(err, core.ErrNotFound) {
		return nil, 0, nil
	}
	return value, revision, err
}

func (b *broken) Put(ctx context.Context, key string, value []byte, revision uint64) (uint64, error) {
	current, now, err := b.Store.Get(ctx, key)
	switch {
	case b.mistake == "last writer wins",
		b.mistake == "removes unconditionally" && value == nil,
		b.mistake == "creates over others" && err == nil && string(current) == "x":
		revision = now
	case b.mistake == "nil is a value" && value == nil:
		value = []byte{}
	case b.mistake == "ends at 4 KiB" && len(value) > 4096:
		value = value[:4096]
	}
	return b.Store.Put(ctx, key, value, revision)
}
