package storetest

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/chuanhuabot/bot/core"
)

// workers is how many goroutines try the same thing at once, on both stores where there is a peer.
const workers = 16

// concurrentTests hold a store to being safe for concurrent use, in one process and from several.
func concurrentTests() []test {
	return []test{
		{"one Keep is fresh", concurrentKeep},
		{"one Put creates", func(t *testing.T, o Opened) { concurrentPut(t, o, 0, []byte("x")) }},
		{"one Put changes", func(t *testing.T, o Opened) {
			concurrentPut(t, o, mustPut(t, o.Store, "k", []byte("old"), 0), []byte("x"))
		}},
		{"one Put removes", func(t *testing.T, o Opened) {
			concurrentPut(t, o, mustPut(t, o.Store, "k", []byte("old"), 0), nil)
		}},
		{"no increment is lost", concurrentCount},
		{"PutDelivery", concurrentDeliveries},
		{"peers see each other", peers},
	}
}

// each calls do in all workers, which start together and share the stores that there are.
func each(t *testing.T, o Opened, do func(s core.Store, worker int)) {
	t.Helper()
	stores := []core.Store{o.Store}
	if o.Peer != nil {
		stores = append(stores, o.Peer(t))
	}
	var wg sync.WaitGroup
	start := make(chan struct{})
	for i := range workers {
		wg.Go(func() {
			<-start
			do(stores[i%len(stores)], i)
		})
	}
	close(start)
	wg.Wait()
}

func concurrentKeep(t *testing.T, o Opened) {
	var fresh atomic.Int32
	each(t, o, func(s core.Store, _ int) {
		ok, err := s.Keep(t.Context(), message("wx", "1"))
		if err != nil {
			t.Errorf("Keep: %v", err)
		}
		if ok {
			fresh.Add(1)
		}
	})
	if got := fresh.Load(); got != 1 {
		t.Errorf("%d of %d Keeps were fresh, want exactly one", got, workers)
	}
	wantUnfinished(t, o.Store, "wx/1")
}

func concurrentPut(t *testing.T, o Opened, revision uint64, value []byte) {
	var won atomic.Int32
	each(t, o, func(s core.Store, _ int) {
		switch _, err := s.Put(t.Context(), "k", value, revision); {
		case err == nil:
			won.Add(1)
		case !errors.Is(err, core.ErrConflict):
			t.Errorf("Put: %v, want ErrConflict", err)
		}
	})
	if got := won.Load(); got != 1 {
		t.Errorf("%d of %d Puts won, want exactly one", got, workers)
	}
}

func concurrentCount(t *testing.T, o Opened) {
	mustPut(t, o.Store, "k", nil, 0)
	each(t, o, func(s core.Store, _ int) {
		for {
			value, revision, err := s.Get(t.Context(), "k")
			if err != nil && !errors.Is(err, core.ErrNotFound) {
				t.Errorf("Get: %v", err)
				return
			}
			_, err = s.Put(t.Context(), "k", append(value, '+'), revision)
			if err == nil {
				return
			}
			if !errors.Is(err, core.ErrConflict) {
				t.Errorf("Put: %v", err)
				return
			}
		}
	})
	if value, _, err := o.Store.Get(t.Context(), "k"); err != nil || len(value) != workers {
		t.Errorf("Get = %q, %v; want %d increments", value, err, workers)
	}
}

func concurrentDeliveries(t *testing.T, o Opened) {
	mustPutDelivery(t, o.Store, delivery("shared", epoch()))
	each(t, o, func(s core.Store, worker int) {
		for _, id := range []string{"shared", fmt.Sprint("own ", worker)} {
			if err := s.PutDelivery(t.Context(), delivery(id, epoch())); err != nil {
				t.Errorf("PutDelivery(%q): %v", id, err)
			}
		}
	})
	got, err := o.Store.Deliveries(t.Context())
	if err != nil || len(got) != workers+1 {
		t.Fatalf("Deliveries = %d, %v; want %d", len(got), err, workers+1)
	}
	if got[0].ID != "shared" {
		t.Errorf("the first delivery is %q, want the one stored first", got[0].ID)
	}
}

func peers(t *testing.T, o Opened) {
	if o.Peer == nil {
		t.Skip("this store belongs to one process")
	}
	peer := o.Peer(t)
	mustKeep(t, o.Store, message("wx", "1"), true)
	mustKeep(t, peer, message("wx", "1"), false)
	mustKeep(t, peer, message("wx", "2"), true)
	wantUnfinished(t, o.Store, "wx/1", "wx/2")
	mustFinish(t, peer, "wx", "1")
	wantUnfinished(t, o.Store, "wx/2")
	mustPutDelivery(t, peer, delivery("1", epoch()))
	wantDeliveries(t, o.Store, nil, "1")
	wantValue(t, peer, "k", "v", mustPut(t, o.Store, "k", []byte("v"), 0))
}
