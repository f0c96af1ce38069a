package mp

import (
	"errors"

	"github.com/chuanhuabot/bot/core"
)

var (
	errLeft    = errors.New("the person has unsubscribed: no reply can reach them")
	errNotOpen = errors.New("no answer is open for it")
	errBehind  = errors.New("something of the answer before it has yet to go")
)

// hold puts deliveries into the answer to a message. The error is errNotOpen if that has ended or never began, errBehind if something
// that it held has to go first, and errLeft if the person has left.
func (s *slots) hold(id string, deliveries ...*core.Delivery) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	one, known := s.byID[id]
	switch {
	case known && one.muted:
		return errLeft
	case known && one.isOpen():
	case s.tails[deliveries[0].Conversation].precedes(deliveries[0].ID):
		return errBehind
	default:
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
