package mp

import (
	"context"
	"time"

	"github.com/chuanhuabot/bot/channels/internal/compose"
	"github.com/chuanhuabot/bot/core"
)

const (
	// lead is what a passive reply gets ahead of what follows it: they take different ways, and nothing else keeps their order.
	lead = 300 * time.Millisecond
	// followSoon is how long a delivery lets older ones go first that are about to be sent.
	followSoon = 5 * time.Second
	// calmTime is how long what is older may take to go before an answer: what takes longer is overtaken.
	calmTime = 2 * time.Second
)

// tail is what goes on behind the answers of a conversation, before anything newer: what they had no room for, and what its person has
// freed by writing. It exists while something of it has yet to go. It is guarded by the mutex of its slots.
type tail struct {
	rests    map[string]*rest // By delivery ID.
	since    time.Time
	settling int           // How many have ended, or were freed, that the core has not got back yet.
	settled  chan struct{} // Closed when it is none.
	over     chan struct{} // Closed when the tail exists no more.
}

// rest is one delivery of a tail.
type rest struct {
	behind  *slot // Whose answer goes first; nil for none.
	created time.Time
	going   bool
}

// precedes tells whether something older has to go before a delivery. A nil tail precedes nothing.
func (t *tail) precedes(d *core.Delivery) bool {
	if t == nil || time.Since(t.since) > followSoon {
		return false
	}
	for id, r := range t.rests {
		if id != d.ID && !r.going && r.created.Before(d.Created) {
			return true
		}
	}
	return false
}

// add notes that deliveries go on behind the answer of a slot that ends, or behind none. They have been given back to the core when settled is
// called. The caller holds mu.
func (s *slots) add(conversation string, behind *slot, rests []*core.Delivery) {
	t := s.tails[conversation]
	if t == nil {
		t = &tail{rests: map[string]*rest{}, settled: make(chan struct{}), over: make(chan struct{})}
		s.tails[conversation] = t
	}
	for _, d := range rests {
		t.rests[d.ID] = &rest{behind: behind, created: d.Created}
	}
	t.since = time.Now()
	t.settling++
}

// follows notes which deliveries go on behind the answer of a slot that ends. The caller holds mu, and calls settled when it has
// given them back to the core.
func (s *slots) follows(one *slot, fates []compose.Fate) {
	var rests []*core.Delivery
	for _, f := range fates {
		if f.Err != nil {
			rests = append(rests, f.Delivery)
		}
	}
	if len(rests) > 0 {
		s.add(one.conversation, one, rests)
	}
}

// free notes that deliveries of a conversation go now, before anything newer. The caller calls settled when it has given them back to
// the core.
func (s *slots) free(conversation string, all []*core.Delivery) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.add(conversation, nil, all)
}

// settled says that the core has what was added last to the tail of a conversation, or what was added before.
func (s *slots) settled(conversation string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := s.tails[conversation] // It is there as long as it waits for this.
	if t.settling--; t.settling == 0 {
		close(t.settled)
		t.settled = make(chan struct{})
	}
	s.dropTail(conversation)
}

// dropTail forgets a tail of which nothing is left. The caller holds mu.
func (s *slots) dropTail(conversation string) {
	if t := s.tails[conversation]; t != nil && len(t.rests) == 0 && t.settling == 0 {
		delete(s.tails, conversation)
		close(t.over)
	}
}

// sweepTails forgets the tails of which something has never gone: it was discarded, or waits for a later try.
func (s *slots) sweepTails() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for conversation, t := range s.tails {
		if t.settling == 0 && time.Since(t.since) > rememberFor {
			clear(t.rests)
			s.dropTail(conversation)
		}
	}
}

// gone says that a try of a delivery has ended: nothing has to wait for it any more, unless its channel holds it, and has freed it
// again since.
func (s *slots) gone(d *core.Delivery, held bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := s.tails[d.Conversation]
	if t == nil {
		return
	}
	if r := t.rests[d.ID]; r != nil && (r.going || !held) {
		delete(t.rests, d.ID)
		s.dropTail(d.Conversation)
	}
}

// yield waits until the core has what must go before a delivery. It returns false if ctx ends first.
func (s *slots) yield(ctx context.Context, d *core.Delivery) bool {
	s.mu.Lock()
	t := s.tails[d.Conversation]
	if t == nil || t.settling == 0 {
		s.mu.Unlock()
		return true
	}
	settled := t.settled
	s.mu.Unlock()
	select {
	case <-settled:
		return true
	case <-ctx.Done():
		return false
	}
}

// calm waits until what is older than the answer of a slot has gone, but not for long. It returns false if ctx ends first.
func (s *slots) calm(ctx context.Context, one *slot) bool {
	s.mu.Lock()
	t := s.tails[one.conversation]
	var until time.Time
	if t != nil {
		until = t.since.Add(calmTime)
	}
	s.mu.Unlock()
	if t == nil || one.muted {
		return true
	}
	enough := time.NewTimer(min(time.Until(until), time.Until(one.deadline)))
	defer enough.Stop()
	select {
	case <-t.over:
	case <-enough.C:
	case <-ctx.Done():
		return false
	}
	return true
}

// follow waits until the passive reply that a delivery goes on behind has gone, and its lead after that. It returns false if ctx
// ends first.
func (s *slots) follow(ctx context.Context, d *core.Delivery) bool {
	s.mu.Lock()
	one := s.goes(d)
	if one == nil {
		one = s.byID[d.InReplyTo]
	}
	var gone <-chan struct{}
	if one != nil && one.answer != nil {
		gone = signal(one.written, &one.gone)
	}
	s.mu.Unlock()
	if gone == nil {
		return true
	}
	select {
	case <-gone:
	case <-ctx.Done():
		return false
	}
	if !s.ladder.sends() {
		return true // It is fetched, and overtakes nothing.
	}
	return pause(ctx, time.Until(s.leadOver(one)))
}

// goes notes that a delivery goes now, and returns the slot behind whose answer it does, or nil. The caller holds mu.
func (s *slots) goes(d *core.Delivery) *slot {
	t := s.tails[d.Conversation]
	if t == nil || t.rests[d.ID] == nil {
		return nil
	}
	r := t.rests[d.ID]
	r.going = true
	return r.behind
}

func (s *slots) leadOver(one *slot) time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return one.wroteAt.Add(lead)
}
