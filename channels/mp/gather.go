package mp

import (
	"errors"
	"time"

	"github.com/chuanhuabot/bot/core"
	"github.com/chuanhuabot/bot/sdk"
)

// deliver adds a delivery to the answer of the message that it is about. What finds no room there, and may follow by a
// customer-service message, is returned, with a channel that is closed when it may; nil is closed. Every error is final.
func (s *slots) deliver(d *core.Delivery) (rest sdk.Content, after <-chan struct{}, err error) {
	more := s.late.possible() // Once: it may be learned meanwhile that it is not.
	rest, after, err = s.add(d.InReplyTo, d.Content, more)
	if errors.Is(err, errLeft) {
		s.log.Debug("reply dropped", "message", d.InReplyTo, "conversation", d.Conversation, "err", err)
		return nil, nil, nil // Nobody has lost anything, and there is nothing to try again.
	}
	if cut, ok := rest.(sdk.Text); ok && !more {
		s.log.Warn("text cut to the limit of the passive reply", "message", d.InReplyTo, "conversation", d.Conversation,
			"cut_bytes", len(cut.Text), "limit_bytes", s.textLimit)
		return nil, nil, nil
	}
	return rest, after, err
}

func (s *slots) add(id string, c sdk.Content, more bool) (rest sdk.Content, after <-chan struct{}, err error) {
	var note string
	defer func() { remark(s.log, id, c, note) }() // With the mutex free.
	s.mu.Lock()
	defer s.mu.Unlock()
	one, known := s.byID[id]
	switch over := !known || !one.ended.IsZero(); {
	case over && !more:
		return nil, nil, errWindowOver
	case !known:
		return c, nil, nil
	case one.muted:
		return nil, nil, errLeft
	case over && time.Since(one.ended) > rememberFor/2: // Long gone, or nobody came for it.
		return c, nil, nil
	case over:
		return c, one.gone, nil
	}
	one.answer.at.menus = more && s.late.menus
	left, err := one.answer.add(c, s.textLimit)
	if err == nil {
		note = one.answer.note
	}
	switch {
	case left != "":
		rest = sdk.Text{Text: left}
	case more && (errors.Is(err, errOneReply) || errors.Is(err, errNoRoom) || errors.Is(err, errWrongKind)):
		rest, err = c, nil
	}
	if rest == nil || !more || one.answer.content == nil {
		return rest, nil, err
	}
	one.release()
	return rest, one.gone, nil
}

// open tells whether the answer to a message is not on its way yet.
func (s *slots) open(id string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	one, known := s.byID[id]
	return known && one.ended.IsZero()
}

// wrote says that the answer of a slot that has ended is on its way. It matters only where something may follow.
func (s *slots) wrote(id string) {
	if !s.late.allowed {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if one, known := s.byID[id]; known && !one.ended.IsZero() {
		shut(one.gone)
	}
}
