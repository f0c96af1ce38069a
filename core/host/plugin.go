package host

import (
	"context"
	"errors"
	"log/slog"
	"sync/atomic"

	"github.com/chuanhuabot/bot/sdk"
)

// Plugin is one plugin of bot.yaml: a Handler whose turns run in a process of its own, whichever process that is at the
// time. It is safe for concurrent use.
type Plugin struct {
	spec   Spec
	host   *Host
	log    *slog.Logger
	status *status
	about  atomic.Pointer[sdk.Description]

	stop  context.CancelFunc // Tells the supervisor to end.
	ctx   context.Context
	drain chan context.Context // Bounds how long the end may take.
	ended chan struct{}
}

var _ sdk.Handler = (*Plugin)(nil)

func newPlugin(h *Host, s Spec) *Plugin {
	p := &Plugin{
		spec: s, host: h, log: h.log.With("plugin", s.Name), status: newStatus(),
		drain: make(chan context.Context, 1), ended: make(chan struct{}),
	}
	p.ctx, p.stop = context.WithCancel(context.Background())
	return p
}

// Handle runs one turn in the plugin, waiting until it is ready. A turn whose process dies before it has said anything
// is run once more, in the next process: so a plugin that crashes now and then loses no message, and a message that
// crashes it does so twice and no more.
func (p *Plugin) Handle(ctx context.Context, m *sdk.Message, r sdk.Responder) error {
	said := &sayingResponder{Responder: r}
	for again := false; ; again = true {
		i, err := p.status.wait(ctx)
		if err != nil {
			return err
		}
		err = i.remote.Handle(ctx, m, said)
		if !errors.Is(err, sdk.ErrDisconnected) || again || said.anything.Load() {
			return err
		}
		p.log.WarnContext(ctx, "the plugin died in this turn, which runs once more", "channel", m.Channel,
			"conversation", m.Conversation, "message", m.ID)
	}
}

// Ready waits until the plugin is ready for turns, cannot be, or ctx ends. Problems in its configuration come back as
// sdk.Problems.
func (p *Plugin) Ready(ctx context.Context) error {
	_, err := p.status.wait(ctx)
	return err
}

// Started waits until the plugin's first start has ended, well or not, and returns why not. Unlike Ready it does not wait
// for a second one.
func (p *Plugin) Started(ctx context.Context) error { return p.status.first(ctx) }

// State returns where the plugin stands, and why if it is in backoff or failed.
func (p *Plugin) State() (State, error) { return p.status.get() }

// Stateful tells whether the plugin wants its state with each message: false until it was ready once.
func (p *Plugin) Stateful() bool {
	about := p.about.Load()
	return about != nil && about.Stateful
}

// Describe returns what the plugin says of itself, nothing until it was ready once.
func (p *Plugin) Describe() sdk.Description {
	if about := p.about.Load(); about != nil {
		return *about
	}
	return sdk.Description{}
}

// Stop takes no more turns, lets those that run end until ctx does, and then ends the process. It blocks until nothing
// of the plugin is left.
func (p *Plugin) Stop(ctx context.Context) {
	select {
	case p.drain <- ctx:
	default: // Somebody else's bound holds.
	}
	p.stop()
	<-p.ended
}

// sayingResponder knows whether the plugin has done anything that cannot be done twice.
type sayingResponder struct {
	sdk.Responder
	anything atomic.Bool
}

func (s *sayingResponder) Reply(c sdk.Content) error {
	s.anything.Store(true)
	return s.Responder.Reply(c)
}

func (s *sayingResponder) Append(text string) error {
	s.anything.Store(true)
	return s.Responder.Append(text)
}

func (s *sayingResponder) Handoff(reason string) error {
	s.anything.Store(true)
	return s.Responder.Handoff(reason)
}
