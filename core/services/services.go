// Package services is what the bot does for plugins beside their turns: the real side of sdk.Host. Each plugin has a Host of its own,
// which knows its name and what bot.yaml grants it.
package services

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"time"

	"github.com/chuanhuabot/bot/core"
	"github.com/chuanhuabot/bot/sdk"
)

// Grant is something that a plugin may do.
type Grant string

// The grants, as bot.yaml names them.
const (
	GrantSend    Grant = "send"
	GrantMedia   Grant = "media"
	GrantHandoff Grant = "handoff"
	GrantKV      Grant = "kv"
)

// Grants returns all of them, in a fixed order.
func Grants() []Grant { return []Grant{GrantSend, GrantMedia, GrantHandoff, GrantKV} }

// Sender sends messages that answer none; a *core.Bot does.
type Sender interface {
	Send(ctx context.Context, o core.Outgoing) (sdk.Outcome, error)
	Watch(owner string) *core.Watch
}

// Listener makes sound what plugins want it to be.
type Listener interface {
	// WAV16k returns in as WAV of 16 kHz, one channel and 16 bits. It reads in to its end, or to its own bounds: sdk.ErrMediaForm and
	// sdk.ErrMediaTooLarge can be told apart. The caller closes what it returns.
	WAV16k(ctx context.Context, in io.Reader) (io.ReadCloser, error)
}

// Parts are what Services are made of, and there only once the bot is built: its plugins start before that.
type Parts struct {
	Sender   Sender
	Channels map[string]core.Channel
	Store    core.Store
	// Listener is nil if nothing can be converted.
	Listener Listener
}

// Services make the Hosts of plugins. Make them with New. They are safe for concurrent use.
type Services struct {
	log   *slog.Logger
	ready chan struct{} // Closed by Open.
	parts Parts

	mu      sync.Mutex
	changes map[string]chan struct{} // By plugin: holds one element while its values change.
}

// New returns Services whose Hosts wait for Open.
func New(log *slog.Logger) *Services {
	return &Services{log: log, ready: make(chan struct{}), changes: map[string]chan struct{}{}}
}

// Open gives them what they are made of. Call it once.
func (s *Services) Open(p Parts) {
	s.parts = p
	close(s.ready)
}

// For returns the Host of a plugin.
func (s *Services) For(plugin string, grants []Grant) sdk.Host {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.changes[plugin] == nil { // It outlives the guest: a plugin that is replaced has two for a while.
		s.changes[plugin] = make(chan struct{}, 1)
	}
	return &guest{of: s, plugin: plugin, grants: grants, log: s.log.With("plugin", plugin), changing: s.changes[plugin], told: map[Grant]time.Time{}}
}

// wait returns the parts once they are there.
func (s *Services) wait(ctx context.Context) (Parts, error) {
	select {
	case <-s.ready:
		return s.parts, nil
	case <-ctx.Done():
		return Parts{}, fmt.Errorf("the bot is not ready yet: %w", context.Cause(ctx))
	}
}
