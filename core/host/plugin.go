package host

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

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

	suspects chan struct{} // Holds one element while a turn is on probation.
	upgrades chan upgrade
	pending  []chan error // Who waits for the next start; the supervisor's own, as is spec.
	retiring sync.WaitGroup

	stop  context.CancelFunc // Tells the supervisor to end.
	ctx   context.Context
	drain chan context.Context // Bounds how long the end may take.
	ended chan struct{}

	patience context.Context // Ends when the end may take no longer.
	hurry    context.CancelFunc
}

var _ sdk.Handler = (*Plugin)(nil)

func newPlugin(h *Host, s Spec) *Plugin {
	p := &Plugin{
		spec: s, host: h, log: h.log.With("plugin", s.Name), status: newStatus(),
		suspects: make(chan struct{}, 1), upgrades: make(chan upgrade), drain: make(chan context.Context, 1), ended: make(chan struct{}),
	}
	p.ctx, p.stop = context.WithCancel(context.Background())
	p.patience, p.hurry = context.WithCancel(context.Background())
	return p
}

// Handle runs one turn in the plugin, waiting until it is ready. A turn whose process dies before it has said anything
// runs again in the next process: so a plugin that crashes now and then loses no message.
//
// Which of the turns that were under way crashed the process, nobody can tell. They run again one after the other, each
// alone on probation; one that takes the process down while it is on probation is the culprit, and is given up.
func (p *Plugin) Handle(ctx context.Context, m *sdk.Message, r sdk.Responder) error {
	for crashes := 0; ; {
		try := &attempt{Responder: r}
		caught, err := p.run(ctx, m, try, crashes > 0)
		if err == nil {
			return try.end()
		}
		crashes++
		if !errors.Is(err, sdk.ErrDisconnected) || caught || crashes == maxCrashes || try.said.Load() {
			return err
		}
		p.log.WarnContext(ctx, "the plugin died in this turn, which runs again", "channel", m.Channel,
			"conversation", m.Conversation, "message", m.ID)
	}
}

const (
	// probationTime is how long a suspect runs before the next one may: a message that crashes a plugin mostly does so at
	// once.
	probationTime = 200 * time.Millisecond
	// maxCrashes bounds the processes that one turn may see die.
	maxCrashes = 5
)

// run makes one attempt. caught says that it was on probation when it ended.
func (p *Plugin) run(ctx context.Context, m *sdk.Message, r sdk.Responder, suspect bool) (caught bool, err error) {
	if suspect {
		passed, release, err := p.probation(ctx)
		if err != nil {
			return false, err
		}
		defer release()
		defer func() { caught = !passed.Load() }()
	}
	i, err := p.status.enter(ctx)
	if err != nil {
		return false, err
	}
	defer i.entrance.leave()
	err = i.remote.Handle(ctx, m, r)
	i.progress(err == nil || !errors.Is(ctx.Err(), context.DeadlineExceeded))
	return false, err
}

// probation begins one when no other turn is on it and there is a process to run in. release ends it for the next turn;
// it ends by itself after probationTime, which passed tells.
func (p *Plugin) probation(ctx context.Context) (passed *atomic.Bool, release func(), err error) {
	select {
	case p.suspects <- struct{}{}:
	case <-ctx.Done():
		return nil, nil, context.Cause(ctx)
	}
	leave := sync.OnceFunc(func() { <-p.suspects })
	if _, err := p.status.wait(ctx); err != nil {
		leave()
		return nil, nil, err
	}
	passed = &atomic.Bool{}
	timer := time.AfterFunc(probationTime, func() {
		passed.Store(true)
		leave()
	})
	return passed, func() {
		timer.Stop()
		leave()
	}, nil
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
	done := context.AfterFunc(ctx, p.hurry)
	<-p.ended
	done()
	p.hurry()
}
