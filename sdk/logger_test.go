package sdk

import (
	"bytes"
	"encoding/json"
	"errors"
	"log/slog"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

func TestLogger_OneLineAndOneObject(t *testing.T) {
	var b bytes.Buffer
	log := newLogger(&b).With("city", "北京")
	log.Debug("line one\nline two", "took", 1500*time.Millisecond, "err", errors.New("no luck"), "key", NewSecret("hidden"))
	log.WithGroup("request").Warn("late", "time", "noon", "tries", 3)
	lines := strings.Split(strings.TrimSpace(b.String()), "\n")
	want := []string{
		`{"level":"DEBUG","msg":"line one\nline two","city":"北京","took":"1.5s","err":"no luck","key":"***"}`,
		`{"level":"WARN","msg":"late","city":"北京","request":{"time":"noon","tries":3}}`,
	}
	if len(lines) != len(want) || lines[0] != want[0] || lines[1] != want[1] {
		t.Errorf("got\n%s", b.String())
	}
}

func TestLogger_WhatIsTooLongForTheBotIsCut(t *testing.T) {
	for name, log := range map[string]func(*slog.Logger){
		"a message":      func(l *slog.Logger) { l.Error(strings.Repeat("长", 50_000)) },
		"an attribute":   func(l *slog.Logger) { l.Error("the message", "body", strings.Repeat("x", 100_000)) },
		"its characters": func(l *slog.Logger) { l.Error(strings.Repeat("\x01", 20_000)) },
	} {
		var b bytes.Buffer
		log(newLogger(&b))
		var line struct {
			Level, Msg string
			Cut        int `json:"cut_bytes"`
		}
		if err := json.Unmarshal(b.Bytes(), &line); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if b.Len() > maxLogLine || strings.Count(b.String(), "\n") != 1 || line.Level != "ERROR" || line.Msg == "" || line.Cut < maxLogLine {
			t.Errorf("%s: a line of %d bytes, %.60s", name, b.Len(), b.String())
		}
	}
}

// TestLogger_ForPeopleWhereThereIsNoBot runs the test binary again, with and without the bot's cookie.
func TestLogger_ForPeopleWhereThereIsNoBot(t *testing.T) {
	if os.Getenv("SDK_TEST_LOGGER") != "" {
		Logger().Info("hello", "who", "Ada")
		return
	}
	for cookie, want := range map[string]string{"": "level=INFO msg=hello who=Ada", CookieValue: `{"level":"INFO","msg":"hello","who":"Ada"}`} {
		cmd := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$")
		cmd.Env = append(os.Environ(), "SDK_TEST_LOGGER=1", CookieKey+"="+cookie)
		var stderr strings.Builder
		cmd.Stderr = &stderr
		if err := cmd.Run(); err != nil || !strings.Contains(stderr.String(), want) {
			t.Errorf("cookie %q: %v, %s", cookie, err, stderr.String())
		}
	}
}
