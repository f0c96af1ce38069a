package verify

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync"
)

// output remembers what a process has written: as the Handler of the log that its lines go to.
type output struct {
	mu      sync.Mutex
	lines   int // On standard output, behind the handshake.
	longest int // Bytes of the longest of them.
	last    []string
}

// lastLines and lastWidth bound what a finding shows of them.
const (
	lastLines = 3
	lastWidth = 200
)

var _ slog.Handler = (*output)(nil)

// Enabled is true: every line counts.
func (*output) Enabled(context.Context, slog.Level) bool { return true }

// WithAttrs keeps nothing of them.
func (o *output) WithAttrs([]slog.Attr) slog.Handler { return o }

// WithGroup keeps nothing of it.
func (o *output) WithGroup(string) slog.Handler { return o }

// Handle counts a line.
func (o *output) Handle(_ context.Context, r slog.Record) error {
	stream, dropped := "", 0
	r.Attrs(func(a slog.Attr) bool {
		switch a.Key {
		case "stream":
			stream = a.Value.String()
		case "dropped_bytes":
			dropped = int(a.Value.Int64())
		}
		return true
	})
	if stream == "" {
		return nil // The bot's own words.
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if stream == "stdout" {
		o.lines++
		o.longest = max(o.longest, len(r.Message)+dropped)
	}
	if len(o.last) == lastLines {
		o.last = append(o.last[:0], o.last[1:]...)
	}
	o.last = append(o.last, r.Message[:min(len(r.Message), lastWidth)])
	return nil
}

func (o *output) stdout() (lines, longest int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.lines, o.longest
}

// words returns the last lines, ready to stand behind a finding, quoted because they may be anything.
func (o *output) words() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(o.last) == 0 {
		return ""
	}
	return fmt.Sprintf("; it wrote last: %s", strings.Trim(fmt.Sprintf("%q", o.last), "[]"))
}
