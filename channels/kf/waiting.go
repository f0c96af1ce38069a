package kf

import (
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/chuanhuabot/bot/core"
)

// What may wait to be sent: more would be a sign that something is wrong.
const (
	mostForOne = 100
	mostInAll  = 50_000
)

var errTooMany = errors.New("too many messages wait for the customer to write already")

// waiting has the deliveries that the platform does not take now, by conversation and by age: they go when the customer has written, or
// with the last message of a window. They are on record in the core's store, which brings them back after a restart. It is safe for
// concurrent use.
type waiting struct {
	mu      sync.Mutex
	held    map[string][]*core.Delivery
	watched map[string]bool   // For whom somebody waits until they have no turn.
	apart   map[string]int    // How many messages to come are made of one delivery each, by conversation.
	ripe    map[string]string // The IDs of what begins the last message of a window, by conversation.
	called  map[string]call   // What is on its way back to Send, by conversation.
	number  int
}

func newWaiting() *waiting {
	return &waiting{held: map[string][]*core.Delivery{}, watched: map[string]bool{}, apart: map[string]int{}, ripe: map[string]string{}, called: map[string]call{}}
}

// put lets deliveries of one conversation wait, all of them or none.
func (w *waiting) put(all ...*core.Delivery) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(all) == 0 {
		return nil
	}
	of := w.held[all[0].Conversation]
	if len(of)+len(all) > mostForOne || w.number+len(all) > mostInAll {
		return errTooMany
	}
	w.add(all)
	return nil
}

// putBack lets wait again what take has returned, whatever the bounds.
func (w *waiting) putBack(taken []*core.Delivery) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(taken) > 0 {
		w.add(taken)
	}
}

// add is for put and putBack. The caller holds mu.
func (w *waiting) add(all []*core.Delivery) {
	of := w.held[all[0].Conversation]
	for _, d := range all {
		copied := *d
		of = append(of, &copied)
	}
	slices.SortStableFunc(of, byAge)
	w.held[all[0].Conversation] = of
	w.number += len(all)
}

func byAge(a, b *core.Delivery) int { return a.Created.Compare(b.Created) }

// call is a delivery that ripen has taken out.
type call struct {
	id          string
	created, at time.Time
}

// calledFor is how long what is newer waits for it: the core has it in its queue by then, in the order in which all was made.
const calledFor = 2 * time.Second

func (c call) pending() bool { return c.id != "" && time.Since(c.at) < calledFor }

// take takes out all that waits for the customer of a delivery, which is being sent. ripe says that nothing follows it. ok is false if something
// older is about to be sent and has to go first.
func (w *waiting) take(d *core.Delivery) (all []*core.Delivery, ripe, ok bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	c := w.called[d.Conversation]
	if c.pending() && c.id != d.ID && c.created.Before(d.Created) {
		return nil, false, false
	}
	if c.id == d.ID || !c.pending() {
		delete(w.called, d.Conversation)
	}
	ripe = w.ripe[d.Conversation] == d.ID
	delete(w.ripe, d.Conversation)
	return w.remove(d.Conversation), ripe, true
}

// expired takes out what was made before a moment.
func (w *waiting) expired(before time.Time) (all []*core.Delivery) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for conversation, of := range w.held {
		n := 0
		for n < len(of) && of[n].Created.Before(before) { // The oldest stands first.
			n++
		}
		all = append(all, of[:n]...)
		if w.held[conversation] = of[n:]; n == len(of) {
			delete(w.held, conversation)
		}
		w.number -= n
	}
	return all
}

// giveUp takes out all that waits for a customer.
func (w *waiting) giveUp(conversation string) []*core.Delivery {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.remove(conversation)
}

// remove is for take and giveUp. The caller holds mu.
func (w *waiting) remove(conversation string) []*core.Delivery {
	all := w.held[conversation]
	delete(w.held, conversation)
	w.number -= len(all)
	return all
}

// ripen takes out the oldest that waits for a customer, which is then to be sent together with the others. Nil: nothing waits, or one is on
// its way. last says that nothing more comes: it may be the last message of a window.
func (w *waiting) ripen(conversation string, last bool) *core.Delivery {
	w.mu.Lock()
	defer w.mu.Unlock()
	if c := w.called[conversation]; c.pending() {
		if last {
			w.ripe[conversation] = c.id
		}
		return nil
	}
	of := w.held[conversation]
	if len(of) == 0 {
		return nil
	}
	if w.held[conversation] = of[1:]; len(of) == 1 {
		delete(w.held, conversation)
	}
	w.number--
	w.called[conversation] = call{of[0].ID, of[0].Created, time.Now()}
	if last {
		w.ripe[conversation] = of[0].ID
	}
	return of[0]
}

// takeBack takes out a delivery. It returns false if somebody else has taken it.
func (w *waiting) takeBack(d *core.Delivery) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	of := w.held[d.Conversation]
	left := without(of, d.ID)
	if len(left) == len(of) {
		return false
	}
	if w.held[d.Conversation] = left; len(left) == 0 {
		delete(w.held, d.Conversation)
	}
	w.number--
	return true
}

// count returns how many wait for a customer.
func (w *waiting) count(conversation string) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.held[conversation])
}

// separate has the next messages of a conversation made of one delivery each.
func (w *waiting) separate(conversation string, n int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.apart[conversation] = n
}

// alone tells whether the next message is one of these.
func (w *waiting) alone(conversation string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	n := w.apart[conversation]
	if w.apart[conversation] = n - 1; n <= 1 {
		delete(w.apart, conversation)
	}
	return n > 0
}

// watch notes that somebody waits until a customer has no turn. It returns false if somebody does already.
func (w *waiting) watch(conversation string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	first := !w.watched[conversation]
	w.watched[conversation] = true
	return first
}

func (w *waiting) unwatch(conversation string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.watched, conversation)
}
