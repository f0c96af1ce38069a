package services

import (
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/chuanhuabot/bot/sdk"
)

func TestValues(t *testing.T) {
	w := newWorld(nil)
	defer w.close()
	h, other := w.For("faq", Grants()), w.For("news", Grants())
	ctx := t.Context()
	first, err := h.Put(ctx, "b", []byte("1"), 0)
	if err != nil || first == 0 {
		t.Fatalf("%d, %v", first, err)
	}
	if _, err := h.Put(ctx, "b", []byte("2"), 0); !errors.Is(err, sdk.ErrConflict) {
		t.Errorf("it is there: %v", err)
	}
	second, err := h.Put(ctx, "b", nil, first)
	if err != nil || second == first {
		t.Errorf("%d, %v", second, err)
	}
	if value, revision, err := h.Get(ctx, "b"); err != nil || len(value) != 0 || revision != second {
		t.Errorf("an empty value is there all the same: %q, %d, %v", value, revision, err)
	}
	if _, err := h.Put(ctx, "a/1", []byte("x"), sdk.AnyRevision); err != nil {
		t.Error(err)
	}
	if _, err := h.Put(ctx, "a/1", []byte("y"), sdk.AnyRevision); err != nil {
		t.Error(err)
	}
	if _, _, err := other.Get(ctx, "b"); !errors.Is(err, sdk.ErrNotFound) {
		t.Errorf("another plugin sees it: %v", err)
	}
	for prefix, want := range map[string]string{"": "[a/1 b]", "a": "[a/1]", "c": "[]"} {
		if keys, err := h.Keys(ctx, prefix); err != nil || fmt.Sprint(keys) != want {
			t.Errorf("%q: %v, %v", prefix, keys, err)
		}
	}
	if _, err := h.Put(ctx, "never", []byte("x"), 7); !errors.Is(err, sdk.ErrConflict) {
		t.Errorf("a stale revision: %v", err)
	}
	if keys, err := h.Keys(ctx, "never"); err != nil || len(keys) != 0 {
		t.Errorf("a key without a value is on the list: %v, %v", keys, err)
	}
	if err := errors.Join(h.Delete(ctx, "b"), h.Delete(ctx, "b"), h.Delete(ctx, "never")); err != nil {
		t.Error(err)
	}
	if _, _, err := h.Get(ctx, "b"); !errors.Is(err, sdk.ErrNotFound) {
		t.Errorf("deleted: %v", err)
	}
	if keys, err := h.Keys(ctx, ""); err != nil || fmt.Sprint(keys) != "[a/1]" {
		t.Errorf("%v, %v", keys, err)
	}
}

func TestValues_AreBounded(t *testing.T) {
	w := newWorld(nil)
	defer w.close()
	h := w.For("faq", Grants())
	for n := range sdk.MaxKeys {
		if _, err := h.Put(t.Context(), fmt.Sprint(n), []byte("x"), sdk.AnyRevision); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := h.Put(t.Context(), "more", []byte("x"), 0); !errors.Is(err, sdk.ErrFull) {
		t.Errorf("one more: %v", err)
	}
	if _, err := h.Put(t.Context(), "7", []byte("y"), sdk.AnyRevision); err != nil {
		t.Errorf("one that is there: %v", err)
	}
	if err := h.Delete(t.Context(), "7"); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Put(t.Context(), "more", []byte("x"), 0); err != nil {
		t.Errorf("after one has gone: %v", err)
	}
}

// TestValues_AtOnce holds the list of keys to the values, whoever changes them together.
func TestValues_AtOnce(t *testing.T) {
	w := newWorld(nil)
	defer w.close()
	var all sync.WaitGroup
	for n := range 50 {
		h := w.For("faq", Grants()) // As two processes of a plugin have two.
		all.Go(func() {
			key := fmt.Sprint(n % 5)
			_, err := h.Put(t.Context(), key, []byte("x"), sdk.AnyRevision)
			if n%2 == 0 {
				err = errors.Join(err, h.Delete(t.Context(), key))
			}
			if err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	h := w.For("faq", Grants())
	keys, err := h.Keys(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	there := map[string]bool{}
	for _, key := range keys {
		there[key] = true
	}
	for n := range 5 {
		if _, _, err := h.Get(t.Context(), fmt.Sprint(n)); (err == nil) != there[fmt.Sprint(n)] {
			t.Errorf("%d: %v, on the list: %t", n, err, there[fmt.Sprint(n)])
		}
	}
}
