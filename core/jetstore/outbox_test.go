package jetstore

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/chuanhuabot/bot/core"
	"github.com/chuanhuabot/bot/sdk"
)

// The names of a stored delivery are for ever: an update must find what waits for its next try.
const storedGolden = `{"id":"d","channel":"wx","account":"gh_1","conversation":"gh_1/o","recipient":"o","in_reply_to":"m",` +
	`"content":"CgQKAmhp","created":"2026-01-02T03:04:05.006Z","status":"retry","reason":"45009","attempts":2,` +
	`"next":"2026-01-02T03:05:05.006Z"}`

func golden() *core.Delivery {
	created := time.Date(2026, 1, 2, 3, 4, 5, 6_000_000, time.UTC)
	return &core.Delivery{
		ID: "d", Channel: "wx", Account: "gh_1", Conversation: "gh_1/o", Recipient: "o", InReplyTo: "m",
		Content: sdk.Text{Text: "hi"}, Created: created, Status: core.StatusRetry, Reason: "45009", Attempts: 2,
		Next: created.Add(time.Minute),
	}
}

func TestDelivery_Golden(t *testing.T) {
	data, err := encodeDelivery(golden())
	if err != nil || string(data) != storedGolden {
		t.Errorf("encodeDelivery = %s, %v; want %s", data, err, storedGolden)
	}
	got, err := decodeDelivery([]byte(storedGolden))
	if err != nil || *got != *golden() {
		t.Errorf("decodeDelivery = %+v, %v; want %+v", got, err, golden())
	}
}

func TestDecodeDelivery_Errors(t *testing.T) {
	for name, data := range map[string]string{
		"empty": "", "not JSON": "{", "wrong type": `{"id":1}`, "no content": `{"id":"d"}`,
		"content of a later version": `{"id":"d","content":"+gYA"}`, "content broken": `{"id":"d","content":"Cg=="}`,
	} {
		t.Run(name, func(t *testing.T) {
			if d, err := decodeDelivery([]byte(data)); err == nil {
				t.Errorf("decodeDelivery = %+v, want an error", d)
			}
		})
	}
	if d, err := decodeDelivery([]byte(strings.Replace(storedGolden, "{", `{"later":true,`, 1))); err != nil || d.ID != "d" {
		t.Errorf("a field of a later version: %v", err)
	}
}

func TestStore_UnreadableDelivery(t *testing.T) {
	var l logs
	s := mustOpen(t, Options{Dir: t.TempDir(), Log: l.logger()})
	if err := s.PutDelivery(t.Context(), golden()); err != nil {
		t.Fatal(err)
	}
	if _, err := s.outbox.put(t.Context(), token("new"), []byte("of a later version"), 0); err != nil {
		t.Fatal(err)
	}
	got, err := s.Deliveries(t.Context())
	if err != nil || len(got) != 1 || got[0].ID != "d" {
		t.Errorf("Deliveries = %v, %v; want the one that can be read", got, err)
	}
	if !strings.Contains(l.String(), "cannot be read") || entries(t, s.outbox) != 2 {
		t.Error("what cannot be read must be in the log and stay stored")
	}
}

// A delivery that goes away, or that somebody else stores, between the look and the write.
func TestStore_ReplaceDelivery(t *testing.T) {
	s := mustOpen(t, Options{Dir: t.TempDir()})
	if err := s.replaceDelivery(t.Context(), token("d"), []byte(storedGolden)); err != nil {
		t.Errorf("replacing what has gone: %v", err)
	}
	entry, err := s.outbox.get(t.Context(), token("d"))
	if err != nil || first(entry) != entry.Sequence {
		t.Errorf("stored first at %d, want %d, %v", first(entry), entry.Sequence, err)
	}
}

func TestBucket_Remove(t *testing.T) {
	s := mustOpen(t, Options{Dir: t.TempDir()})
	ctx, b := t.Context(), s.values
	one, err := b.put(ctx, "k", []byte("1"), 0)
	if err != nil {
		t.Fatal(err)
	}
	two, err := b.put(ctx, "k", []byte("2"), one)
	if err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct {
		name string
		seq  uint64
		want error
	}{
		{"an older one", one, core.ErrConflict}, {"the last one", two, nil}, {"twice", two, core.ErrConflict},
	} {
		if err := b.remove(ctx, "k", step.seq); !errors.Is(err, step.want) {
			t.Errorf("remove %s: %v, want %v", step.name, err, step.want)
		}
	}
}

// What is too large is an error that says so, and not a lost connection.
func TestStore_TooLarge(t *testing.T) {
	s := mustOpen(t, Options{Dir: t.TempDir()})
	if _, err := s.Put(t.Context(), "k", make([]byte, 9<<20), 0); !errors.Is(err, nats.ErrMaxPayload) {
		t.Errorf("Put of 9 MiB: %v, want ErrMaxPayload", err)
	}
	if _, err := s.Put(t.Context(), "k", make([]byte, 512<<10), 0); err != nil {
		t.Errorf("Put of 512 KiB: %v", err)
	}
}
