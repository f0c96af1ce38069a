package ledger_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"github.com/chuanhuabot/bot/channels/internal/ledger"
	"github.com/chuanhuabot/bot/core"
	"github.com/chuanhuabot/bot/core/memstore"
	"github.com/chuanhuabot/bot/internal/logtest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// count is a record: a number, for a while.
type count struct {
	N     int   `json:"n"`
	Until int64 `json:"until"`
}

func (c count) Over(now time.Time) bool { return c.Until < now.Unix() }

func open(store core.Store) *ledger.Ledger[count] {
	return ledger.New[count](store, "test/", slog.New(slog.DiscardHandler))
}

// window is a record of which one can be newer than another.
type window struct{ count }

func (w window) Newer(than window) bool { return w.Until > than.Until }

// add adds one to the count of a person, which then lasts for an hour.
func add(t *testing.T, l *ledger.Ledger[count], who string) {
	t.Helper()
	err := l.Change(t.Context(), who, func(c *count) bool {
		c.N++
		c.Until = time.Now().Add(time.Hour).Unix()
		return true
	})
	if err != nil {
		t.Errorf("%s: %v", who, err)
	}
}

func wantCount(t *testing.T, l *ledger.Ledger[count], who string, n int) {
	t.Helper()
	if got, err := l.Get(t.Context(), who); err != nil || got.N != n {
		t.Errorf("%s: %+v, %v; want %d", who, got, err, n)
	}
}

func TestLedger_OverRestartsAndBesideOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := memstore.New()
		before := open(store)
		wantCount(t, before, "ann", 0)
		add(t, before, "ann")
		add(t, before, "ann")
		after := open(store)
		wantCount(t, after, "ann", 2)
		add(t, after, "ann")
		add(t, before, "ann") // It has not seen that.
		wantCount(t, open(store), "ann", 4)
		wantCount(t, open(store), "bob", 0)
		if err := before.Change(t.Context(), "ann", func(c *count) bool { c.N = 99; return false }); err != nil {
			t.Error(err)
		}
		wantCount(t, before, "ann", 4)
		if err := before.Note(t.Context(), "ann", func(c *count) bool { c.N = 5; return true }); err != nil {
			t.Error(err)
		}
		wantCount(t, before, "ann", 5)
		wantCount(t, open(store), "ann", 4) // It is not stored yet.
		add(t, after, "bob")
		seen := map[string]int{}
		if err := open(store).Each(t.Context(), func(who string, c count) { seen[who] = c.N }); err != nil || fmt.Sprint(seen) != "map[ann:4 bob:1]" {
			t.Errorf("there are %v, %v", seen, err)
		}
	})
}

func TestLedger_RemindsOfWhatIsInMemory(t *testing.T) {
	store := memstore.New()
	set := func(c *count) bool { c.N = 7; return true }
	add(t, open(store), "ann")
	l := open(broken{}) // It would say if it was asked.
	l.Remind("ann", set)
	l = open(store)
	l.Remind("ann", set) // Not read yet.
	wantCount(t, l, "ann", 1)
	l.Remind("bob", set)
	wantCount(t, l, "bob", 0)
	l.Remind("ann", func(c *count) bool { c.N = 9; return false })
	wantCount(t, l, "ann", 1)
	l.Remind("ann", set)
	wantCount(t, l, "ann", 7)
	wantCount(t, open(store), "ann", 1) // It is not stored yet.
	add(t, l, "ann")
	wantCount(t, open(store), "ann", 8)
}

// TestLedger_KeepsWhatIsNewer has another process change what is stored, while something newer is in memory.
func TestLedger_KeepsWhatIsNewer(t *testing.T) {
	store, log := memstore.New(), slog.New(slog.DiscardHandler)
	now := time.Now()
	open := func() *ledger.Ledger[window] { return ledger.New[window](store, "test/", log) }
	add := func(l *ledger.Ledger[window], until time.Time) {
		t.Helper()
		err := l.Change(t.Context(), "ann", func(w *window) bool {
			w.N, w.Until = w.N+1, max(w.Until, until.Unix())
			return true
		})
		if err != nil {
			t.Error(err)
		}
	}
	want := func(l *ledger.Ledger[window], n int, until time.Time) {
		t.Helper()
		if got, err := l.Get(t.Context(), "ann"); err != nil || got.N != n || got.Until != until.Unix() {
			t.Errorf("%+v, %v; want %d until %d", got, err, n, until.Unix())
		}
	}
	one, two := open(), open()
	add(one, now.Add(time.Hour))
	want(two, 1, now.Add(time.Hour))
	add(one, now.Add(time.Hour))
	two.Remind("ann", func(w *window) bool { w.N, w.Until = 100, now.Add(2*time.Hour).Unix(); return true })
	add(two, now.Add(time.Hour)) // It finds what one has stored, and is made once for all that.
	want(two, 101, now.Add(2*time.Hour))
	want(open(), 101, now.Add(2*time.Hour))
	add(one, now.Add(3*time.Hour)) // Newer than what is stored only by this change, which counts once.
	want(one, 102, now.Add(3*time.Hour))
	add(two, now.Add(3*time.Hour))
	want(two, 103, now.Add(3*time.Hour))
}

func TestLedger_ForgetsWhatIsOver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := memstore.New()
		l := open(store)
		for n := range 4000 {
			add(t, l, fmt.Sprint("person ", n))
		}
		time.Sleep(2 * time.Hour)
		wantCount(t, l, "person 1", 0)
		add(t, l, "person 1")
		wantCount(t, l, "person 1", 1)
		for n := range 30000 { // Each of the values has forgotten the others by the next change.
			add(t, l, fmt.Sprint("new ", n))
		}
		size := 0
		for n := range 4096 {
			data, _, err := store.Get(t.Context(), fmt.Sprintf("test/%03x", n))
			if err != nil && !errors.Is(err, core.ErrNotFound) {
				t.Fatal(err)
			}
			size += strings.Count(string(data), "person")
		}
		if size > 1 {
			t.Errorf("the store has %d records", size)
		}
	})
}

func TestLedger_IsSafeForConcurrentUse(t *testing.T) {
	store := memstore.New()
	one, two := open(store), open(store)
	var all sync.WaitGroup
	for n := range 8 {
		all.Go(func() { add(t, []*ledger.Ledger[count]{one, two}[n%2], "ann") })
	}
	all.Wait()
	wantCount(t, open(store), "ann", 8)
}

// broken is a store that does nothing.
type broken struct{ core.Store }

var errBroken = errors.New("broken")

func (broken) Get(context.Context, string) ([]byte, uint64, error) { return nil, 0, errBroken }

func TestLedger_TellsOfABrokenStore(t *testing.T) {
	l := open(broken{})
	if _, err := l.Get(t.Context(), "ann"); !errors.Is(err, errBroken) {
		t.Errorf("get: %v", err)
	}
	if err := l.Change(t.Context(), "ann", func(*count) bool { return true }); !errors.Is(err, errBroken) {
		t.Errorf("change: %v", err)
	}
}

func TestLedger_BeginsAnewWhereItCannotRead(t *testing.T) {
	store := memstore.New()
	for n := range 4096 {
		if _, err := store.Put(t.Context(), fmt.Sprintf("test/%03x", n), []byte("x"), 0); err != nil {
			t.Fatal(err)
		}
	}
	log := &logtest.Buffer{}
	l := ledger.New[count](store, "test/", log.Logger())
	add(t, l, "ann")
	wantCount(t, l, "ann", 1)
	if !strings.Contains(log.String(), "begin anew") {
		t.Errorf("the operator reads %s", log.String())
	}
}
