package callback

import (
	"bytes"
	"sync"
	"time"
)

// Fault is what goes wrong with one push to a bot. The zero value is a push with which nothing does.
type Fault struct {
	Lost           int           // So many of the first tries never arrive; the platform waits for their answers all the same.
	Duplicates     int           // So many more requests of the same bytes are sent beside the first.
	Delay          time.Duration // The network takes so long before each request arrives; the platform's patience runs meanwhile.
	Truncated      bool          // The body ends in its middle.
	WrongSignature bool          // Signatures of another token.
	OldKey         bool          // Encrypted with the previous key.
	WrongID        bool          // Another account's id is inside the envelope.
	Doctype        bool          // The body begins with a DOCTYPE.
	Large          bool          // The body is longer than 1 MiB.
}

// Spoil returns what of a body is left, or what comes besides.
func (f Fault) Spoil(body []byte) []byte {
	if f.Doctype {
		body = append([]byte(`<!DOCTYPE xml [<!ENTITY x SYSTEM "file:///etc/hostname">]>`), body...)
	}
	if f.Large {
		body = bytes.Replace(body, []byte("<xml>"), append([]byte("<xml>"), bytes.Repeat([]byte("\n"), 1<<20)...), 1)
	}
	if f.Truncated {
		body = body[:len(body)/2]
	}
	return body
}

// Queue is what goes wrong with pushes to come. It is safe for concurrent use. The zero value is empty.
type Queue struct {
	mu      sync.Mutex
	waiting []Waiting
}

// Waiting is a fault of so many pushes to come.
type Waiting struct {
	Fault Fault
	Times int
}

// Add lets the next times pushes, at least one, go wrong once those that wait already have.
func (q *Queue) Add(f Fault, times int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.waiting = append(q.waiting, Waiting{f, max(times, 1)})
}

// Next takes the fault of the next push; the zero value is none.
func (q *Queue) Next() Fault {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.waiting) == 0 {
		return Fault{}
	}
	first := &q.waiting[0]
	fault := first.Fault
	if first.Times--; first.Times == 0 {
		q.waiting = q.waiting[1:]
	}
	return fault
}

// Back puts the fault of a push that did not happen before all others.
func (q *Queue) Back(f Fault) {
	if f == (Fault{}) {
		return
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	q.waiting = append([]Waiting{{f, 1}}, q.waiting...)
}

// List returns what waits.
func (q *Queue) List() []Waiting {
	q.mu.Lock()
	defer q.mu.Unlock()
	return append([]Waiting(nil), q.waiting...)
}

// Clear lets nothing go wrong any more.
func (q *Queue) Clear() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.waiting = nil
}
