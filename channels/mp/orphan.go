package mp

import (
	"context"
	"time"

	"github.com/chuanhuabot/bot/channels/internal/compose"
)

// abandon looks after a slot that a request left: an ended one needs no newest any more, one without a turn has nothing
// to keep and goes, any other waits for a retry. It returns true if there is no time to wait. The caller holds mu.
func (s *slots) abandon(one *slot) (late bool) {
	switch {
	case one.requests > 0:
	case !one.isOpen():
		one.newest = nil
	case one.turn == nil:
		delete(s.byID, one.id)
	case s.stopped:
		return true
	case one.reads() && len(one.held) > 0: // A retry reads anew. Until it comes nothing newer must find a way past what is held here.
		delete(s.byID, one.id)
		s.orphan(one, 0, func() { s.keepOrphan(context.Background(), one) })
	default:
		s.orphan(one, time.Until(one.deadline), func() { s.keepOrphan(context.Background(), one) })
	}
	return false
}

// disarm takes back what abandon set. It returns false if there was nothing to take back. The caller holds mu.
func (s *slots) disarm(one *slot) bool {
	if one.orphaned == nil || !one.orphaned.Stop() {
		return false
	}
	one.orphaned = nil
	s.orphans.Done()
	return true
}

// keepOrphan keeps the turn of a slot whose last request has left, and then ends the slot, unless a request has come
// meanwhile: then that one does both.
func (s *slots) keepOrphan(ctx context.Context, one *slot) {
	s.mu.Lock()
	turn := one.turn
	s.mu.Unlock()
	if turn == nil {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, keepTime)
	defer cancel()
	if err := turn.Keep(ctx); err != nil {
		s.log.Error("message not kept: it is lost if the process ends now", "message", one.id, "err", err)
	}
	fates := s.endOrphan(one)
	if len(fates) > 0 {
		s.log.Info("the platform hung up and did not come back for the answer, which goes another way", "message", one.id)
	}
	s.sent(answer{slot: one, fates: fates})
}

// endOrphan ends a slot for which no request waits. All that it holds goes another way.
func (s *slots) endOrphan(one *slot) []compose.Fate {
	s.mu.Lock()
	defer s.mu.Unlock()
	if one.requests > 0 || !one.isOpen() {
		return nil
	}
	fates := compose.Made{}.Fates(one.held)
	s.follows(one, fates)
	s.close(one, nil)
	one.newest, one.orphaned = nil, nil
	return fates
}
