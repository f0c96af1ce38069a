package traffic

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/chuanhuabot/bot/sandbox/journal"
)

// Log keeps exchanges. It is safe for concurrent use. Make it with New. A nil Log takes them and keeps nothing.
type Log struct {
	exchanges *journal.Log[Exchange]

	mu      sync.Mutex
	secrets []string // The last that Hide was told of.
}

// New returns a log that keeps the last limit exchanges, at least one.
func New(limit int) *Log { return &Log{exchanges: journal.New[Exchange](limit)} }

const (
	// minSecret keeps short words, which could stand anywhere, from being taken for a secret.
	minSecret  = 8
	maxSecrets = 500
)

// Hide lets secrets never be kept from now on, wherever they stand: a bot may write them under a wrong name. Those of less
// than eight bytes are left out.
func (l *Log) Hide(secrets ...string) {
	if l == nil {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, s := range secrets {
		if len(s) >= minSecret && !slices.Contains(l.secrets, s) {
			l.secrets = append(l.secrets, s)
		}
	}
	l.secrets = l.secrets[max(0, len(l.secrets)-maxSecrets):]
}

// known returns the secrets that Hide was told of. Nobody changes them.
func (l *Log) known() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.secrets
}

// Add numbers e and keeps it, without tokens and secrets. It never blocks on those who wait.
func (l *Log) Add(e Exchange) {
	if l == nil {
		return
	}
	e = e.hidden()
	secrets := l.known()
	for _, text := range e.texts() {
		for _, secret := range secrets {
			*text = strings.ReplaceAll(*text, secret, "***")
		}
	}
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
		return strings.Clone(head) + fmt.Sprintf("\n(%d bytes in all)", len(body))
	}
	return head
}
