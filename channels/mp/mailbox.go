package mp

import (
	"errors"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/chuanhuabot/bot/core"
	"github.com/chuanhuabot/bot/sdk"
)

// What may wait to be fetched: more would be a sign that nobody fetches.
const (
	mostForOne  = 50
	mostLetters = 20_000
	mostBytes   = 64 << 20
	mostTold    = 1 << 16
)

var (
	errUnread  = errors.New("nobody fetched the answer")
	errTooMany = errors.New("too many answers wait to be fetched already")
)

// mailbox has the answers that people have to fetch, by conversation and in order. They are on record in the core's store, which
// brings them back after a restart. It is safe for concurrent use.
type mailbox struct {
	keep time.Duration

	mu      sync.Mutex
	letters map[string][]letter
	readers map[string]*reading  // Who waits for the next one.
	told    map[string]time.Time // Who knows how to fetch.
	watched map[string]bool      // For whom somebody waits until they have no turn.
	ripened map[string]ripe      // What begins the last message of a window, by conversation.
	number  int
	bytes   int
}

// ripe is a delivery, by its ID, that has been taken out to be sent at once.
type ripe struct {
	id string
	at time.Time
}

// ripeFor is how long it is known as such: whatever has another way by then never comes.
const ripeFor = time.Hour

// letter is a delivery that waits.
type letter struct {
	*core.Delivery
	until time.Time
}

func newMailbox(keep time.Duration) *mailbox {
	return &mailbox{keep: keep, letters: map[string][]letter{}, readers: map[string]*reading{}, told: map[string]time.Time{}, watched: map[string]bool{}, ripened: map[string]ripe{}}
}

// restore puts back what take has returned, whatever the bounds.
func (b *mailbox) restore(taken []*core.Delivery) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.add(taken)
}

// put adds deliveries of one conversation, all of them or none.
func (b *mailbox) put(all ...*core.Delivery) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	size := 0
	for _, d := range all {
		size += weight(d)
	}
	box := b.letters[all[0].Conversation]
	if len(box)+len(all) > mostForOne || b.number+len(all) > mostLetters || b.bytes+size > mostBytes {
		return errTooMany
	}
	b.add(all)
	return nil
}

// add adds deliveries of one conversation, at least one. The caller holds mu.
func (b *mailbox) add(all []*core.Delivery) {
	box := b.letters[all[0].Conversation]
	for _, d := range all {
		copied := *d
		box = append(box, letter{&copied, d.Created.Add(b.keep)})
		b.bytes += weight(d)
	}
	slices.SortStableFunc(box, func(x, y letter) int { return x.Created.Compare(y.Created) }) // One of which a part was read is the first again.
	b.letters[all[0].Conversation] = box
	b.number += len(all)
}

// reader returns who waits for the next delivery of a conversation, or nil.
func (b *mailbox) reader(conversation string) *reading {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.readers[conversation]
}

// weight is about how many bytes a delivery takes.
func weight(d *core.Delivery) int {
	const fixed = 512
	switch c := d.Content.(type) {
	case sdk.Text:
		return fixed + len(c.Text)
	case sdk.Raw:
		return fixed + len(c.Fields)
	}
	return fixed
}

// take takes out all that waits for a person. If nothing does, r, unless it is nil, gets what comes next.
func (b *mailbox) take(conversation string, r *reading) []*core.Delivery {
	b.mu.Lock()
	defer b.mu.Unlock()
	all := b.remove(conversation, func(letter) bool { return true })
	if len(all) == 0 && r != nil {
		b.readers[conversation] = r
	}
	return all
}

// expired takes out what nobody has fetched in time.
func (b *mailbox) expired(now time.Time) []*core.Delivery {
	b.mu.Lock()
	defer b.mu.Unlock()
	maps.DeleteFunc(b.ripened, func(_ string, r ripe) bool { return now.Sub(r.at) > ripeFor })
	maps.DeleteFunc(b.told, func(_ string, at time.Time) bool { return now.Sub(at) > b.keep })
	var all []*core.Delivery
	for _, conversation := range slices.Collect(maps.Keys(b.letters)) {
		all = append(all, b.remove(conversation, func(l letter) bool { return now.After(l.until) })...)
	}
	return all
}

// remove takes out the letters of a person that which is true of. The caller holds mu.
func (b *mailbox) remove(conversation string, which func(letter) bool) []*core.Delivery {
	var out []*core.Delivery
	var left []letter
	for _, l := range b.letters[conversation] {
		if !which(l) {
			left = append(left, l)
			continue
		}
		out = append(out, l.Delivery)
		b.number--
		b.bytes -= weight(l.Delivery)
	}
	if b.letters[conversation] = left; len(left) == 0 {
		delete(b.letters, conversation)
	}
	return out
}

// leave ends the wait of a reader, if it waits.
func (b *mailbox) leave(conversation string, r *reading) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.readers[conversation] == r {
		delete(b.readers, conversation)
	}
}

// has tells whether something waits for a person.
func (b *mailbox) has(conversation string) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.letters[conversation]) > 0
}

// before tells whether something waits for the person of a delivery that is older.
func (b *mailbox) before(d *core.Delivery) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	box := b.letters[d.Conversation]
	return len(box) > 0 && box[0].ID != d.ID && box[0].Created.Before(d.Created)
}

// tell notes that a person has been told how to fetch.
func (b *mailbox) tell(conversation string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.told) < mostTold {
		b.told[conversation] = time.Now()
	}
}

// knows tells whether a person has been told, or has reason to ask.
func (b *mailbox) knows(conversation string) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	at, told := b.told[conversation]
	return len(b.letters[conversation]) > 0 || told && time.Since(at) < b.keep
}

// untell notes that a person has fetched everything.
func (b *mailbox) untell(conversation string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.told, conversation)
}

// watch notes that somebody waits until a person has no turn. It returns false if somebody does already.
func (b *mailbox) watch(conversation string) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	first := !b.watched[conversation]
	b.watched[conversation] = true
	return first
}

func (b *mailbox) unwatch(conversation string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.watched, conversation)
}

// ripen takes out the first letter of a person, which is to be sent together with the others. Nil: there is none.
func (b *mailbox) ripen(conversation string) *core.Delivery {
	b.mu.Lock()
	defer b.mu.Unlock()
	box := b.letters[conversation]
	if len(box) == 0 {
		return nil
	}
	first := box[0].Delivery
	b.remove(conversation, func(l letter) bool { return l.Delivery == first })
	b.ripened[conversation] = ripe{first.ID, time.Now()}
	return first
}

// ripe tells, once, whether a delivery is one that ripen has taken out.
func (b *mailbox) ripe(d *core.Delivery) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.ripened[d.Conversation].id != d.ID {
		return false
	}
	delete(b.ripened, d.Conversation)
	return true
}
