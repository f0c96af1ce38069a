package mp

import (
	"strings"

	"github.com/chuanhuabot/bot/channels/internal/wx"
	"github.com/chuanhuabot/bot/core"
)

// words returns what a plugin has recognised in a recording, as the page may show it; "" until then.
func (x *exchanges) words(one *exchange) string {
	x.mu.Lock()
	defer x.mu.Unlock()
	_, words := one.heard()
	return strings.TrimSpace(wx.Clean(words))
}

// heard returns the words that a plugin has recognised, and a channel that is closed when there are any.
func (e *exchange) heard() (known <-chan struct{}, words string) {
	if turn, ok := e.turn.(core.Hearing); ok {
		return turn.Heard()
	}
	return nil, ""
}

// tell says whether a request is to go back for the sake of the words: the first one that finds them. If there are none yet, known is
// closed as soon as there are.
func (e *exchange) tell() (known <-chan struct{}, now bool) {
	known, words := e.heard()
	if words == "" {
		return known, false
	}
	now = !e.told
	e.told = true
	return nil, now
}
