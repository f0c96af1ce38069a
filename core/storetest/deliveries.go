package storetest

import (
	"strings"
	"testing"
	"time"

	"github.com/chuanhuabot/bot/core"
	"github.com/chuanhuabot/bot/sdk"
)

// deliveryTests hold a store to PutDelivery, Deliveries and DeleteDelivery.
func deliveryTests() []test {
	return []test{
		{"in place of the earlier one", deliveryUpsert},
		{"oldest first", deliveryOrder},
		{"by state", deliveryStates},
		{"deleted", deliveryDelete},
		{"odd ids", oddDeliveries},
		{"every field and kind", deliveryRoundTrip},
		{"the store keeps a copy", deliveryCopy},
		{"the largest content", largestDelivery},
		{"no content", deliverNothing},
		{"context", deliveryContext},
	}
}

func deliveryUpsert(t *testing.T, o Opened) {
	mustPutDelivery(t, o.Store, delivery("1", epoch()))
	changed := delivery("1", epoch())
	changed.Status, changed.Attempts, changed.Content = core.StatusFailed, 9, sdk.Text{Text: "new"}
	mustPutDelivery(t, o.Store, changed)
	got, err := o.Store.Deliveries(t.Context())
	if err != nil || len(got) != 1 {
		t.Fatalf("Deliveries = %d, %v; want 1", len(got), err)
	}
	if err := sameDelivery(got[0], changed); err != nil {
		t.Error(err)
	}
}

// largestDelivery holds a store to what the wire lets through.
func largestDelivery(t *testing.T, o Opened) {
	d := delivery("1", epoch())
	d.Content = sdk.Text{Text: strings.Repeat("x", sdk.MaxContent)}
	mustPutDelivery(t, o.Store, d)
	got, err := o.Store.Deliveries(t.Context())
	if err != nil || len(got) != 1 {
		t.Fatalf("Deliveries = %d, %v; want 1", len(got), err)
	}
	if err := sameDelivery(got[0], d); err != nil {
		t.Error("it did not come back as it was")
	}
}

func deliveryOrder(t *testing.T, o Opened) {
	mustPutDelivery(t, o.Store, delivery("late", epoch().Add(time.Millisecond)))
	for _, id := range []string{"c", "a", "b"} {
		mustPutDelivery(t, o.Store, delivery(id, epoch()))
	}
	mustPutDelivery(t, o.Store, delivery("early", epoch().Add(-time.Millisecond)))
	wantDeliveries(t, o.Store, nil, "early", "c", "a", "b", "late")
	// Storing it again does not move it: it was first stored before the others. Twice, for a store that only
	// remembers the second time.
	mustPutDelivery(t, o.Store, delivery("c", epoch()))
	mustPutDelivery(t, o.Store, delivery("a", epoch()))
	mustPutDelivery(t, o.Store, delivery("c", epoch()))
	wantDeliveries(t, o.Store, nil, "early", "c", "a", "b", "late")
}

func deliveryStates(t *testing.T, o Opened) {
	states := []core.Status{core.StatusQueued, core.StatusRetry, core.StatusSent, core.StatusFailed}
	wantDeliveries(t, o.Store, nil)
	for _, state := range states {
		d := delivery(string(state), epoch())
		d.Status = state
		mustPutDelivery(t, o.Store, d)
	}
	wantDeliveries(t, o.Store, nil, "queued", "retry", "sent", "failed")
	for _, state := range states {
		wantDeliveries(t, o.Store, []core.Status{state}, string(state))
	}
	wantDeliveries(t, o.Store, []core.Status{core.StatusFailed, core.StatusQueued}, "queued", "failed")
	wantDeliveries(t, o.Store, []core.Status{"no such state"})
	moved := delivery("queued", epoch())
	moved.Status = core.StatusSent
	mustPutDelivery(t, o.Store, moved)
	wantDeliveries(t, o.Store, []core.Status{core.StatusQueued})
	wantDeliveries(t, o.Store, []core.Status{core.StatusSent}, "queued", "sent")
}

func deliveryDelete(t *testing.T, o Opened) {
	ctx := t.Context()
	if err := o.Store.DeleteDelivery(ctx, "not there"); err != nil {
		t.Errorf("DeleteDelivery of what is not there: %v", err)
	}
	for _, id := range []string{"1", "2", "3"} {
		mustPutDelivery(t, o.Store, delivery(id, epoch()))
	}
	for range 2 {
		if err := o.Store.DeleteDelivery(ctx, "1"); err != nil {
			t.Fatalf("DeleteDelivery: %v", err)
		}
		wantDeliveries(t, o.Store, nil, "2", "3")
	}
	// Stored anew, it is the youngest.
	mustPutDelivery(t, o.Store, delivery("1", epoch()))
	wantDeliveries(t, o.Store, nil, "2", "3", "1")
}

func oddDeliveries(t *testing.T, o Opened) {
	for _, id := range oddIDs() {
		mustPutDelivery(t, o.Store, delivery(id, epoch()))
	}
	want := oddIDs()
	wantDeliveries(t, o.Store, nil, want...)
	for len(want) > 0 {
		if err := o.Store.DeleteDelivery(t.Context(), want[0]); err != nil {
			t.Fatalf("DeleteDelivery(%q): %v", want[0], err)
		}
		want = want[1:]
		wantDeliveries(t, o.Store, nil, want...)
	}
}

func deliveryRoundTrip(t *testing.T, o Opened) {
	var want []*core.Delivery
	for i, c := range contents() {
		d := delivery(string(rune('a'+i)), epoch())
		d.Content = c
		want = append(want, d)
		mustPutDelivery(t, o.Store, d)
	}
	bare := &core.Delivery{ID: "bare", Content: sdk.Text{Text: "no more"}, Created: epoch().Add(time.Hour)}
	want = append(want, bare)
	mustPutDelivery(t, o.Store, bare)
	got, err := o.Store.Deliveries(t.Context())
	if err != nil || len(got) != len(want) {
		t.Fatalf("Deliveries = %d, %v; want %d", len(got), err, len(want))
	}
	for i := range want {
		if err := sameDelivery(got[i], want[i]); err != nil {
			t.Errorf("%s: %v", want[i].Content.Kind(), err)
		}
	}
}

func deliveryCopy(t *testing.T, o Opened) {
	d := delivery("1", epoch())
	mustPutDelivery(t, o.Store, d)
	d.Status, d.Reason = core.StatusFailed, "changed after PutDelivery"
	for range 2 {
		got, err := o.Store.Deliveries(t.Context())
		if err != nil || len(got) != 1 {
			t.Fatalf("Deliveries = %d, %v; want 1", len(got), err)
		}
		if err := sameDelivery(got[0], delivery("1", epoch())); err != nil {
			t.Fatal(err)
		}
		got[0].Status = "changed after Deliveries"
	}
}

func deliverNothing(t *testing.T, o Opened) {
	d := delivery("1", epoch())
	d.Content = nil
	if err := o.Store.PutDelivery(t.Context(), d); err == nil {
		t.Error("PutDelivery without content: no error")
	}
	wantDeliveries(t, o.Store, nil)
}

func deliveryContext(t *testing.T, o Opened) {
	mustPutDelivery(t, o.Store, delivery("1", epoch()))
	ctx := cancelled(t)
	if err := o.Store.PutDelivery(ctx, delivery("2", epoch())); err == nil {
		t.Error("PutDelivery with an ended context: no error")
	}
	if _, err := o.Store.Deliveries(ctx); err == nil {
		t.Error("Deliveries with an ended context: no error")
	}
	if err := o.Store.DeleteDelivery(ctx, "1"); err == nil {
		t.Error("DeleteDelivery with an ended context: no error")
	}
	wantDeliveries(t, o.Store, nil, "1")
}
