package kf

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/chuanhuabot/bot/core"
	"github.com/chuanhuabot/bot/core/memstore"
)

// replicas are two that read one account, with one store.
type replicas struct {
	t        *testing.T
	store    *memstore.Store
	one, two *place
}

func newReplicas(t *testing.T) *replicas {
	store := memstore.New()
	return &replicas{t, store, newPlace(store, corpID, account, "one"), newPlace(store, corpID, account, "two")}
}

// again returns the place of a replica that has started anew.
func (r *replicas) again(holder string) *place { return newPlace(r.store, corpID, account, holder) }

// coldStart is what is too old for an account that is read for the first time.
func coldStart() time.Time { return time.Now().Add(-10 * time.Minute) }

// takes holds that a replica can read, from a cursor on and answering what is younger than old.
func (r *replicas) takes(p *place, cursor string, old time.Time) {
	r.t.Helper()
	got, err := p.take(r.t.Context(), coldStart)
	if err != nil || got.Cursor != cursor || !got.Old.Equal(old) {
		r.t.Fatalf("%s takes %+v, %v; want %q, old %v", p.holder, got, err, cursor, old)
	}
}

// is holds that something has the error that it must have.
func (r *replicas) is(want, err error) {
	r.t.Helper()
	if !errors.Is(err, want) || want == nil && err != nil {
		r.t.Fatalf("got %v, want %v", err, want)
	}
}

// cannot holds that a replica is told who reads.
func (r *replicas) cannot(p *place) {
	r.t.Helper()
	got, err := p.take(r.t.Context(), func() time.Time { r.t.Error("it was asked what is old"); return time.Time{} })
	if err != errLeased || got != (placeRecord{}) {
		r.t.Fatalf("%s takes %+v, %v", p.holder, got, err)
	}
}

// played runs a test with a clock of its own.
func played(t *testing.T, test func(r *replicas)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) { test(newReplicas(t)) })
}

func TestPlace_OneReadsAtATime(t *testing.T) {
	played(t, func(r *replicas) {
		began := coldStart()
		r.takes(r.one, "", began)
		r.cannot(r.two)
		r.is(nil, r.one.save(r.t.Context(), "c1", false))
		r.cannot(r.two)
		r.is(nil, r.one.save(r.t.Context(), "c2", true))
		r.takes(r.two, "c2", time.Time{})
		r.cannot(r.one)
		r.is(nil, r.two.leave(r.t.Context()))
		r.takes(r.one, "c2", time.Time{})
	})
}

// TestPlace_WhoStartsAnewReadsOn: the lease is that of the machine, which has lost its process, and not of the process.
func TestPlace_WhoStartsAnewReadsOn(t *testing.T) {
	played(t, func(r *replicas) {
		old := coldStart()
		r.takes(r.one, "", old)
		r.is(nil, r.one.save(r.t.Context(), "c1", false))
		time.Sleep(time.Second)
		r.takes(r.again("one"), "c1", old)
	})
}

func TestPlace_ALeaseIsOverAfterHalfAMinute(t *testing.T) {
	played(t, func(r *replicas) {
		r.takes(r.one, "", coldStart())
		time.Sleep(20 * time.Second)
		old := coldStart().Add(-20 * time.Second)
		r.is(nil, r.one.save(r.t.Context(), "c1", false)) // Who reads on has it for longer.
		time.Sleep(leaseFor - time.Nanosecond)
		r.cannot(r.two)
		time.Sleep(time.Nanosecond)
		r.takes(r.two, "c1", old)
	})
}

// TestPlace_WhoIsOvertakenMovesNothing: what it has read since is read again by who has taken over.
func TestPlace_WhoIsOvertakenMovesNothing(t *testing.T) {
	for name, late := range map[string]func(p *place, ctx context.Context) error{
		"a page":       func(p *place, ctx context.Context) error { return p.save(ctx, "mine", false) },
		"the last one": func(p *place, ctx context.Context) error { return p.save(ctx, "mine", true) },
		"none":         func(p *place, ctx context.Context) error { return p.leave(ctx) },
	} {
		t.Run(name, func(t *testing.T) {
			played(t, func(r *replicas) {
				old := coldStart()
				r.takes(r.one, "", old)
				r.is(nil, r.one.save(r.t.Context(), "c1", false))
				time.Sleep(leaseFor)
				r.takes(r.two, "c1", old)
				r.is(errLost, late(r.one, r.t.Context()))
				r.is(nil, r.two.save(r.t.Context(), "c2", false))
				r.is(errLost, late(r.one, r.t.Context())) // Always.
				r.cannot(r.one)
				r.is(nil, r.two.save(r.t.Context(), "c3", true))
				r.is(errLost, late(r.one, r.t.Context())) // Also when nobody reads any more.
				r.takes(r.one, "c3", time.Time{})
			})
		})
	}
}

// TestPlace_WhoComesAtTheSameTimeIsNotFirst: both have seen that nobody reads.
func TestPlace_WhoComesAtTheSameTimeIsNotFirst(t *testing.T) {
	played(t, func(r *replicas) {
		_, err := r.one.take(r.t.Context(), func() time.Time {
			r.takes(r.two, "", coldStart())
			return coldStart()
		})
		r.is(errLeased, err)
		r.is(nil, r.two.save(r.t.Context(), "c1", false))
	})
}

// TestPlace_OldStaysUntilTheFirstEnd: what came before the first start is not answered after a crash either.
func TestPlace_OldStaysUntilTheFirstEnd(t *testing.T) {
	played(t, func(r *replicas) {
		old := coldStart()
		r.takes(r.one, "", old)
		r.is(nil, r.one.leave(r.t.Context())) // Before the first page.
		time.Sleep(time.Hour)
		r.takes(r.again("one"), "", old)
		time.Sleep(time.Hour)
		r.takes(r.two, "", old)
		r.is(nil, r.two.save(r.t.Context(), "c1", false))
		r.is(nil, r.two.leave(r.t.Context()))
		r.takes(r.one, "c1", old)
		r.is(nil, r.one.save(r.t.Context(), "c2", true))
		r.takes(r.two, "c2", time.Time{})
	})
}

// TestPlace_AnEmptyAccountIsReadOnce: whatever comes later is new, also if the platform gives no cursor for nothing, and no bot runs
// when it comes.
func TestPlace_AnEmptyAccountIsReadOnce(t *testing.T) {
	played(t, func(r *replicas) {
		r.takes(r.one, "", coldStart())
		r.is(nil, r.one.save(r.t.Context(), "", true))
		time.Sleep(24 * time.Hour)
		r.takes(r.again("one"), "", time.Time{})
	})
}

func TestPlace_ADamagedRecordBeginsAnew(t *testing.T) {
	for _, damaged := range []string{"", "{", "null", "[]", `"c1"`, `{"cursor":7}`, `{"cursor":"c1","until":"soon"}`} {
		played(t, func(r *replicas) {
			if _, err := r.store.Put(r.t.Context(), "kf/place/"+corpID+"/"+account, []byte(damaged), 0); err != nil {
				t.Fatal(err)
			}
			r.takes(r.one, "", coldStart())
			r.cannot(r.two)
			r.is(nil, r.one.save(r.t.Context(), "c1", true))
			r.takes(r.two, "c1", time.Time{})
		})
	}
}

// TestPlace_OfAnotherAccountOrCompany: they know nothing of each other.
func TestPlace_OfAnotherAccountOrCompany(t *testing.T) {
	played(t, func(r *replicas) {
		r.takes(r.one, "", coldStart())
		r.takes(newPlace(r.store, corpID, "wkother", "two"), "", coldStart())
		r.takes(newPlace(r.store, "wwother", account, "two"), "", coldStart())
	})
}

// broken is a store that fails, when it is told to.
type broken struct {
	*memstore.Store
	get, put error
}

func (b *broken) Get(ctx context.Context, key string) ([]byte, uint64, error) {
	if b.get != nil {
		return nil, 0, b.get
	}
	return b.Store.Get(ctx, key)
}

func (b *broken) Put(ctx context.Context, key string, value []byte, revision uint64) (uint64, error) {
	if b.put != nil {
		return 0, b.put
	}
	return b.Store.Put(ctx, key, value, revision)
}

// TestPlace_AStoreThatFailsIsNoOtherReader: nothing is taken for granted, and it goes on where it was.
func TestPlace_AStoreThatFailsIsNoOtherReader(t *testing.T) {
	store := &broken{Store: memstore.New()}
	p, down := newPlace(store, corpID, account, "one"), errors.New("the store is down")
	fails := func(err error) {
		t.Helper()
		if !errors.Is(err, down) || errors.Is(err, errLeased) || errors.Is(err, errLost) || errors.Is(err, core.ErrNotFound) {
			t.Errorf("got %v", err)
		}
	}
	store.get = down
	_, err := p.take(t.Context(), coldStart)
	fails(err)
	store.get, store.put = nil, down
	_, err = p.take(t.Context(), coldStart)
	fails(err)
	store.put = nil
	if _, err := p.take(t.Context(), coldStart); err != nil {
		t.Fatal(err)
	}
	store.put = down
	fails(p.save(t.Context(), "c1", false))
	fails(p.leave(t.Context()))
	store.put = nil
	if err := p.save(t.Context(), "c2", false); err != nil {
		t.Error(err)
	}
}
