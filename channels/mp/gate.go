package mp

import (
	"context"
	"sync/atomic"

	"github.com/chuanhuabot/bot/core"
)

// gate stands between requests and the inbox, which is there only while Run runs.
type gate struct {
	used           atomic.Bool
	opened, closed chan struct{}
	inbox          core.Inbox // set before opened is closed
}

func newGate() *gate {
	return &gate{opened: make(chan struct{}), closed: make(chan struct{})}
}

// open lets requests through to in. It returns false if it was called before.
func (g *gate) open(in core.Inbox) bool {
	if g.used.Swap(true) {
		return false
	}
	g.inbox = in
	close(g.opened)
	return true
}

// current returns the inbox, or nil before Run.
func (g *gate) current() core.Inbox {
	select {
	case <-g.opened:
		return g.inbox
	default:
		return nil
	}
}

// close lets no more requests through. It must be called once.
func (g *gate) close() { close(g.closed) }

// now returns the inbox if requests may pass at this moment.
func (g *gate) now() (core.Inbox, bool) {
	in := g.current()
	select {
	case <-g.closed:
		return nil, false
	default:
		return in, in != nil
	}
}

// pass waits for the inbox. False comes only when ctx has ended: a request that can never pass is held until the platform
// hangs up, because every answer would make it either forget the message or ask again at once.
func (g *gate) pass(ctx context.Context) (core.Inbox, bool) {
	select {
	case <-g.opened:
	case <-ctx.Done():
		return nil, false
	}
	in, ok := g.now()
	if !ok {
		<-ctx.Done()
	}
	return in, ok
}
