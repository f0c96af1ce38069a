package jetstore

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/chuanhuabot/bot/core"
	"github.com/chuanhuabot/bot/sdk"
)

// TestDeleteDelivery_SurvivesACrash is about a way in which the server loses a deletion: that of the last entry of a file, if it is not the
// one with the highest number and the file holds the deletions of older entries too. After kill -9 the entry is there again, and the
// delivery would be sent again by each process.
func TestDeleteDelivery_SurvivesACrash(t *testing.T) {
	dir := t.TempDir()
	s := mustOpen(t, Options{Dir: dir})
	crash := func() {
		dir = copyDir(t, dir)
		s = mustOpen(t, Options{Dir: dir})
	}
	put := func(id, text string) {
		t.Helper()
		if err := s.PutDelivery(t.Context(), &core.Delivery{ID: id, Status: core.StatusQueued, Content: sdk.Text{Text: text}}); err != nil {
			t.Fatal(err)
		}
	}
	remove := func(id string) {
		t.Helper()
		if err := s.DeleteDelivery(t.Context(), id); err != nil {
			t.Fatal(err)
		}
	}
	wantOn := func(want ...string) {
		t.Helper()
		var ids []string
		on, err := s.Deliveries(t.Context())
		for _, d := range on {
			ids = append(ids, d.ID)
		}
		if err != nil || fmt.Sprint(ids) != fmt.Sprint(want) {
			t.Errorf("on record: %q, %v, want %q", ids, err, want)
		}
	}
	const files = 10 // Of a megabyte: more than one file takes.
	put("stays", "")
	for n := range files {
		put(fmt.Sprint("big", n), strings.Repeat("x", 1<<20))
	}
	for n := range files {
		remove(fmt.Sprint("big", n))
	}
	put("first", "")
	put("second", "")
	remove("second")
	remove("first") // Which the server loses.
	wantOn("stays")
	for range 3 {
		crash()
		wantOn("stays")
	}
	put("first", "") // As a turn does that runs again.
	wantOn("stays", "first")
	crash()
	wantOn("stays", "first")
	remove("first")
	remove("first")
	crash()
	wantOn("stays")
}

// TestDeleteDelivery_IsForgottenInTime holds that what has gone takes no room for long.
func TestDeleteDelivery_IsForgottenInTime(t *testing.T) {
	s := mustOpen(t, Options{Dir: t.TempDir()})
	if err := s.PutDelivery(t.Context(), &core.Delivery{ID: "d", Content: sdk.Text{}}); err != nil {
		t.Fatal(err)
	}
	if err := s.DeleteDelivery(t.Context(), "d"); err != nil {
		t.Fatal(err)
	}
	last, err := s.outbox.stream.GetLastMsgForSubject(t.Context(), s.outbox.prefix+token("d"))
	if err != nil {
		t.Fatal(err)
	}
	for name, got := range map[string]string{goneHeader: last.Header.Get(goneHeader), jetstream.MsgTTLHeader: last.Header.Get(jetstream.MsgTTLHeader)} {
		if got == "" {
			t.Errorf("%s is not set", name)
		}
	}
	if ttl, err := time.ParseDuration(last.Header.Get(jetstream.MsgTTLHeader)); err != nil || ttl != goneFor {
		t.Errorf("it stays for %s, %v", ttl, err)
	}
}

// TestDeliveries_RenewWhatTheyBury is about an entry that is back: it stays gone also after the time for which the first deletion was
// remembered.
func TestDeliveries_RenewWhatTheyBury(t *testing.T) {
	s := mustOpen(t, Options{Dir: t.TempDir()})
	put := func(header nats.Header, data []byte) {
		t.Helper()
		m := &nats.Msg{Subject: s.outbox.prefix + token("d"), Header: header, Data: data}
		if _, err := s.outbox.publish(t.Context(), m); err != nil {
			t.Fatal(err)
		}
	}
	data, err := encodeDelivery(&core.Delivery{ID: "d", Content: sdk.Text{}})
	if err != nil {
		t.Fatal(err)
	}
	put(nil, data)
	put(nats.Header{goneHeader: {"1"}, firstHeader: {"1"}, jetstream.MsgTTLHeader: {"1h"}}, nil)
	if on, err := s.Deliveries(t.Context()); err != nil || len(on) != 0 {
		t.Errorf("%d on record, %v", len(on), err)
	}
	last, err := s.outbox.stream.GetLastMsgForSubject(t.Context(), s.outbox.prefix+token("d"))
	if err != nil || last.Sequence != 3 || last.Header.Get(jetstream.MsgTTLHeader) != goneFor.String() {
		t.Errorf("%+v, %v", last, err)
	}
	if state := s.outbox.stream.CachedInfo(); state == nil {
		t.Error("no stream")
	} else if info, err := s.outbox.stream.Info(t.Context()); err != nil || info.State.Msgs != 1 {
		t.Errorf("%d entries, %v", info.State.Msgs, err)
	}
}
