package app

import (
	"context"
	"log/slog"
	"strings"
	"sync"

	"github.com/chuanhuabot/bot/core"
	"github.com/chuanhuabot/bot/core/memstore"
	"github.com/chuanhuabot/bot/core/services"
	"github.com/chuanhuabot/bot/internal/config"
	"github.com/chuanhuabot/bot/sdk"
)

// voiceTurn starts the plugin voice alone and has it hear the clip. It returns what it has heard, or else what it complains of.
func voiceTurn(ctx context.Context, c *config.Config, replies bool, l listener) (heard string, said []string, err error) {
	alone := *c
	alone.Plugins = nil
	for _, e := range c.Plugins {
		if e.Key == "voice" {
			alone.Plugins = append(alone.Plugins, e)
		}
	}
	words := &complaints{}
	log := slog.New(words)
	ended, cancel := context.WithCancel(ctx)
	cancel()
	store, offers := memstore.New(), services.New(log)
	bot := core.New(core.Options{Store: store, Log: log})
	defer bot.Close(ended)
	offers.Open(services.Parts{Sender: bot, Store: store, Channels: map[string]core.Channel{"doctor": clipChannel{}}, Listener: l})
	w, err := newCrew(&alone, offers, log)
	if err != nil {
		return "", nil, err
	}
	r, plugin := &ear{replies: replies}, w.in(&alone)[0]
	if err = plugin.Started(ctx); err == nil {
		err = plugin.Handle(ctx, clipMessage(), r)
	}
	w.close(ended) // Only then all that it has said is here.
	if said = words.all(); len(said) > 0 || err != nil {
		return "", said, err
	}
	return r.heard(), nil, nil
}

// complaints is a slog.Handler that keeps what a plugin says of a voice that it did not recognise.
type complaints struct {
	mu    sync.Mutex
	lines []string
}

// Enabled takes everything.
func (*complaints) Enabled(context.Context, slog.Level) bool { return true }

// Handle keeps a line.
func (c *complaints) Handle(_ context.Context, r slog.Record) error {
	if _, line, ok := strings.Cut(r.Message, `msg="a voice was not recognised" `); ok {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.lines = append(c.lines, line)
	}
	return nil
}

// WithAttrs keeps no attributes.
func (c *complaints) WithAttrs([]slog.Attr) slog.Handler { return c }

// WithGroup keeps no groups.
func (c *complaints) WithGroup(string) slog.Handler { return c }

func (c *complaints) all() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.lines
}

// ear is a Responder that hears what the next step would; or, where the plugin answers people, what they would.
type ear struct {
	replies bool

	mu   sync.Mutex
	text string
}

var _ sdk.Responder = (*ear)(nil)

func (e *ear) heard() string {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.text
}

func (e *ear) hear(c sdk.Content) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.text = (&sdk.Message{Content: c}).Text()
	return nil
}

// Reply hears what people would: otherwise it only says that nothing was recognised.
func (e *ear) Reply(c sdk.Content) error {
	if !e.replies {
		return nil
	}
	return e.hear(c)
}

// Forward hears the words.
func (e *ear) Forward(c sdk.Content) error { return e.hear(c) }

// Append hears nothing.
func (*ear) Append(string) error { return nil }

// Pass hears nothing.
func (*ear) Pass() error { return nil }

// Handoff hears nothing.
func (*ear) Handoff(string) error { return nil }

// Save hears nothing.
func (*ear) Save([]byte) error { return nil }
