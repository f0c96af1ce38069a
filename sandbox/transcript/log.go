package transcript

import (
	"context"
	"strings"
	"sync"
	"time"
)

// Kind says what an entry is about.
type Kind string

// The kinds of entry.
const (
	Said  Kind = "said"  // The person wrote, sent or tapped something.
	Saw   Kind = "saw"   // The person sees something that the account sent.
	Fault Kind = "fault" // The person sees that the account does not work.
	Note  Kind = "note"  // The person sees nothing; Why tells a developer the reason.
)

// Entry is one line of a transcript. Nobody changes it after Add.
type Entry struct {
	Number  uint64 // From 1, without gaps. Add sets it.
	Time    time.Time
	Account string
	Person  string
	Kind    Kind
	Message string // The platform's id of the message that it is about, if there is one.
	Type    string // What was said or seen: text, image, a name of an event.
	Text    string // As people see it; of a text that no platform takes, the first 64 KiB.
	Why     string // For developers only.
}

// maxText is the most bytes of an entry's Text.
const maxText = 64 << 10

// Log is a transcript: entries are added at its end and never changed. It is safe for concurrent use. Make it with New.
type Log struct {
	limit int

	mu      sync.Mutex
	entries []Entry
	last    uint64
	added   chan struct{} // Closed and replaced by each Add.
}

// New returns a transcript that keeps the last limit entries, at least one.
func New(limit int) *Log { return &Log{limit: max(limit, 1), added: make(chan struct{})} }

// Add appends e and returns it with its number. It never blocks on those who wait.
func (l *Log) Add(e Entry) Entry {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.last++
	e.Number = l.last
	e.Text = strings.ToValidUTF8(e.Text[:min(len(e.Text), maxText)], "\uFFFD")
	if len(l.entries) >= 2*l.limit { // Moved once for many entries, and not for each.
		l.entries = append([]Entry(nil), l.kept()...)
	}
	l.entries = append(l.entries, e)
	close(l.added)
	l.added = make(chan struct{})
	return e
}

// kept returns what is within the limit. The caller holds mu.
func (l *Log) kept() []Entry { return l.entries[max(0, len(l.entries)-l.limit):] }

// Since returns the entries behind the one with the given number, the oldest first; 0 is before all. Those beyond the
// limit are missing, which the first number shows.
func (l *Log) Since(number uint64) []Entry {
	entries, _ := l.since(number)
	return entries
}

func (l *Log) since(number uint64) ([]Entry, <-chan struct{}) {
	l.mu.Lock()
	defer l.mu.Unlock()
	kept := l.kept()
	skip := 0
	if len(kept) > 0 && number >= kept[0].Number {
		skip = min(int(number-kept[0].Number)+1, len(kept))
	}
	return append([]Entry(nil), kept[skip:]...), l.added
}

// Of returns what one person has to do with one account, the oldest first.
func (l *Log) Of(account, person string) []Entry {
	var found []Entry
	for _, e := range l.Since(0) {
		if e.Account == account && e.Person == person {
			found = append(found, e)
		}
	}
	return found
}

// Next blocks until there are entries behind the one with the given number, and returns them; it is what a live page reads
// from. It returns the error of ctx if that ends first.
func (l *Log) Next(ctx context.Context, number uint64) ([]Entry, error) {
	for {
		entries, added := l.since(number)
		if len(entries) > 0 {
			return entries, nil
		}
		select {
		case <-added:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// Wait blocks until there is an entry behind the one with the given number that fits, and returns the first of them. It
// returns the error of ctx if that ends first.
func (l *Log) Wait(ctx context.Context, number uint64, fits func(Entry) bool) (Entry, error) {
	for {
		entries, err := l.Next(ctx, number)
		if err != nil {
			return Entry{}, err
		}
		for _, e := range entries {
			if fits(e) {
				return e, nil
			}
			number = e.Number
		}
	}
}
