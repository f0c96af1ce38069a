package mediacache

import (
	"container/list"
	"context"
	"time"
)

// block is the least that a file counts: no disk stores less of one.
const block = 4 << 10

// entry is media that is being fetched, or is kept. Guarded by the cache's mutex; what stands below ready is set before that is
// closed, and does not change then.
type entry struct {
	id      string
	users   int  // Who wait for it, or read it.
	dropped bool // Nobody finds it any more, and its file goes with the last user.
	cancel  context.CancelFunc
	timer   *time.Timer   // Ends its time; nil until it is fetched.
	place   *list.Element // In the queue; nil until it is fetched.

	ready chan struct{} // Closed when it is fetched, or cannot be.
	err   error
	file  string
	name  string
	kind  string
	size  int64
}

// queue has the entries that are kept, those that were asked for last at its front. The zero value is empty.
type queue struct {
	all  list.List
	size int64 // What they count.
}

func (q *queue) add(e *entry) {
	e.place = q.all.PushFront(e)
	q.size += e.counts()
}

// touch says that an entry was asked for, if it is here.
func (q *queue) touch(e *entry) {
	if e.place != nil {
		q.all.MoveToFront(e.place)
	}
}

// remove does nothing for an entry that is not here.
func (q *queue) remove(e *entry) {
	if e.place == nil {
		return
	}
	q.all.Remove(e.place)
	q.size -= e.counts()
	e.place = nil
}

// last returns the entry that nobody has asked for longest; there must be one.
func (q *queue) last() *entry { return q.all.Back().Value.(*entry) }

func (e *entry) counts() int64 { return max(e.size, block) }
