package kf

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/chuanhuabot/bot/channels/internal/callback"
	"github.com/chuanhuabot/bot/channels/internal/ledger"
	"github.com/chuanhuabot/bot/channels/internal/mediacache"
	"github.com/chuanhuabot/bot/channels/internal/wx"
	"github.com/chuanhuabot/bot/core"
	"github.com/chuanhuabot/bot/core/audio"
	"github.com/chuanhuabot/bot/sdk"
)

// Channel is the customer service of one company, with all of its accounts. It is safe for concurrent use.
type Channel struct {
	name     string
	config   Config
	holder   string // Who reads an account, for other replicas.
	store    wx.Values
	log      *slog.Logger
	guard    *guard
	refusals *callback.Refusals
	api      *api // Nil without a secret.
	people   *ledger.Ledger[session]
	accounts *accounts
	waiting  *waiting
	accepted *accepted
	skew     skew
	media    *mediacache.Cache
	sound    *audio.Converter

	mu     sync.Mutex
	inbox  core.Inbox // Nil before Run.
	closed bool
	opened chan struct{} // Closed by Run.
	ctx    context.Context
	tasks  sync.WaitGroup
}

var (
	_ core.Channel  = (*Channel)(nil)
	_ core.Webhook  = (*Channel)(nil)
	_ core.Windower = (*Channel)(nil)
)

// New returns the channel called name in bot.yaml, which keeps in store what must survive the process. holder tells replicas apart that
// share a store: it is the same when this one starts again. The error is sdk.Problems if c is not valid.
func New(name string, c Config, store wx.Values, holder string, log *slog.Logger) (*Channel, error) {
	if err := c.Validate().Err(); err != nil {
		return nil, err
	}
	g, err := newGuard(c)
	if err != nil {
		return nil, err
	}
	a, err := newAPI(c, store)
	if err != nil {
		return nil, err
	}
	log = log.With("channel", name)
	channel := &Channel{
		name: name, config: c, holder: holder, store: store, log: log, guard: g, refusals: callback.NewRefusals(log), api: a,
		people: ledger.New[session](store, "kf/people/"+name+"/", log), waiting: newWaiting(), opened: make(chan struct{}),
	}
	channel.media, channel.sound = channel.newMedia(), audio.New(audio.Options{})
	channel.accounts = newAccounts(channel)
	channel.accepted = newAccepted(c.Confirm, channel.settle)
	return channel, nil
}

// Run reads the accounts and hands what they have to in until ctx ends, and returns nil then. Without a secret it only answers the
// platform. A second call is an error.
func (c *Channel) Run(ctx context.Context, in core.Inbox) error {
	if !c.open(ctx, in) {
		return errors.New("the channel runs already, or has run")
	}
	var background sync.WaitGroup
	background.Go(func() { c.accepted.run(ctx) })
	background.Go(func() { c.expire(ctx) })
	if c.api == nil {
		c.log.Warn("no messages are read: " + errNoSecret.Error())
		<-ctx.Done()
	} else {
		c.accounts.run(ctx)
		defer c.api.Close()
	}
	background.Wait()
	c.close()
	c.tasks.Wait()
	c.closeMedia()
	return nil
}

func (c *Channel) open(ctx context.Context, in core.Inbox) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.inbox != nil {
		return false
	}
	c.inbox, c.ctx = in, ctx
	close(c.opened)
	return true
}

// isOpen waits until the channel runs: the core sends what an earlier process has left before it does. It returns false if ctx ends first.
func (c *Channel) isOpen(ctx context.Context) bool {
	select {
	case <-c.opened:
		return true
	default:
	}
	select {
	case <-c.opened:
		return true
	case <-ctx.Done():
		return false
	}
}

// close lets nothing begin any more.
func (c *Channel) close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.closed = true
}

// begin runs do beside others, with a context that ends with the channel. It returns false, and runs nothing, if that does not run.
func (c *Channel) begin(do func(context.Context)) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ctx == nil || c.closed {
		return false
	}
	ctx := c.ctx
	c.tasks.Go(func() { do(ctx) })
	return true
}

// quota is what bot.yaml says of the platform's.
func (c *Channel) quota() quota { return quota{c.config.Quota, c.config.QuotaFor} }

// now is the platform's time.
func (c *Channel) now() time.Time { return c.skew.platform(time.Now()) }

// left returns how many messages the platform takes for a delivery, as far as is known.
func (c *Channel) left(s session, d *core.Delivery) (n int, known bool) {
	return s.left(c.quota(), c.saidBefore(d), c.now())
}

// Window returns how many messages the platform takes for a customer, and until when.
func (c *Channel) Window(ctx context.Context, conversation string) (sdk.Window, error) {
	s, err := c.people.Get(ctx, conversation)
	if err != nil {
		return sdk.Window{}, err
	}
	n, known := s.left(c.quota(), 0, c.now())
	if !known {
		return sdk.Window{}, nil
	}
	return sdk.Window{Left: n, Until: time.Unix(s.Said, 0).Add(c.config.QuotaFor)}, nil
}

// saidBefore returns in which second the message came that a delivery answers, 0 if it was none. After a crash it may be newer than what is
// noted.
func (c *Channel) saidBefore(d *core.Delivery) int64 {
	if d.Window.Until.IsZero() {
		return 0
	}
	return d.Window.Until.Add(-c.config.QuotaFor).Unix()
}

// in returns the inbox, nil before Run.
func (c *Channel) in() core.Inbox {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.inbox
}

// settle tells the core how a delivery has ended that the channel held.
func (c *Channel) settle(d *core.Delivery, err error) {
	if in := c.in(); in != nil { // Nothing is held before the channel runs that could end.
		in.Settle(context.Background(), d, err) // What it writes, the store bounds.
	}
}

// idle returns what is closed when a conversation has no turn.
func (c *Channel) idle(conversation string) <-chan struct{} {
	if in := c.in(); in != nil {
		return in.Idle(c.name, conversation)
	}
	none := make(chan struct{})
	close(none)
	return none
}

// Capabilities names every kind but events: what WeChat does not show becomes a text.
func (c *Channel) Capabilities() core.Capabilities {
	return core.Capabilities{Kinds: slices.DeleteFunc(sdk.Kinds(), func(k sdk.Kind) bool { return k == sdk.KindEvent })}
}
