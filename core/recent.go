package core

import (
	"time"

	"github.com/chuanhuabot/bot/sdk"
)

// How long the engine remembers messages whose turns are over, and how many at most. Official accounts send a message
// again 5 s and 10 s after the first time; whoever repeats later needs the store.
const (
	recentFor = time.Minute
	recentMax = 1 << 16
)

// messageKey names a message across all channels.
type messageKey struct{ channel, id string }

func keyOf(m *sdk.Message) messageKey { return messageKey{m.Channel, m.ID} }

// recent knows the turns that are under way and, for a while, those that are over. It is not safe for concurrent use.
type recent struct {
	turns map[messageKey]*turn
	over  []ended // In the order in which they ended.
}

type ended struct {
	key messageKey
	at  time.Time
}

func newRecent() *recent { return &recent{turns: map[messageKey]*turn{}} }

func (r *recent) get(key messageKey) *turn {
	r.forget(time.Now())
	return r.turns[key]
}

func (r *recent) begin(t *turn) { r.turns[t.key] = t }

// end notes that a turn is over. One that was stopped before its end is forgotten at once.
func (r *recent) end(t *turn, over bool) {
	if !over {
		delete(r.turns, t.key)
		return
	}
	// What is remembered is the key; the message and what was answered may go.
	r.turns[t.key] = &turn{key: t.key, done: t.done, over: true}
	r.over = append(r.over, ended{t.key, time.Now()})
	r.forget(time.Now())
}

func (r *recent) forget(now time.Time) {
	n := 0
	for n < len(r.over) && (len(r.over)-n > recentMax || now.Sub(r.over[n].at) > recentFor) {
		delete(r.turns, r.over[n].key)
		n++
	}
	r.over = r.over[n:]
}
