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
	ended *turn   // Stands for all of them: what there is to know of a turn that is over is that it is.
}

type ended struct {
	key messageKey
	at  time.Time
}

func newRecent() *recent {
	done := make(chan struct{})
	close(done)
	return &recent{turns: map[messageKey]*turn{}, ended: &turn{done: done, over: true}}
}

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
	r.turns[t.key] = r.ended
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
