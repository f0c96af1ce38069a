package transcript

import (
	"context"
	"strings"

	"github.com/chuanhuabot/bot/sandbox/journal"
)

// Log is a transcript: entries are added at its end and never changed. It is safe for concurrent use. Make it with New.
type Log struct{ entries *journal.Log[Entry] }

// New returns a transcript that keeps the last limit entries, at least one.
func New(limit int) *Log { return &Log{journal.New[Entry](limit)} }

// Add appends e and returns it with its number. It never blocks on those who wait.
func (l *Log) Add(e Entry) Entry {
	if len(e.Text) > maxText {
		e.Text = strings.Clone(e.Text[:maxText]) // The rest need not be kept.
	}
	e.Text = strings.ToValidUTF8(e.Text, "\uFFFD")
	return l.entries.Add(func(number uint64) Entry {
		e.Number = number
		return e
	})
}

// After returns the entries behind the one with the given number, the oldest first, and a channel that is closed when
// there are more; 0 is before all. Those beyond the limit are missing, which the first number shows.
func (l *Log) After(number uint64) ([]Entry, <-chan struct{}) { return l.entries.After(number) }

// Of returns what one person has to do with one account, the oldest first.
func (l *Log) Of(account, person string) []Entry {
	var found []Entry
	entries, _ := l.After(0)
	for _, e := range entries {
		if e.Account == account && e.Person == person {
			found = append(found, e)
		}
	}
	return found
}

// Wait blocks until there is an entry behind the one with the given number that fits, and returns the first of them. It
// returns the error of ctx if that ends first.
func (l *Log) Wait(ctx context.Context, number uint64, fits func(Entry) bool) (Entry, error) {
	for {
		entries, err := l.entries.Next(ctx, number)
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
