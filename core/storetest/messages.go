package storetest

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/chuanhuabot/bot/sdk"
)

// messageTests hold a store to Keep, Finish and Unfinished.
func messageTests() []test {
	return []test{
		{"fresh once", keepOnce},
		{"remembered after Finish", keepAfterFinish},
		{"Finish of what was not kept", finishUnknown},
		{"Finish twice", finishTwice},
		{"in the order kept", unfinishedOrder},
		{"a message belongs to its channel", sameIDElsewhere},
		{"odd ids", oddMessages},
		{"channel and id do not run together", ambiguousIDs},
		{"every field and kind", messageRoundTrip},
		{"64 KiB of state", largeMessage},
		{"the largest content", largestMessage},
		{"no content", keepNothing},
		{"context", messageContext},
	}
}

func keepOnce(t *testing.T, o Opened) {
	wantUnfinished(t, o.Store)
	mustKeep(t, o.Store, message("wx", "1"), true)
	changed := message("wx", "1").WithContent(sdk.Text{Text: "another text"})
	mustKeep(t, o.Store, changed, false)
	messages, err := o.Store.Unfinished(t.Context())
	if err != nil || len(messages) != 1 {
		t.Fatalf("Unfinished = %d messages, %v; want 1", len(messages), err)
	}
	if err := sameMessage(messages[0], message("wx", "1")); err != nil {
		t.Errorf("the second Keep stored something: %v", err)
	}
}

func keepAfterFinish(t *testing.T, o Opened) {
	mustKeep(t, o.Store, message("wx", "1"), true)
	mustFinish(t, o.Store, "wx", "1")
	wantUnfinished(t, o.Store)
	mustKeep(t, o.Store, message("wx", "1"), false)
	wantUnfinished(t, o.Store)
}

func finishUnknown(t *testing.T, o Opened) {
	mustFinish(t, o.Store, "wx", "1")
	// It was never kept, so there is nothing to remember: were it remembered, the message would be lost.
	mustKeep(t, o.Store, message("wx", "1"), true)
	wantUnfinished(t, o.Store, "wx/1")
}

func finishTwice(t *testing.T, o Opened) {
	mustKeep(t, o.Store, message("wx", "1"), true)
	mustFinish(t, o.Store, "wx", "1")
	mustFinish(t, o.Store, "wx", "1")
	mustKeep(t, o.Store, message("wx", "1"), false)
	wantUnfinished(t, o.Store)
}

func unfinishedOrder(t *testing.T, o Opened) {
	for _, id := range []string{"5", "3", "4", "1", "2"} {
		mustKeep(t, o.Store, message("wx", id), true)
	}
	mustFinish(t, o.Store, "wx", "4")
	mustKeep(t, o.Store, message("wx", "5"), false)
	mustKeep(t, o.Store, message("work", "0"), true)
	wantUnfinished(t, o.Store, "wx/5", "wx/3", "wx/1", "wx/2", "work/0")
}

func sameIDElsewhere(t *testing.T, o Opened) {
	mustKeep(t, o.Store, message("wx", "1"), true)
	mustKeep(t, o.Store, message("work", "1"), true)
	mustFinish(t, o.Store, "wx", "1")
	mustKeep(t, o.Store, message("work", "1"), false)
	wantUnfinished(t, o.Store, "work/1")
}

func oddMessages(t *testing.T, o Opened) {
	want := []string{}
	for _, id := range oddIDs() {
		mustKeep(t, o.Store, message("ch."+id, id), true)
		want = append(want, "ch."+id+"/"+id)
	}
	wantUnfinished(t, o.Store, want...)
	for _, id := range oddIDs() {
		mustKeep(t, o.Store, message("ch."+id, id), false)
		mustFinish(t, o.Store, "ch."+id, id)
		want = want[1:]
		wantUnfinished(t, o.Store, want...)
	}
	for _, id := range oddIDs() {
		mustKeep(t, o.Store, message("ch."+id, id), false)
	}
}

func ambiguousIDs(t *testing.T, o Opened) {
	for _, pair := range [][2]string{
		{"ab", "c"}, {"a", "bc"}, {"", "abc"}, {"a\x00b", "c"}, {"a", "b\x00c"}, {"a.b", "c"}, {"a", "b.c"},
	} {
		mustKeep(t, o.Store, message(pair[0], pair[1]), true)
	}
}

func messageRoundTrip(t *testing.T, o Opened) {
	var want []*sdk.Message
	for i, c := range contents() {
		m := message("wx", string(rune('a'+i))).WithContent(c)
		want = append(want, m)
		mustKeep(t, o.Store, m, true)
	}
	bare := &sdk.Message{ID: "bare", Channel: "wx", Content: sdk.Text{Text: "no more"}}
	want = append(want, bare)
	mustKeep(t, o.Store, bare, true)
	got, err := o.Store.Unfinished(t.Context())
	if err != nil || len(got) != len(want) {
		t.Fatalf("Unfinished = %d messages, %v; want %d", len(got), err, len(want))
	}
	for i := range want {
		if err := sameMessage(got[i], want[i]); err != nil {
			t.Errorf("%s: %v", want[i].Content.Kind(), err)
		}
	}
}

// largestMessage holds a store to what the wire lets through.
func largestMessage(t *testing.T, o Opened) {
	m := message("wx", "1")
	m.Content = sdk.Raw{Type: "large", Fields: json.RawMessage(`"` + strings.Repeat("x", 2*sdk.MaxContent) + `"`)}
	mustKeep(t, o.Store, m, true)
	wantUnfinished(t, o.Store, "wx/1")
}

func largeMessage(t *testing.T, o Opened) {
	m := message("wx", "large")
	m.State = make([]byte, sdk.MaxState)
	m.Time, m.AnswerBy = time.Time{}, time.Time{}
	mustKeep(t, o.Store, m, true)
	got, err := o.Store.Unfinished(t.Context())
	if err != nil || len(got) != 1 {
		t.Fatalf("Unfinished = %d messages, %v; want 1", len(got), err)
	}
	if err := sameMessage(got[0], m); err != nil {
		t.Error("a message with 64 KiB of state came back different")
	}
}

func keepNothing(t *testing.T, o Opened) {
	m := message("wx", "1")
	m.Content = nil
	if fresh, err := o.Store.Keep(t.Context(), m); err == nil || fresh {
		t.Errorf("Keep without content = %v, %v; want an error", fresh, err)
	}
	mustKeep(t, o.Store, message("wx", "1"), true)
}

func messageContext(t *testing.T, o Opened) {
	mustKeep(t, o.Store, message("wx", "1"), true)
	ctx := cancelled(t)
	if fresh, err := o.Store.Keep(ctx, message("wx", "2")); err == nil || fresh {
		t.Errorf("Keep with an ended context = %v, %v; want an error", fresh, err)
	}
	if err := o.Store.Finish(ctx, "wx", "1"); err == nil {
		t.Error("Finish with an ended context: no error")
	}
	if _, err := o.Store.Unfinished(ctx); err == nil {
		t.Error("Unfinished with an ended context: no error")
	}
	wantUnfinished(t, o.Store, "wx/1")
}
