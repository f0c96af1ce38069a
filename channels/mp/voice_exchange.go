package mp

import (
	"slices"
	"time"

	"github.com/chuanhuabot/bot/core"
)

// exchange is one message that was said on the voice page, and what was answered so far. It is made before the inbox knows of
// the message, so that a reply always finds it. It is guarded by the mutex of its exchanges.
type exchange struct {
	id      string
	known   bool // WeChat has named the person, so a reply can reach them elsewhere too.
	made    time.Time
	turn    core.Turn // Nil until the inbox took the message.
	refused error     // Why it did not.
	replies []*pageReply
	told    bool          // A request has gone back for the sake of its words.
	waiting int           // How many requests wait.
	gone    bool          // Nobody came for a reply.
	kept    bool          // The turn was kept, or need not be.
	changed chan struct{} // Closed when something of the above has changed, and replaced.
}

func (e *exchange) change() {
	close(e.changed)
	e.changed = make(chan struct{})
}

// over tells whether no reply will come any more.
func (e *exchange) over() bool {
	if e.refused != nil {
		return true
	}
	select {
	case <-e.done():
		return true
	default:
		return false
	}
}

// done is closed at the end of the turn; nil before the inbox took the message.
func (e *exchange) done() <-chan struct{} {
	if e.turn == nil {
		return nil
	}
	return e.turn.Done()
}

// take returns the replies from a number on. They are on their way then.
func (e *exchange) take(from int) []*pageReply {
	if from >= len(e.replies) {
		return nil
	}
	some := slices.Clone(e.replies[from:])
	for _, r := range some {
		shut(r.taken)
	}
	return some
}

// shut closes c, unless it is closed.
func shut(c chan struct{}) {
	select {
	case <-c:
	default:
		close(c)
	}
}

// withdraw takes back a reply that nobody came for. It returns false if somebody has.
func (e *exchange) withdraw(r *pageReply) bool {
	select {
	case <-r.taken:
		return false
	default:
		e.replies = slices.DeleteFunc(e.replies, func(other *pageReply) bool { return other == r })
		return true
	}
}

func (e *exchange) size() (n int) {
	_, words := e.heard()
	n = len(words)
	for _, r := range e.replies {
		n += r.size()
	}
	return n
}
