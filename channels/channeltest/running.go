package channeltest

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/chuanhuabot/bot/core"
)

// secrets are strings that must not be seen.
type secrets []string

func (s secrets) check(t *testing.T, text string) {
	t.Helper()
	for i, secret := range s {
		if secret != "" && strings.Contains(text, secret) {
			t.Errorf("secret number %d can be read in an error or log line", i) // not the line: CI logs are public
		}
	}
}

// running is a channel that runs until the end of its test.
type running struct {
	core.Channel
	inbox   *inbox
	secrets secrets
	cancel  context.CancelFunc
	done    chan struct{}
	err     error // once done is closed
}

// start runs a new channel. The end of the test stops it and looks for secrets in what it logged.
func (h Harness) start(t *testing.T) *running {
	t.Helper()
	log := &lines{}
	ctx, cancel := context.WithCancel(context.Background())
	r := &running{
		Channel: h.New(t, slog.New(slog.NewJSONHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug}))),
		inbox:   newInbox(), secrets: h.Secrets, cancel: cancel, done: make(chan struct{}),
	}
	go func() {
		defer close(r.done)
		r.err = r.Run(ctx, r.inbox)
	}()
	t.Cleanup(func() {
		r.stop()
		if err := r.wait(); err != nil {
			r.secrets.check(t, err.Error())
		}
		r.secrets.check(t, log.String())
	})
	return r
}

func (r *running) stop() { r.cancel() }

// wait returns what Run returned.
func (r *running) wait() error {
	select {
	case <-r.done:
		return r.err
	case <-time.After(patience):
		return errors.New("nothing: Run did not end with its context")
	}
}
