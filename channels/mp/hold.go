package mp

import (
	"context"
	"errors"
	"time"

	"github.com/chuanhuabot/bot/core"
)

var (
	errLeft    = errors.New("the person has unsubscribed: no reply can reach them")
	errNotOpen = errors.New("no answer is open for it")
	errBehind  = errors.New("something of the answer before it has yet to go")
)

// follows notes which deliveries have to go behind the answer of a slot that ends. The caller holds mu.
func (s *slots) follows(one *slot, fates []fate) {
	for _, f := range fates {
		if f.err == nil {
			continue
		}
		s.unfollow(f.delivery.ID)
		s.behind[f.delivery.ID] = one
		one.followers++
		if one.settling == nil {
			one.settling = make(chan struct{})
		}
	}
}

// settled waits until the core has what goes behind the answer to a message. It returns false if ctx ends first.
func (s *slots) settled(ctx context.Context, id string) bool {
	s.mu.Lock()
	one := s.byID[id]
	s.mu.Unlock()
	if one == nil || one.settling == nil {
		return true
	}
	select {
	case <-one.settling:
		return true
	case <-ctx.Done():
		return false
	}
}

// hold puts deliveries into the answer to a message. The error is errNotOpen if that has ended or never began, errBehind if something
// that it held has to go first, and errLeft if the person has left.
func (s *slots) hold(id string, deliveries ...*core.Delivery) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	one, known := s.byID[id]
	switch {
	case known && one.muted:
		return errLeft
	case !known:
		return errNotOpen
	case !one.isOpen():
		if one.followers > 0 && s.behind[deliveries[0].ID] == nil && time.Since(one.ended) < followSoon {
			return errBehind
		}
		return errNotOpen
	}
	one.held = append(one.held, deliveries...)
	if compose(one.held, s.limit, "", false).rest && (s.ladder.sends() || s.ladder.fetches()) {
		one.release()
	}
	return nil
}

// followSoon is how long a delivery lets those go first that an answer had no room for: they are about to be sent.
const followSoon = 5 * time.Second

// unfollow ends that a delivery has to go behind an answer. The caller holds mu.
func (s *slots) unfollow(id string) {
	if one := s.behind[id]; one != nil {
		one.followers--
		delete(s.behind, id)
	}
}

// notice makes text the answer to a message to which there is no other.
func (s *slots) notice(id, text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if one, known := s.byID[id]; known && one.isOpen() {
		one.notice = text
	}
}

// isOpen tells whether the answer to a message is not on its way yet.
func (s *slots) isOpen(id string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	one, known := s.byID[id]
	return known && one.isOpen()
}

// wrote says that the answer to a message is on its way.
func (s *slots) wrote(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if one, known := s.byID[id]; known && !one.isOpen() {
		one.wrote()
	}
}

// lead is what a passive reply gets ahead of what follows it: they take different ways, and nothing else keeps their order.
const lead = 300 * time.Millisecond

// follow waits until the passive reply that a delivery goes on behind has gone, and its lead after that. It returns false if ctx
// ends first.
func (s *slots) follow(ctx context.Context, d *core.Delivery) bool {
	s.mu.Lock()
	one := s.behind[d.ID]
	if one != nil {
		s.unfollow(d.ID)
	} else {
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
	return pause(ctx, time.Until(s.leadOver(one)))
}

func (s *slots) leadOver(one *slot) time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return one.wroteAt.Add(lead)
}
