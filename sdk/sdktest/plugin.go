package sdktest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/chuanhuabot/bot/sdk"
)

// Plugin is a Handler that runs behind the wire. It is safe for concurrent use. It ends with its test.
type Plugin struct {
	t             testing.TB
	remote        *sdk.Remote
	access        sdk.HostAccess
	about         sdk.Description
	messages      atomic.Int64
	conversations conversations

	mu         sync.Mutex
	configured bool
	opened     bool
	refused    error // Why the plugin cannot take turns.
}

// Start is StartWith for a plugin that does not need the Host, or does with an empty one.
func Start(t testing.TB, h sdk.Handler) *Plugin {
	t.Helper()
	return StartWith(t, h, &Host{})
}

// StartWith serves h, whose Host is host, and asks it what it is. Everything ends with the test: the contexts of turns that still run end, and a
// handler that does not return then fails the test.
func StartWith(t testing.TB, h sdk.Handler, host sdk.Host) *Plugin {
	t.Helper()
	w, err := newWire(h, host)
	if err != nil {
		t.Fatalf("sdktest: %v", err)
	}
	p := &Plugin{t: t, remote: sdk.Connect(w.conn), access: w.host.access}
	t.Cleanup(func() {
		if err := w.close(p.remote); err != nil {
			t.Errorf("sdktest: %v", err)
		}
	})
	if p.about, err = p.remote.Describe(t.Context()); err != nil {
		t.Fatalf("sdktest: %v", err)
	}
	return p
}

// Describe returns what the plugin says of itself, and nothing for one that is no Describer.
func (p *Plugin) Describe() sdk.Description { return p.about }

// Configure hands the plugin its configuration, as `config:` of bot.yaml would be. config is JSON as a string, []byte or
// json.RawMessage, or any other value that encoding/json makes an object of; nil is an empty one. What the plugin finds
// wrong comes back as sdk.Problems, and a plugin that takes no configuration refuses all but an empty one.
//
// It must come before the first turn. A plugin that is not configured by then gets an empty configuration, as in the bot.
// It may be called again, to try several configurations; the last one decides whether the plugin takes turns.
func (p *Plugin) Configure(config any) error {
	raw, err := jsonOf(config)
	if err != nil {
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.opened {
		return errors.New("sdktest: Configure must come before the first turn")
	}
	return p.configure(raw)
}

func (p *Plugin) configure(raw []byte) error {
	p.configured = true
	p.refused = p.remote.Configure(p.t.Context(), raw, p.access)
	return p.refused
}

func jsonOf(config any) ([]byte, error) {
	switch c := config.(type) {
	case nil:
		return []byte("{}"), nil
	case string:
		return []byte(c), nil
	case []byte:
		return c, nil
	case json.RawMessage:
		return c, nil
	}
	raw, err := json.Marshal(config)
	if err != nil {
		return nil, fmt.Errorf("sdktest: config: %w", err)
	}
	return raw, nil
}

// open makes the plugin ready for turns, as the bot does before the first one.
func (p *Plugin) open() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.configured {
		_ = p.configure([]byte("{}"))
	}
	if p.opened || p.refused != nil {
		return p.refused
	}
	if err := p.remote.Open(context.WithoutCancel(p.t.Context())); err != nil {
		return err
	}
	p.opened = true
	return nil
}

// Say sends a text as Person("somebody") and blocks until the turn is over, for Patience at most.
func (p *Plugin) Say(text string) Turn { return p.Person("somebody").Say(text) }

// Send sends any content as Person("somebody") and blocks until the turn is over, for Patience at most.
func (p *Plugin) Send(c sdk.Content) Turn { return p.Person("somebody").Send(c) }

// Person returns the person of that name. Two of the same name are the same person.
func (p *Plugin) Person(name string) *Person { return &Person{plugin: p, name: name} }

// Handle sends any message and blocks until the turn is over or ctx ends, of which the handler is told. A message that
// brings no State gets what the plugin saved for its channel and conversation, if the plugin is stateful. A plugin that
// has refused its configuration takes no turns: Err says why.
func (p *Plugin) Handle(ctx context.Context, m *sdk.Message) Turn {
	if err := p.open(); err != nil {
		return Turn{Err: err}
	}
	c := p.conversations.of(m)
	if err := c.begin(ctx); err != nil {
		return Turn{Err: err}
	}
	if p.about.Stateful && m.State == nil {
		copied := *m
		copied.State, m = c.state, &copied
	}
	g := &gatherer{}
	turn := g.end(p.remote.Handle(ctx, m, g))
	c.end(turn)
	return turn
}
