package mp

import (
	"slices"
	"time"

	"github.com/chuanhuabot/bot/channels/internal/compose"
	"github.com/chuanhuabot/bot/core"
)

// unseen says that the platform has hung up before it had an answer. A retry comes for it; if none does before the last try is over, all
// that the answer was made of goes another way.
func (s *slots) unseen(a answer) {
	if len(a.fates) == 0 {
		s.unseenNotice(a)
		return
	}
	s.mu.Lock()
	if a.slot.written { // Another request has carried it.
		s.mu.Unlock()
		s.sent(a)
		return
	}
	a.slot.unseen = &a
	now := s.stopped
	if !now {
		s.orphan(a.slot, time.Until(a.slot.deadline), func() { s.giveUp(a.slot) })
	}
	s.mu.Unlock()
	if now {
		s.giveUp(a.slot)
	}
}

// unseenNotice is unseen for an answer that is made of no delivery, such as the word that it takes longer: what follows it must not wait for
// it for ever.
func (s *slots) unseenNotice(a answer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch one := a.slot; {
	case a.content == nil || one.written || one.orphaned != nil:
	case s.stopped:
		one.wrote()
	default:
		s.orphan(one, time.Until(one.deadline), func() { s.wrote(one) })
	}
}

// orphan sets what happens to a slot if no request comes. The caller holds mu.
func (s *slots) orphan(one *slot, after time.Duration, do func()) {
	s.orphans.Add(1)
	one.orphaned = time.AfterFunc(after, func() {
		defer s.orphans.Done()
		do()
	})
}

// takeUnseen returns the answer of a slot that has ended, with what is to be settled if nobody has seen it. The caller holds mu.
func (s *slots) takeUnseen(one *slot) answer {
	if one.unseen == nil {
		return answer{content: one.answer, slot: one}
	}
	a := *one.unseen
	one.unseen = nil
	return a
}

// giveUp sends on what an answer was made of that nobody has come for.
func (s *slots) giveUp(one *slot) {
	s.mu.Lock()
	a := one.unseen
	if a == nil {
		s.mu.Unlock()
		return // A request was quicker.
	}
	one.unseen = nil
	s.bytes -= size(one.answer)
	one.answer = nil // Who asks after the end must not see it too.
	one.wrote()
	fates := compose.Made{}.Fates(a.held)
	all := make([]*core.Delivery, len(fates))
	for i, f := range fates {
		all[i] = f.Delivery
	}
	s.add(one.conversation, nil, all)
	s.mu.Unlock()
	s.log.Info("the platform hung up and did not come back for the answer, which goes another way", "message", one.id)
	for _, f := range fates {
		s.settle(f.Delivery, f.Err)
	}
	s.settled(one.conversation)
	if slices.ContainsFunc(a.fates, func(f compose.Fate) bool { return f.Err != nil }) {
		s.settled(one.conversation) // What follows was added when the answer was taken.
	}
}
