package storetest

import (
	"bytes"
	"errors"
	"testing"

	"github.com/chuanhuabot/bot/core"
)

// valueTests hold a store to Get and Put.
func valueTests() []test {
	return []test{
		{"not there", valueNotFound},
		{"create and change", valueChange},
		{"conflicts", valueConflict},
		{"nil removes", valueRemove},
		{"removal is compared too", valueRemoveConflict},
		{"empty is a value", valueEmpty},
		{"odd keys", oddValues},
		{"64 KiB", valueLarge},
		{"the store keeps a copy", valueCopy},
		{"context", valueContext},
	}
}

func valueNotFound(t *testing.T, o Opened) {
	value, revision, err := o.Store.Get(t.Context(), "k")
	if !errors.Is(err, core.ErrNotFound) || value != nil || revision != 0 {
		t.Errorf("Get = %q, %d, %v; want nil, 0, ErrNotFound", value, revision, err)
	}
}

func valueChange(t *testing.T, o Opened) {
	first := mustPut(t, o.Store, "k", []byte("one"), 0)
	if first == 0 {
		t.Fatal("Put returned revision 0, which means that the key is not there")
	}
	wantValue(t, o.Store, "k", "one", first)
	other := mustPut(t, o.Store, "other", []byte("x"), 0)
	second := mustPut(t, o.Store, "k", []byte("two"), first)
	if second == first {
		t.Fatalf("a new value has the old revision %d", first)
	}
	wantValue(t, o.Store, "k", "two", second)
	wantValue(t, o.Store, "other", "x", other)
}

func wantConflict(t *testing.T, s core.Store, key string, value []byte, revision uint64) {
	t.Helper()
	if got, err := s.Put(t.Context(), key, value, revision); !errors.Is(err, core.ErrConflict) || got != 0 {
		t.Fatalf("Put(%q, %q, revision %d) = %d, %v; want 0, ErrConflict", key, value, revision, got, err)
	}
}

func valueConflict(t *testing.T, o Opened) {
	wantConflict(t, o.Store, "k", []byte("x"), 7)
	first := mustPut(t, o.Store, "k", []byte("one"), 0)
	wantConflict(t, o.Store, "k", []byte("x"), 0)
	wantConflict(t, o.Store, "k", []byte("x"), first+1)
	second := mustPut(t, o.Store, "k", []byte("two"), first)
	wantConflict(t, o.Store, "k", []byte("x"), first)
	wantValue(t, o.Store, "k", "two", second)
}

func valueRemove(t *testing.T, o Opened) {
	seen := map[uint64]bool{}
	for range 3 {
		revision := mustPut(t, o.Store, "k", []byte("one"), 0)
		if seen[revision] {
			t.Fatalf("revision %d came twice: who read the first one would overwrite the second", revision)
		}
		seen[revision] = true
		if after := mustPut(t, o.Store, "k", nil, revision); after != 0 {
			t.Fatalf("removing returned revision %d, want 0", after)
		}
		valueNotFound(t, o)
		wantConflict(t, o.Store, "k", []byte("x"), revision)
	}
	// Removing what is not there, and known not to be there, is no error.
	mustPut(t, o.Store, "k", nil, 0)
	valueNotFound(t, o)
}

func valueRemoveConflict(t *testing.T, o Opened) {
	first := mustPut(t, o.Store, "k", []byte("one"), 0)
	second := mustPut(t, o.Store, "k", []byte("two"), first)
	wantConflict(t, o.Store, "k", nil, 0)
	wantConflict(t, o.Store, "k", nil, first)
	other := mustPut(t, o.Store, "other", []byte("x"), 0)
	wantConflict(t, o.Store, "k", nil, other)
	wantConflict(t, o.Store, "not there", nil, other)
	wantValue(t, o.Store, "k", "two", second)
	wantValue(t, o.Store, "other", "x", other)
}

func valueEmpty(t *testing.T, o Opened) {
	revision := mustPut(t, o.Store, "k", []byte{}, 0)
	wantValue(t, o.Store, "k", "", revision)
	wantConflict(t, o.Store, "k", []byte("x"), 0)
}

func oddValues(t *testing.T, o Opened) {
	revisions := map[string]uint64{}
	for _, key := range oddIDs() {
		revisions[key] = mustPut(t, o.Store, key, []byte("value of "+key), 0)
	}
	for _, key := range oddIDs() {
		wantValue(t, o.Store, key, "value of "+key, revisions[key])
		mustPut(t, o.Store, key, nil, revisions[key])
	}
	for _, key := range oddIDs() {
		if _, _, err := o.Store.Get(t.Context(), key); !errors.Is(err, core.ErrNotFound) {
			t.Errorf("Get(%q) after removal: %v, want ErrNotFound", key, err)
		}
	}
}

func valueLarge(t *testing.T, o Opened) {
	large := bytes.Repeat([]byte{0, 0xFF, '\r', '\n'}, 16<<10)
	revision := mustPut(t, o.Store, "k", large, 0)
	wantValue(t, o.Store, "k", string(large), revision)
}

func valueCopy(t *testing.T, o Opened) {
	value := []byte("one")
	revision := mustPut(t, o.Store, "k", value, 0)
	value[0] = 'X'
	got, _, err := o.Store.Get(t.Context(), "k")
	if err != nil || string(got) != "one" {
		t.Fatalf("Get = %q, %v; want %q", got, err, "one")
	}
	got[0] = 'Y'
	wantValue(t, o.Store, "k", "one", revision)
}

func valueContext(t *testing.T, o Opened) {
	revision := mustPut(t, o.Store, "k", []byte("one"), 0)
	ctx := cancelled(t)
	if _, _, err := o.Store.Get(ctx, "k"); err == nil || errors.Is(err, core.ErrNotFound) {
		t.Errorf("Get with an ended context: %v, want the context's error", err)
	}
	for _, value := range [][]byte{[]byte("two"), nil} {
		if _, err := o.Store.Put(ctx, "k", value, revision); err == nil || errors.Is(err, core.ErrConflict) {
			t.Errorf("Put(%q) with an ended context: %v, want the context's error", value, err)
		}
	}
	wantValue(t, o.Store, "k", "one", revision)
}
