// Package world is one sandbox: the two simulated platforms, their accounts by name, the people who chat with them, the clock that
// they share, and the record of all that happened.
package world

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/chuanhuabot/bot/sandbox/clock"
	"github.com/chuanhuabot/bot/sandbox/journal"
	"github.com/chuanhuabot/bot/sandbox/kf"
	"github.com/chuanhuabot/bot/sandbox/mp"
	"github.com/chuanhuabot/bot/sandbox/traffic"
	"github.com/chuanhuabot/bot/sandbox/transcript"
)

// remembered is how many entries, exchanges and turns a world keeps.
const remembered = 5000

// Clock is a clock that can be put ahead.
type Clock interface {
	clock.Clock
	Advance(d time.Duration)
}

// Options are what a World is made of. The zero value works.
type Options struct {
	Clock Clock        // The machine's, which can be put ahead, if nil.
	Log   *slog.Logger // Nothing is logged if nil.
	MP    mp.Rules
	KF    kf.Rules
}

// World is one sandbox. It is safe for concurrent use. Make it with New and Close it.
type World struct {
	Clock      Clock
	MP         *mp.Platform
	KF         *kf.Platform
	Transcript *transcript.Log
	Traffic    *traffic.Log
	Turns      *journal.Log[traffic.Turn]

	// Run is another one for each world, so that what was read from an earlier one can be told apart.
	Run string

	ctx    context.Context // Ends with Close: pushes that nobody waits for end with it.
	cancel context.CancelFunc
	work   sync.WaitGroup

	adding sync.Mutex // Held from the look at a name until it is taken.

	mu       sync.Mutex
	closed   bool
	accounts []Account
	people   []string
	moved    time.Duration
	changed  chan struct{} // Closed and replaced by Touch.
}

// New returns a world with two people and no accounts.
func New(o Options) *World {
	w := &World{
		Clock: o.Clock, Transcript: transcript.New(remembered), Traffic: traffic.New(remembered), Turns: journal.New[traffic.Turn](remembered),
		Run: randomHex(4), people: []string{"小明", "小红"}, changed: make(chan struct{}),
	}
	var stamp clock.Clock // A clock that stands dates callbacks as well.
	if w.Clock == nil {
		w.Clock, stamp = &clock.Ahead{}, clock.Real{}
	}
	w.ctx, w.cancel = context.WithCancel(context.Background())
	w.MP = mp.New(mp.Options{
		Clock: w.Clock, Stamp: stamp, Log: o.Log, Transcript: w.Transcript, Traffic: w.Traffic, Rules: o.MP, Named: w.namesOf,
	})
	w.KF = kf.New(kf.Options{Clock: w.Clock, Stamp: stamp, Log: o.Log, Transcript: w.Transcript, Traffic: w.Traffic, Rules: o.KF})
	return w
}

// Go runs do in the background. Its context ends with the world, and Close waits for it. After Close it does nothing.
func (w *World) Go(do func(context.Context)) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.closed {
		w.work.Go(func() { do(w.ctx) })
	}
}

// Stop ends the streams of events, and lets nothing begin in the background any more. Close must follow.
func (w *World) Stop() {
	w.mu.Lock()
	w.closed = true
	w.mu.Unlock()
	w.cancel()
}

// Close ends what runs in the background, and the connections to bots.
func (w *World) Close() {
	w.Stop()
	w.work.Wait()
	w.MP.Close()
	w.KF.Close()
}

// Advance puts the platforms' clock ahead.
func (w *World) Advance(d time.Duration) {
	w.Clock.Advance(d)
	w.mu.Lock()
	w.moved += max(d, 0)
	w.mu.Unlock()
	w.Touch()
}

// Moved returns by how much the clock was put ahead in all.
func (w *World) Moved() time.Duration {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.moved
}

// Touch tells those who look on that something has changed that is no entry, exchange or turn.
func (w *World) Touch() {
	w.mu.Lock()
	defer w.mu.Unlock()
	close(w.changed)
	w.changed = make(chan struct{})
}

// Changed returns a channel that the next Touch closes.
func (w *World) Changed() <-chan struct{} {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.changed
}

// Done is closed by Stop.
func (w *World) Done() <-chan struct{} { return w.ctx.Done() }
