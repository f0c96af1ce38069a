package core

import (
	"strings"
	"sync"

	"github.com/chuanhuabot/bot/sdk"
)

// outcomes tells plugins how their Outgoings end. It is safe for concurrent use. The zero value knows nobody.
type outcomes struct {
	mu       sync.Mutex
	watchers map[string]map[*Watch]bool      // By owner.
	open     map[string]map[string]*dispatch // Those that have not ended, by owner and delivery ID.
}

// Watch is who wants to know how the Outgoings of a plugin end.
type Watch struct {
	of    *outcomes
	owner string
	C     chan sdk.Outcome // Closed when more came than were taken.
}

// watchBuffer is how many outcomes wait to be taken.
const watchBuffer = 1000

// Watch tells from now on how each Outgoing of a plugin ends, by Watch.C. Close must follow.
func (b *Bot) Watch(owner string) *Watch {
	w := &Watch{of: &b.outbox.outcomes, owner: owner, C: make(chan sdk.Outcome, watchBuffer)}
	w.of.mu.Lock()
	defer w.of.mu.Unlock()
	if w.of.watchers == nil {
		w.of.watchers = map[string]map[*Watch]bool{}
	}
	if w.of.watchers[owner] == nil {
		w.of.watchers[owner] = map[*Watch]bool{}
	}
	w.of.watchers[owner][w] = true
	return w
}

// Close ends the watch.
func (w *Watch) Close() {
	w.of.mu.Lock()
	defer w.of.mu.Unlock()
	w.of.forget(w)
}

// forget forgets a watch. The caller holds mu.
func (o *outcomes) forget(w *Watch) {
	delete(o.watchers[w.owner], w)
	if len(o.watchers[w.owner]) == 0 {
		delete(o.watchers, w.owner)
	}
}

// waiting returns how many Outgoings of an owner have not ended.
func (o *outcomes) waiting(owner string) int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return len(o.open[owner])
}

// get returns one that has not ended, or nil.
func (o *outcomes) get(d *Delivery) *dispatch {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.open[ownerOf(d)][d.ID]
}

// begin notes one.
func (o *outcomes) begin(p *dispatch) {
	o.mu.Lock()
	defer o.mu.Unlock()
	owner := ownerOf(&p.Delivery)
	if o.open == nil {
		o.open = map[string]map[string]*dispatch{}
	}
	if o.open[owner] == nil {
		o.open[owner] = map[string]*dispatch{}
	}
	o.open[owner][p.ID] = p
}

// end tells how one has ended. If the store does not know, it stays here: the plugin may ask again, and the record would have it sent once
// more.
func (o *outcomes) end(d *Delivery, noted bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	owner := ownerOf(d)
	if noted {
		if delete(o.open[owner], d.ID); len(o.open[owner]) == 0 {
			delete(o.open, owner)
		}
	}
	for w := range o.watchers[owner] {
		select {
		case w.C <- outcomeOf(d):
		default:
			close(w.C)
			o.forget(w)
		}
	}
}

// isOutgoing tells whether a delivery is that of an Outgoing.
func isOutgoing(d *Delivery) bool { return strings.HasPrefix(d.ID, outgoingMark) }

// ownerOf returns the plugin whose Outgoing a delivery is.
func ownerOf(d *Delivery) string {
	_, rest, _ := strings.Cut(d.ID, "/")
	owner, _, _ := strings.Cut(rest, "/")
	return owner
}

// outcomeOf says how an Outgoing stands, in a plugin's words.
func outcomeOf(d *Delivery) sdk.Outcome {
	parts := strings.SplitN(d.ID, "/", 3)
	o := sdk.Outcome{Key: parts[len(parts)-1], State: sdk.SendQueued, Reason: d.Reason}
	switch d.Status {
	case StatusSent:
		o.State = sdk.SendSent
	case StatusFailed:
		o.State = sdk.SendFailed
	}
	return o
}

func (p *dispatch) outcome() sdk.Outcome {
	p.mu.Lock()
	defer p.mu.Unlock()
	return outcomeOf(&p.Delivery)
}
