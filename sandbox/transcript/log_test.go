package transcript

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func numbers(entries []Entry) string {
	text := ""
	for _, e := range entries {
		text += strconv.FormatUint(e.Number, 10) + " "
	}
	return text
}

func after(l *Log, number uint64) []Entry {
	entries, _ := l.After(number)
	return entries
}

func TestLog_Numbers(t *testing.T) {
	l := New(3)
	for i := range 5 {
		if e := l.Add(Entry{Text: strconv.Itoa(i + 1), Number: 99}); e.Number != uint64(i+1) {
			t.Fatalf("entry %d has number %d", i+1, e.Number)
		}
	}
	for since, want := range map[uint64]string{0: "3 4 5 ", 3: "4 5 ", 5: ""} {
		if got := numbers(after(l, since)); got != want {
			t.Errorf("after %d: %s", since, got)
		}
	}
}

func TestLog_TextIsBounded(t *testing.T) {
	e := New(1).Add(Entry{Text: strings.Repeat("好", 1<<20)})
	if len(e.Text) > 64<<10+3 || !utf8.ValidString(e.Text) {
		t.Errorf("%d bytes", len(e.Text))
	}
}

func TestLog_OfOnePerson(t *testing.T) {
	l := New(10)
	l.Add(Entry{Account: "a", Person: "ann", Text: "1"})
	l.Add(Entry{Account: "a", Person: "bob", Text: "2"})
	l.Add(Entry{Account: "b", Person: "ann", Text: "3"})
	l.Add(Entry{Account: "a", Person: "ann", Text: "4"})
	if got := numbers(l.Of("a", "ann")); got != "1 4 " {
		t.Errorf("got %s", got)
	}
}

func TestLog_WaitFindsOldAndNew(t *testing.T) {
	l := New(10)
	l.Add(Entry{Text: "1"})
	l.Add(Entry{Text: "2"})
	is := func(text string) func(Entry) bool { return func(e Entry) bool { return e.Text == text } }
	if e, err := l.Wait(t.Context(), 0, is("1")); err != nil || e.Number != 1 {
		t.Errorf("%+v, %v", e, err)
	}
	var all sync.WaitGroup
	for range 5 {
		all.Go(func() {
			if e, err := l.Wait(t.Context(), 1, is("1")); err != nil || e.Number != 4 {
				t.Errorf("%+v, %v", e, err)
			}
		})
	}
	l.Add(Entry{Text: "3"})
	l.Add(Entry{Text: "1"})
	all.Wait()
}

func TestLog_WaitEndsWithItsContext(t *testing.T) {
	l := New(1)
	l.Add(Entry{})
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() {
		_, err := l.Wait(ctx, 0, func(Entry) bool { return false })
		ended <- err
	}()
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}
