package sdk

import (
	"encoding/json"
	"io"
	"log/slog"
	"os"
	"strings"
)

// Logger returns a logger for plugins: what it writes is in the bot's log with its level and attributes, beside the plugin's name. It
// has every level; which are shown says `log:` of bot.yaml. It blocks for no longer than a write to a pipe takes and is safe for concurrent
// use. What people write belongs to Debug, and secrets nowhere.
//
// Whatever else a plugin prints is in the bot's log too, at Info. To have it at its level also where package log or the default
// logger of log/slog is used, begin main with slog.SetDefault(sdk.Logger()).
func Logger() *slog.Logger {
	if os.Getenv(CookieKey) != CookieValue { // A test, or somebody who runs the program by hand.
		return slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelDebug}))
	}
	return newLogger(os.Stderr)
}

// newLogger writes one JSON object a line, as docs/plugin-log.md has it.
func newLogger(w io.Writer) *slog.Logger {
	return slog.New(slog.NewJSONHandler(logLines{w}, &slog.HandlerOptions{Level: slog.LevelDebug, ReplaceAttr: logAttr}))
}

// logAttr leaves out the time, which the bot adds, and writes durations as people do.
func logAttr(groups []string, a slog.Attr) slog.Attr {
	switch {
	case a.Key == slog.TimeKey && len(groups) == 0 && a.Value.Kind() == slog.KindTime:
		return slog.Attr{}
	case a.Value.Kind() == slog.KindDuration:
		a.Value = slog.StringValue(a.Value.Duration().String())
	}
	return a
}

// The bot cuts lines behind 64 KiB, and what was cut is no JSON any more.
const (
	maxLogLine = 60 << 10
	maxLogText = 8 << 10
)

// logLines is a Writer that gets a record at a time, and writes the beginning of one that is too long for the bot.
type logLines struct{ to io.Writer }

// Write writes one line.
func (l logLines) Write(line []byte) (int, error) {
	if len(line) <= maxLogLine {
		return l.to.Write(line)
	}
	var short struct {
		Level string `json:"level"`
		Msg   string `json:"msg"`
		Cut   int    `json:"cut_bytes"`
	}
	_ = json.Unmarshal(line, &short) // slog has made it.
	short.Cut = len(line)
	if len(short.Msg) > maxLogText {
		short.Msg = strings.ToValidUTF8(short.Msg[:maxLogText], "") + "…"
	}
	cut, err := json.Marshal(short)
	if err != nil {
		return 0, err
	}
	if _, err := l.to.Write(append(cut, '\n')); err != nil {
		return 0, err
	}
	return len(line), nil
}
