package mp

import (
	"slices"
	"time"

	"github.com/chuanhuabot/bot/channels/internal/compose"
	"github.com/chuanhuabot/bot/sdk"
)

// end ends a slot, once, makes its answer of what it holds, and remembers it. late says that the turn goes on. It returns what is to be
// settled, when the lock is free again. The caller holds mu.
func (s *slots) end(one *slot, late bool) []compose.Fate {
	if !one.isOpen() {
		return nil
	}
	made := s.compose(one, late)
	fates := made.Fates(one.held)
	s.follows(one, fates)
	s.close(one, made.Content)
	return fates
}

// holdUnread puts what waits to be fetched into the answer of a slot, by age, if there is room for all of it. A reader has it already: what
// has come since is newer. The caller holds mu.
func (s *slots) holdUnread(one *slot) {
	if !one.isOpen() || len(one.held) == 0 || one.reads() || !s.onlyFetched() || s.tails[one.conversation] != nil {
		return
	}
	waiting := s.ladder.takeUnread(one.conversation)
	if len(waiting) == 0 {
		return
	}
	all := append(itemsOf(waiting), one.held...)
	slices.SortStableFunc(all, func(a, b compose.Item) int { return a.Created.Compare(b.Created) })
	if made := compose.Make(all, s.limit, "", false); made.Content == nil || made.Rest {
		s.ladder.putBack(waiting)
		return
	}
	one.held = all
}

// onlyFetched tells whether what finds no room in an answer has to be fetched by its person.
func (s *slots) onlyFetched() bool { return s.ladder.fetches() && !s.ladder.sends() }

// compose makes the answer of a slot. The caller holds mu.
func (s *slots) compose(one *slot, late bool) compose.Made {
	hint, more := "", false
	if s.onlyFetched() {
		hint, more = s.hints.more, s.tails[one.conversation] != nil || s.ladder.unread(one.conversation)
	}
	made := compose.Make(one.held, s.limit, hint, more)
	switch {
	case made.Content != nil || one.muted:
	case one.notice != "":
		made.Content = sdk.Text{Text: one.notice}
	case late && hint != "" && s.hints.waiting != "":
		made.Content, made.Rest = sdk.Text{Text: s.hints.waiting}, true
	}
	if made.Rest && hint != "" {
		s.ladder.told(one.conversation)
	}
	return made
}

// close ends a slot with an answer. The caller holds mu.
func (s *slots) close(one *slot, answer sdk.Content) {
	one.ended, one.turn, one.held, one.answer = time.Now(), nil, nil, answer
	if s.latest == nil {
		s.oldest = one
	} else {
		s.latest.next = one
	}
	s.latest = one
	s.ended++
	s.bytes += size(answer)
	s.forget(one.ended)
}

// size is about how many bytes a remembered answer takes.
func size(answer sdk.Content) int {
	const most = 256 // of an answer that is no text
	if text, isText := answer.(sdk.Text); isText {
		return len(text.Text)
	}
	if answer == nil {
		return 0
	}
	return most
}
