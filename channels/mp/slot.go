package mp

import (
	"context"
	"time"

	"github.com/chuanhuabot/bot/channels/internal/compose"
	"github.com/chuanhuabot/bot/core"
	"github.com/chuanhuabot/bot/sdk"
)

// slot is where the passive reply to one message gathers. It is made when the first request for the message arrives,
// before the inbox knows of the message, so that a reply always finds it. While it is open, requests join and leave (the
// platform hangs up and asks again), and it holds deliveries. It ends once: when the newest request takes the answer that is
// made of them, or when the platform's last try is over. An ended slot is remembered for a while, to give a late retry the
// same answer.
//
// A slot is guarded by the mutex of its slots.
type slot struct {
	id           string
	conversation string
	sender       string
	deadline     time.Time      // by when the last try must be answered
	muted        bool           // no reply can reach the person
	turn         core.Turn      // nil until the inbox took the message, and after the end
	held         []compose.Item // what the answer is to be made of; nil after the end
	at           place
	notice       string      // what to say if there is nothing else
	answer       sdk.Content // after the end: what was answered, nil for nothing
	requests     int         // how many requests wait
	newest       *request    // the one that may carry the answer
	orphaned     *time.Timer // set while nobody waits for a turn that runs
	waiting      bool        // the person has been shown that the answer takes longer
	unseen       *answer     // after the end: the answer, while nobody has come for it

	released bool
	full     chan struct{} // nil while nobody waits: closed when something found no room in the answer
	written  bool
	wroteAt  time.Time
	gone     chan struct{} // nil while nobody waits: closed when the answer has been written, or nobody came for it

	ended time.Time // zero: open
	next  *slot     // the one that ended after this one
}

func (s *slot) isOpen() bool { return s.ended.IsZero() }

// reads tells whether its person reads what waits for them: no turn runs then.
func (s *slot) reads() bool {
	_, reads := s.turn.(*reading)
	return reads
}

// release lets the answer go now: waiting for more would not put more into it.
func (s *slot) release() {
	if !s.released && s.full != nil {
		close(s.full)
	}
	s.released = true
}

// wrote says that the answer is on its way: what follows it may go.
func (s *slot) wrote() {
	if s.written {
		return
	}
	s.written, s.wroteAt = true, time.Now()
	if s.gone != nil {
		close(s.gone)
	}
}

// signal returns a channel that is closed once *done is true.
func signal(done bool, c *chan struct{}) <-chan struct{} {
	if *c == nil {
		*c = make(chan struct{})
		if done {
			close(*c)
		}
	}
	return *c
}

// request is one HTTP request for a message: the platform's first try, or a retry.
type request struct {
	slots *slots
	slot  *slot
	began time.Time
}

// answered returns the answer of a slot that has ended.
func (r *request) answered() (answer, bool) {
	r.slots.mu.Lock()
	defer r.slots.mu.Unlock()
	return r.slots.takeUnseen(r.slot), !r.slot.isOpen()
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
	if r.slot.isOpen() {
		r.slot.turn = t
	}
}

// startedFirst is started for a turn that nobody but the channel knows. It returns the one that another request has started, if there is
// one.
func (r *request) startedFirst(t core.Turn) core.Turn {
	r.slots.mu.Lock()
	defer r.slots.mu.Unlock()
	if r.slot.turn == nil && r.slot.isOpen() {
		r.slot.turn = t
	}
	if r.slot.turn != nil {
		return r.slot.turn
	}
	return t
}

// full is closed when the answer has no room for more.
func (r *request) full() <-chan struct{} {
	r.slots.mu.Lock()
	defer r.slots.mu.Unlock()
	return signal(r.slot.released, &r.slot.full)
}

// answer is what a request carries.
type answer struct {
	content sdk.Content // Nil for `success`.
	slot    *slot
	held    []compose.Item // What it is made of, and what it had no room for.
	fates   []compose.Fate // What becomes of these, once it is on its way.
}

// end takes the answer, which is nothing for a request that is not the newest of those that wait: the answer is for that one. A
// request that waits on beside a newer one is there in case that one hangs up. late says that the turn goes on. What finds no room in
// the answer is on record when end returns. The caller calls sent when the answer is on its way.
func (r *request) end(late bool) answer {
	a, _ := r.take(late, false)
	return a
}

// endIfAnswered is end for a slot that holds something.
func (r *request) endIfAnswered() (answer, bool) { return r.take(true, true) }

func (r *request) take(late, onlyHeld bool) (answer, bool) {
	s := r.slots
	s.mu.Lock()
	if r.slot.newest != r && r.slot.newest != nil || onlyHeld && len(r.slot.held) == 0 {
		s.mu.Unlock()
		return answer{slot: r.slot}, false
	}
	if time.Since(r.began) < s.oneTry { // Else the platform may hang up before it has the answer, and what waits is safe where it is.
		s.holdUnread(r.slot)
	}
	a := answer{slot: r.slot, held: r.slot.held}
	a.fates = s.end(r.slot, late)
	a.content = r.slot.answer
	s.mu.Unlock()
	s.record(a.held, a.fates)
	return a, true
}

// silent tells, once for each slot, whether it has ended without an answer to somebody who may be waiting for one.
func (r *request) silent() bool {
	r.slots.mu.Lock()
	defer r.slots.mu.Unlock()
	one := r.slot
	if one.isOpen() || one.answer != nil || one.muted || one.waiting {
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
	if r.slot.newest == r && r.slot.isOpen() {
		r.slot.newest = nil // One that waits beside it may carry the answer.
	}
	late := s.abandon(r.slot)
	s.mu.Unlock()
	if late {
		s.keepOrphan(context.Background(), r.slot)
	}
}
