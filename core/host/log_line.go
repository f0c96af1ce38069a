package host

import (
	"encoding/json"
	"log/slog"
	"slices"
	"strings"
)

// logLine is a line that was written by a logger: a JSON object with the texts "level" and "msg", whose other fields are attributes. See
// docs/plugin-log.md.
type logLine struct {
	level slog.Level
	msg   string
	attrs []any // slog.Attrs.
}

// Bounds of one line; maxLine bounds its bytes.
const (
	maxAttrs = 40
	maxKey   = 100
)

// parseLogLine returns what a logger has written. ok is false for every other line, whatever is in it.
func parseLogLine(text string) (l logLine, ok bool) {
	if !strings.HasPrefix(text, "{") || !strings.HasSuffix(text, "}") {
		return logLine{}, false
	}
	d := json.NewDecoder(strings.NewReader(text))
	_, err := d.Token()
	var hasLevel, hasMsg bool
	for err == nil && d.More() {
		var key string
		var value json.RawMessage
		if key, value, err = readField(d); err != nil {
			break
		}
		switch key {
		case "level":
			l.level, hasLevel = levelOf(value)
		case "msg":
			hasMsg = value[0] == '"' && json.Unmarshal(value, &l.msg) == nil
		case "time": // The bot's log has its own.
		default:
			l.add(key, value)
		}
	}
	if err == nil {
		_, err = d.Token()
	}
	return l, err == nil && hasLevel && hasMsg && d.InputOffset() == int64(len(text)) // One object, and nothing behind it.
}

// readField reads a field.
func readField(d *json.Decoder) (key string, value json.RawMessage, err error) {
	token, err := d.Token()
	if err != nil {
		return "", nil, err
	}
	key, _ = token.(string)
	err = d.Decode(&value)
	return key, value, err
}

// levelOf reads a level as the loggers of many languages name it.
func levelOf(value json.RawMessage) (level slog.Level, ok bool) {
	var name string
	if json.Unmarshal(value, &name) != nil {
		return 0, false
	}
	switch strings.ToLower(name) {
	case "trace", "debug":
		return slog.LevelDebug, true
	case "info", "notice":
		return slog.LevelInfo, true
	case "warn", "warning":
		return slog.LevelWarn, true
	case "error", "critical", "fatal", "panic":
		return slog.LevelError, true
	}
	return level, level.UnmarshalText([]byte(name)) == nil // "DEBUG-4", as log/slog writes it.
}

// add takes an attribute: texts, numbers and truth values as they are, everything else as JSON.
func (l *logLine) add(key string, value json.RawMessage) {
	if len(l.attrs) == maxAttrs {
		l.attrs = append(l.attrs, slog.Bool("more_attrs_left_out", true))
	}
	if len(l.attrs) > maxAttrs {
		return
	}
	if len(key) > maxKey {
		key = strings.ToValidUTF8(key[:maxKey], "") + "…"
	}
	if slices.Contains(ours(), key) {
		key += "_"
	}
	l.attrs = append(l.attrs, slog.Attr{Key: key, Value: valueOf(value)})
}

// ours are the keys of the bot itself, which a plugin cannot write in its place.
func ours() []string {
	return []string{"plugin", "pid", "stream", "dropped_bytes", "level", "msg", "time", ""}
}

func valueOf(value json.RawMessage) slog.Value {
	var text string
	var whole int64
	var number float64
	var truth bool
	switch {
	case string(value) == "null":
	case json.Unmarshal(value, &text) == nil:
		return slog.StringValue(text)
	case json.Unmarshal(value, &whole) == nil:
		return slog.Int64Value(whole)
	case json.Unmarshal(value, &number) == nil:
		return slog.Float64Value(number)
	case json.Unmarshal(value, &truth) == nil:
		return slog.BoolValue(truth)
	}
	return slog.StringValue(string(value))
}

// String is the line as the last words of a process show it.
func (l logLine) String() string {
	var b strings.Builder
	b.WriteString(l.level.String() + " " + l.msg)
	for _, a := range l.attrs {
		b.WriteString(" " + a.(slog.Attr).String())
	}
	return b.String()
}
