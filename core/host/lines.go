package host

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"sync"
)

// maxLine bounds the bytes of one line of a plugin that are logged; the rest of it is dropped and said to be.
const maxLine = 64 << 10

// lines is a Writer that logs what a plugin writes, line by line, and keeps the last lines for errors. A line of a logger
// keeps its level, every other one is Info. It is safe for concurrent use and never fails.
type lines struct {
	log    *slog.Logger
	stream string
	tail   *tail

	mu      sync.Mutex
	partial []byte
	dropped int
}

func newLines(log *slog.Logger, stream string, t *tail) *lines {
	return &lines{log: log, stream: stream, tail: t}
}

// Write takes any part of any number of lines.
func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	n := len(p)
	for {
		i := bytes.IndexByte(p, '\n')
		if i < 0 {
			l.add(p)
			return n, nil
		}
		l.add(p[:i])
		l.flush()
		p = p[i+1:]
	}
}

// end logs a last line that has no end.
func (l *lines) end() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.partial) > 0 {
		l.flush()
	}
}

func (l *lines) add(p []byte) {
	room := min(maxLine-len(l.partial), len(p))
	l.partial = append(l.partial, p[:room]...)
	l.dropped += len(p) - room
}

func (l *lines) flush() {
	text := strings.ToValidUTF8(strings.TrimRight(string(l.partial), "\r"), "\uFFFD")
	attrs := []any{"stream", l.stream}
	if l.dropped > 0 {
		attrs = append(attrs, "dropped_bytes", l.dropped)
	}
	l.partial, l.dropped = l.partial[:0], 0
	if text == "" {
		return
	}
	if logged, ok := parseLogLine(text); ok {
		l.tail.add(logged.String())
		l.log.Log(context.Background(), logged.level, logged.msg, append(logged.attrs, attrs...)...)
		return
	}
	l.tail.add(text)
	l.log.Info(text, attrs...)
}

// tail keeps the last lines of a process.
type tail struct {
	mu   sync.Mutex
	last []string
}

// tailLines and tailWidth bound what an error carries.
const (
	tailLines = 10
	tailWidth = 500
)

func (t *tail) add(line string) {
	if len(line) > tailWidth {
		line = strings.ToValidUTF8(line[:tailWidth], "") + "…"
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.last) == tailLines {
		t.last = append(t.last[:0], t.last[1:]...)
	}
	t.last = append(t.last, line)
}

func (t *tail) lines() []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return append([]string{}, t.last...)
}
