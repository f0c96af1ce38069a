package journal

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// itself makes a thing of its number.
func itself(number uint64) uint64 { return number }

func TestLog_KeepsTheLast(t *testing.T) {
	l := New[uint64](3)
	if got, _ := l.After(0); len(got) != 0 || l.Last() != 0 {
		t.Errorf("a new one has %v", got)
	}
	for i := range uint64(20) {
		if got := l.Add(itself); got != i+1 || l.Last() != got {
			t.Fatalf("number %d comes %d.", got, i+1)
		}
	}
	for after, want := range map[uint64]string{0: "[18 19 20]", 16: "[18 19 20]", 17: "[18 19 20]", 18: "[19 20]", 19: "[20]", 20: "[]", 99: "[]"} {
		if got, _ := l.After(after); fmt.Sprint(got) != want {
			t.Errorf("after %d: %v", after, got)
		}
	}
	if len(l.items) > 6 {
		t.Errorf("%d are kept", len(l.items))
	}
}

func TestLog_WhatWasReadIsACopy(t *testing.T) {
	l := New[uint64](0) // One is the least.
	l.Add(itself)
	got, _ := l.After(0)
	got[0] = 9
	if again, _ := l.After(0); again[0] != 1 {
		t.Errorf("what was read changes the log: %v", again)
	}
}

func TestLog_NextWaitsForMore(t *testing.T) {
	l := New[uint64](10)
	_, added := l.After(0)
	got := make(chan []uint64)
	go func() {
		items, err := l.Next(t.Context(), 0)
		if err != nil {
			t.Error(err)
		}
		got <- items
	}()
	l.Add(itself)
	<-added
	if items := <-got; fmt.Sprint(items) != "[1]" {
		t.Errorf("got %v", items)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if items, err := l.Next(ctx, 1); !errors.Is(err, context.Canceled) || items != nil {
		t.Errorf("got %v, %v", items, err)
	}
}

func TestLog_ReadersMissNothing(t *testing.T) {
	const all = 2000
	l := New[uint64](all)
	var readers sync.WaitGroup
	for range 4 {
		readers.Go(func() {
			for seen := uint64(0); seen < all; {
				items, err := l.Next(t.Context(), seen)
				if err != nil {
					t.Error(err)
					return
				}
				for _, number := range items {
					if seen++; number != seen {
						t.Errorf("number %d comes %d.", number, seen)
					}
				}
			}
		})
	}
	for range all {
		l.Add(itself)
	}
	readers.Wait()
}
