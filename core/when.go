package core

import (
	"regexp"
	"slices"
	"strings"

	"github.com/chuanhuabot/bot/sdk"
)

// When says which messages a route takes: those that meet every condition that is set. The zero value takes all.
type When struct {
	// Channels, Kinds and Events each take a message that has one of their elements; empty takes every message. Names
	// of events are compared without regard to case, because platforms are not consistent.
	Channels []string
	Kinds    []sdk.Kind
	Events   []string
	// Text takes messages with text that it matches: that of a Text or the transcript of a Voice.
	Text *regexp.Regexp
}

// Match tells whether the route takes m.
func (w When) Match(m *sdk.Message) bool {
	return w.matchChannel(m) && w.matchKind(m) && w.matchEvent(m) && w.matchText(m)
}

func (w When) matchChannel(m *sdk.Message) bool {
	return len(w.Channels) == 0 || slices.Contains(w.Channels, m.Channel)
}

func (w When) matchKind(m *sdk.Message) bool {
	return len(w.Kinds) == 0 || slices.Contains(w.Kinds, m.Content.Kind())
}

func (w When) matchEvent(m *sdk.Message) bool {
	if len(w.Events) == 0 {
		return true
	}
	e, ok := m.Content.(sdk.Event)
	return ok && slices.ContainsFunc(w.Events, func(name string) bool { return strings.EqualFold(name, e.Type) })
}

func (w When) matchText(m *sdk.Message) bool {
	if w.Text == nil {
		return true
	}
	text := m.Text()
	return text != "" && w.Text.MatchString(text)
}
