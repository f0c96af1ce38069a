package mp

import (
	"errors"

	"github.com/chuanhuabot/bot/channels/internal/compose"
	"github.com/chuanhuabot/bot/sdk"
)

var (
	errLeft    = errors.New("the person has unsubscribed: no reply can reach them")
	errNotOpen = errors.New("no answer is open for it")
	errBehind  = errors.New("something of the answer before it has yet to go")
)

// hold puts deliveries into the answer to a message. The error is errNotOpen if that has ended or never began, errBehind if something
// that it held has to go first, and errLeft if the person has left.
func (s *slots) hold(id string, items ...compose.Item) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	one, known := s.byID[id]
	switch {
	case known && one.muted:
		return errLeft
	case known && one.isOpen() && (one.requests > 0 || !one.reads()): // A person who has hung up on what waits reads nothing.
	case s.tails[items[0].Conversation].precedes(items[0].Delivery):
		return errBehind
	default:
		return errNotOpen
	}
	if isTransfer(items[0].Shown) {
		one.held = append(items, one.held...) // Only the passive reply can do that, and it does nothing else then.
	} else {
		one.held = append(one.held, items...)
	}
	if s.overflows(one) && (s.ladder.sends() || s.ladder.fetches()) {
		one.release()
	}
	return nil
}

// overflows tells whether the answer of a slot has no room for all that it holds. The caller holds mu.
func (s *slots) overflows(one *slot) bool {
	if text, isText := one.held[0].Shown.(sdk.Text); isText && len(one.held) == 1 && len(text.Text) <= s.limit {
		return false // As most answers are.
	}
	return compose.Make(one.held, s.limit, "", false).Rest
}

func isTransfer(c sdk.Content) bool {
	r, isRaw := c.(sdk.Raw)
	return isRaw && r.Type == rawTransfer
}

// placeOf returns what the answer to a message may be.
func (s *slots) placeOf(id string) place {
	s.mu.Lock()
	defer s.mu.Unlock()
	if one, known := s.byID[id]; known {
		return one.at
	}
	return place{}
}

// notice makes text the answer to a message to which there is no other.
func (s *slots) notice(id, text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if one, known := s.byID[id]; known && one.isOpen() {
		one.notice = text
	}
}

// answers tells whether the answer to a message of a conversation is open, other than that to one. It looks at all slots.
func (s *slots) answers(conversation, except string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	for id, one := range s.byID {
		if one.conversation == conversation && id != except && one.isOpen() {
			return true
		}
	}
	return false
}

// wrote says that the answer of a slot is on its way.
func (s *slots) wrote(one *slot) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !one.isOpen() {
		one.wrote()
	}
}
