package mp

import (
	"context"
	"time"

	"github.com/chuanhuabot/bot/core"
)

// lead is what a passive reply gets ahead of what follows it: they take different ways, and nothing else keeps their order.
const lead = 300 * time.Millisecond

// followSoon is how long a delivery lets those go first that an answer had no room for: they are about to be sent.
const followSoon = 5 * time.Second

// tail is what goes on behind the answers of a conversation. It exists while something has yet to go. It is guarded by the mutex of
// its slots.
type tail struct {
	behind   map[string]*slot // by delivery ID; nil once it goes
	waiting  int              // how many have yet to go
	since    time.Time
	settling int           // how many answers have ended whose deliveries the core has not got back yet
	settled  chan struct{} // closed when it is none
}

// precedes tells whether something has to go before a delivery. A nil tail precedes nothing.
func (t *tail) precedes(id string) bool {
	if t == nil || time.Since(t.since) > followSoon {
		return false
	}
	_, itself := t.behind[id]
	return !itself
}

// follows notes which deliveries go on behind the answer of a slot that ends. The caller holds mu, and calls settled when it has
// given them back to the core.
func (s *slots) follows(one *slot, fates []fate) {
	t := s.tails[one.conversation]
	for _, f := range fates {
		if f.err == nil {
			continue
		}
		if t == nil {
			t = &tail{behind: map[string]*slot{}, settled: make(chan struct{})}
			s.tails[one.conversation] = t
		}
		if t.behind[f.delivery.ID] == nil {
			t.waiting++
		}
		t.behind[f.delivery.ID], t.since = one, time.Now()
	}
	if t != nil && len(fates) > 0 {
		t.settling++
		one.settling = true
	}
}

// settled says that the core has what the answer of a slot had no room for.
func (s *slots) settled(one *slot) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !one.settling {
		return
	}
	one.settling = false
	t := s.tails[one.conversation] // It is there as long as it counts this slot.
	if t.settling--; t.settling == 0 {
		close(t.settled)
		t.settled = make(chan struct{})
	}
	s.dropTail(one.conversation)
}

// sweepTails forgets the tails of which something has never gone: it was discarded, or has found no way.
func (s *slots) sweepTails() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for conversation, t := range s.tails {
		if t.settling == 0 && time.Since(t.since) > rememberFor {
			delete(s.tails, conversation)
		}
	}
}

// dropTail forgets a tail of which nothing is left. The caller holds mu.
func (s *slots) dropTail(conversation string) {
	if t := s.tails[conversation]; t != nil && t.waiting == 0 && t.settling == 0 {
		delete(s.tails, conversation)
	}
}

// goes notes that a delivery goes now, and returns the slot behind whose answer it does, or nil. The caller holds mu.
func (s *slots) goes(d *core.Delivery) *slot {
	t := s.tails[d.Conversation]
	if t == nil || t.behind[d.ID] == nil {
		return nil
	}
	one := t.behind[d.ID]
	t.behind[d.ID] = nil
	t.waiting--
	s.dropTail(d.Conversation)
	return one
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
		return pause(ctx, time.Until(s.leadOver(one)))
	case <-ctx.Done():
		return false
	}
}

func (s *slots) leadOver(one *slot) time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return one.wroteAt.Add(lead)
}
