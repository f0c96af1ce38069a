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
)

// hold puts deliveries into the answer to a message. The error is errNotOpen if that has ended or never began, and errLeft if the
// person has.
func (s *slots) hold(id string, deliveries ...*core.Delivery) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	one, known := s.byID[id]
	switch {
	case known && one.muted:
		return errLeft
	case !known || !one.isOpen():
		return errNotOpen
	}
	one.held = append(one.held, deliveries...)
	if compose(one.held, s.limit, "", false).rest && (s.ladder.sends() || s.ladder.fetches()) {
		one.release()
	}
	return nil
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
	delete(s.behind, d.ID)
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
	ahead := time.NewTimer(time.Until(s.leadOver(one)))
	defer ahead.Stop()
	select {
	case <-ahead.C:
		return true
	case <-ctx.Done():
		return false
	}
}

func (s *slots) leadOver(one *slot) time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return one.wroteAt.Add(lead)
}
