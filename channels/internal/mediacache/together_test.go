package mediacache_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/chuanhuabot/bot/channels/internal/mediacache"
	"github.com/chuanhuabot/bot/core"
)

// gate is a platform that answers when it is told to.
type gate struct {
	platform
	arrived chan string   // Has an element for each fetch that has begun.
	open    chan struct{} // Closed when the answers come.
	ended   chan error    // Has why a fetch ended without one.
}

func newGate() *gate {
	g := &gate{arrived: make(chan string, 100), open: make(chan struct{}), ended: make(chan error, 100)}
	g.answer = func(ctx context.Context, id string) (*core.Blob, error) {
		g.arrived <- id
		select {
		case <-g.open:
			return blob(id), nil
		case <-ctx.Done():
			g.ended <- ctx.Err()
			return nil, ctx.Err()
		}
	}
	return g
}

func TestCache_AskedTogether(t *testing.T) {
	g := newGate()
	w := newWorld(t, &g.platform)
	var asking sync.WaitGroup
	for range 20 {
		asking.Go(func() {
			b, err := w.Open(t.Context(), "A")
			if err != nil {
				t.Error(err)
				return
			}
			defer b.Close()
			if data, err := io.ReadAll(b); err != nil || string(data) != "A" {
				t.Errorf("%q, %v", data, err)
			}
		})
	}
	<-g.arrived
	close(g.open)
	asking.Wait()
	if n := g.times("A"); n != 1 {
		t.Errorf("fetched %d times", n)
	}
}

func TestCache_ErrorIsForAllWhoWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		refused, open := errors.New("refused"), make(chan struct{})
		p := &platform{answer: func(context.Context, string) (*core.Blob, error) {
			<-open
			return nil, refused
		}}
		w := newWorld(t, p)
		var asking sync.WaitGroup
		for range 5 {
			asking.Go(func() {
				if b, err := w.Open(t.Context(), "A"); !errors.Is(err, refused) || b != nil {
					t.Errorf("got %v", err)
				}
			})
		}
		synctest.Wait() // Until all wait.
		close(open)
		asking.Wait()
		if n := p.times("A"); n != 1 {
			t.Errorf("fetched %d times", n)
		}
	})
}

// TestCache_TheFirstLeaves holds that who asked second gets the media, although the first one's context ends.
func TestCache_TheFirstLeaves(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate()
		w := newWorld(t, &g.platform)
		ctx, cancel := context.WithCancelCause(t.Context())
		left := errors.New("the first has left")
		var asking sync.WaitGroup
		asking.Go(func() {
			if _, err := w.Open(ctx, "A"); !errors.Is(err, left) {
				t.Errorf("the first got %v", err)
			}
		})
		synctest.Wait()
		asking.Go(func() {
			if got := w.read("A"); got != "A" {
				t.Errorf("the second got %q", got)
			}
		})
		synctest.Wait()
		cancel(left)
		synctest.Wait()
		close(g.open)
		asking.Wait()
		if n := g.times("A"); n != 1 {
			t.Errorf("fetched %d times", n)
		}
	})
}

func TestCache_AllLeave(t *testing.T) {
	g := newGate()
	w := newWorld(t, &g.platform)
	ctx, cancel := context.WithCancel(t.Context())
	asked := make(chan error)
	go func() {
		_, err := w.Open(ctx, "A")
		asked <- err
	}()
	<-g.arrived
	cancel()
	if err := <-asked; !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if err := <-g.ended; !errors.Is(err, context.Canceled) {
		t.Errorf("it is fetched on: %v", err)
	}
	close(g.open)
	if got := w.read("A"); got != "A" || g.times("A") != 2 {
		t.Errorf("%q, fetched %d times", got, g.times("A"))
	}
}

// TestCache_NotAllAtOnce: the platform refuses a crowd.
func TestCache_NotAllAtOnce(t *testing.T) {
	var now, most atomic.Int32
	p := &platform{answer: func(_ context.Context, id string) (*core.Blob, error) {
		n := now.Add(1)
		defer now.Add(-1)
		for old := most.Load(); n > old && !most.CompareAndSwap(old, n); old = most.Load() {
		}
		return blob(id), nil
	}}
	w := newWorld(t, p)
	var asking sync.WaitGroup
	for i := range 50 {
		asking.Go(func() { w.read(fmt.Sprint(i)) })
	}
	asking.Wait()
	if n := most.Load(); n > 2 {
		t.Errorf("%d at once, and 2 are allowed", n)
	}
}

func TestCache_WaitsForASlotNoLongerThanAsked(t *testing.T) {
	g := newGate()
	w := newWorld(t, &g.platform)
	ctx, cancel := context.WithCancel(t.Context())
	var asking sync.WaitGroup
	for _, id := range []string{"A", "B", "C"} { // The third finds no slot.
		asking.Go(func() {
			if _, err := w.Open(ctx, id); !errors.Is(err, context.Canceled) {
				t.Errorf("%s: %v", id, err)
			}
		})
	}
	<-g.arrived
	<-g.arrived
	cancel()
	asking.Wait()
}

func TestCache_Closed(t *testing.T) {
	g := newGate()
	w := newWorld(t, &g.platform)
	asked := make(chan error)
	go func() {
		_, err := w.Open(t.Context(), "A")
		asked <- err
	}()
	<-g.arrived
	for range 2 {
		if err := w.Close(); err != nil {
			t.Error(err)
		}
	}
	if err := <-asked; !errors.Is(err, mediacache.ErrClosed) {
		t.Errorf("who waited got %v", err)
	}
	if _, err := w.Open(t.Context(), "A"); !errors.Is(err, mediacache.ErrClosed) {
		t.Errorf("who came later got %v", err)
	}
}

func TestCache_ClosedUnderAReader(t *testing.T) {
	w := newWorld(t, &platform{size: 8 * kilobyte})
	b, err := w.Open(t.Context(), "A")
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Error(err)
	}
	if data, err := io.ReadAll(b); err != nil || len(data) != 8*kilobyte {
		t.Errorf("%d bytes, %v", len(data), err)
	}
	b.Close()
	if left := w.files(); len(left) > 0 {
		t.Errorf("left: %v", left)
	}
}

// TestCache_UnderLoad lets many ask for little room, so that all that can cross does; the race detector looks on.
func TestCache_UnderLoad(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, &platform{size: 16 * kilobyte})
		var asking sync.WaitGroup
		for i := range 8 {
			asking.Go(func() {
				for j := range 50 {
					w.askFor(fmt.Sprint(i*j%6), (i+j)%7 == 0)
				}
			})
		}
		asking.Wait()
		synctest.Wait() // Until what nobody waited for has ended, too.
		if n := len(w.files()) - 1; n > 4 {
			t.Errorf("%d files, and 4 have room", n)
		}
	})
}

// askFor reads media, or has no time for it.
func (w *world) askFor(id string, hurry bool) {
	ctx, cancel := context.WithCancel(w.t.Context())
	defer cancel()
	if hurry {
		cancel()
	}
	b, err := w.Open(ctx, id)
	if err != nil {
		if !errors.Is(err, context.Canceled) {
			w.t.Error(err)
		}
		return
	}
	defer b.Close()
	if data, err := io.ReadAll(b); err != nil || len(data) != 16*kilobyte || string(data[:len(id)]) != id {
		w.t.Errorf("%s: %d bytes, %v", id, len(data), err)
	}
}
