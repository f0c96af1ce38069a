package mp

import (
	"context"
	"time"

	"github.com/chuanhuabot/bot/core"
	"github.com/chuanhuabot/bot/sdk"
)

// slot is where the passive reply to one message gathers. It is made when the first request for the message arrives,
// before the inbox knows of the message, so that a reply always finds it. While it is open, requests join and leave (the
// platform hangs up and asks again), and deliveries join its answer. It ends once: when the newest request takes the
// answer, or when the platform's last try is over. An ended slot is remembered for a while, to give a late retry the same
// answer.
//
// A slot is guarded by the mutex of its slots.
type slot struct {
	id       string
	deadline time.Time   // by when the last try must be answered
	muted    bool        // no reply can reach the person
	turn     core.Turn   // nil until the inbox took the message, and after the end
	answer   answer      // after the end: what was answered
	requests int         // how many requests wait
	newest   *request    // the one that may carry the answer
	orphaned *time.Timer // set while nobody waits for a turn that runs
	sender   string
	waiting  bool // the person has been shown that the answer takes longer

	// Where nothing may follow, these are nil.
	full chan struct{} // closed when something found no room in the answer, so that it need not wait for more
	gone chan struct{} // closed when the answer has been written, or nobody came for it: what found no room may follow

	ended time.Time // zero: open
	next  *slot     // the one that ended after this one
}

// request is one HTTP request for a message: the platform's first try, or a retry.
type request struct {
	slots *slots
	slot  *slot
}

// answered returns the answer of a slot that has ended. A nil content with true is the answer that there is none.
func (r *request) answered() (sdk.Content, bool) {
	r.slots.mu.Lock()
	defer r.slots.mu.Unlock()
	return r.slot.answer.content, !r.slot.ended.IsZero()
}

// turn returns the turn that another request for the message started, or nil.
func (r *request) turn() core.Turn {
	r.slots.mu.Lock()
	defer r.slots.mu.Unlock()
	return r.slot.turn
}

// started says which turn the inbox gave to the message.
func (r *request) started(t core.Turn) {
	r.slots.mu.Lock()
	defer r.slots.mu.Unlock()
	if r.slot.ended.IsZero() {
		r.slot.turn = t
	}
}

// end takes the answer and ends the slot. It returns nil for a request that is not the newest of those that wait: the
// answer is for that one. A request that waits on beside a newer one is there in case that one hangs up.
func (r *request) end() sdk.Content {
	r.slots.mu.Lock()
	defer r.slots.mu.Unlock()
	if !r.carries() {
		return nil
	}
	r.slots.end(r.slot)
	return r.slot.answer.content
}

// carries tells whether the answer is this request's to carry. The caller holds mu.
func (r *request) carries() bool { return r.slot.newest == r || r.slot.newest == nil }

// endIfAnswered is end for a slot that has something in its answer.
func (r *request) endIfAnswered() sdk.Content {
	r.slots.mu.Lock()
	defer r.slots.mu.Unlock()
	if !r.carries() || r.slot.answer.content == nil {
		return nil
	}
	r.slots.end(r.slot)
	return r.slot.answer.content
}

// silent tells, once for each slot, whether it has ended without a word to somebody who may be waiting for one.
func (r *request) silent() bool {
	r.slots.mu.Lock()
	defer r.slots.mu.Unlock()
	one := r.slot
	if one.ended.IsZero() || one.answer.content != nil || one.muted || one.waiting {
		return false
	}
	one.waiting = true
	return true
}

// leave must be called when the request is over, whatever came of it. If it was the last one of an open slot, the slot
// waits for a retry until its deadline and then keeps its turn.
func (r *request) leave() {
	s := r.slots
	s.mu.Lock()
	r.slot.requests--
	if r.slot.newest == r && r.slot.ended.IsZero() {
		r.slot.newest = nil // One that waits beside it may carry the answer.
	}
	late := s.abandon(r.slot)
	s.mu.Unlock()
	if late {
		s.keepOrphan(context.Background(), r.slot)
	}
}

// release lets the answer go now. The caller holds the mutex of the slots.
func (s *slot) release() { shut(s.full) }

// shut closes c, unless it is nil or closed. The caller holds the mutex of the slots.
func shut(c chan struct{}) {
	if c == nil {
		return
	}
	select {
	case <-c:
	default:
		close(c)
	}
}
