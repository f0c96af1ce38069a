package traffic

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/chuanhuabot/bot/sandbox/journal"
)

// Log keeps exchanges. It is safe for concurrent use. Make it with New. A nil Log takes them and keeps nothing.
type Log struct{ exchanges *journal.Log[Exchange] }

// New returns a log that keeps the last limit exchanges, at least one.
func New(limit int) *Log { return &Log{journal.New[Exchange](limit)} }

// Add numbers e and keeps it, without tokens and secrets. It never blocks on those who wait.
func (l *Log) Add(e Exchange) {
	if l == nil {
		return
	}
	e = e.hidden()
	l.exchanges.Add(func(number uint64) Exchange {
		e.Number = number
		return e
	})
}

// After returns the exchanges behind the one with the given number, the oldest first, and a channel that is closed when
// there are more; 0 is before all. Those beyond the limit are missing.
func (l *Log) After(number uint64) ([]Exchange, <-chan struct{}) { return l.exchanges.After(number) }

// readable returns what a page can show of a body.
func readable(body string) string {
	if len(body) == 0 {
		return ""
	}
	head := strings.ToValidUTF8(body[:min(len(body), maxBody)], "")
	if len(head) < min(len(body), maxBody)-utf8.UTFMax || strings.ContainsRune(head, 0) {
		return fmt.Sprintf("(%d bytes that are no text)", len(body))
	}
	if len(body) > maxBody {
		return head + fmt.Sprintf("\n(%d bytes in all)", len(body))
	}
	return head
}
