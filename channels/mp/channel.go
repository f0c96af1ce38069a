package mp

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"time"

	"github.com/chuanhuabot/bot/channels/internal/callback"
	"github.com/chuanhuabot/bot/channels/internal/compose"
	"github.com/chuanhuabot/bot/channels/internal/wx"
	"github.com/chuanhuabot/bot/core"
	"github.com/chuanhuabot/bot/core/audio"
	"github.com/chuanhuabot/bot/sdk"
)

// Channel is one Official Account. It is a webhook that answers each message in the HTTP response. It holds a response for
// up to Tries × TryTimeout, so the HTTP server's write timeout must be longer than that. It is safe for concurrent use.
type Channel struct {
	name     string
	config   Config
	log      *slog.Logger
	guard    *guard
	gate     *gate
	slots    *slots
	late     *late
	mailbox  *mailbox
	refusals *callback.Refusals
	voice    *voicePage // Nil if there is none.
	sound    *audio.Converter
}

var (
	_ core.Channel  = (*Channel)(nil)
	_ core.Webhook  = (*Channel)(nil)
	_ core.Prompter = (*Channel)(nil)
	_ core.Windower = (*Channel)(nil)
)

// New returns the channel called name in bot.yaml, which keeps in store what must survive the process. The error is sdk.Problems if
// c is not valid.
func New(name string, c Config, store wx.Values, log *slog.Logger) (*Channel, error) {
	if err := c.Validate().Err(); err != nil {
		return nil, err
	}
	g, err := newGuard(c)
	if err != nil {
		return nil, err
	}
	log = log.With("channel", name)
	l, err := newLate(name, c, store, log)
	if err != nil {
		return nil, err
	}
	gate := newGate()
	voice, err := newVoicePage(name, c, l.api, gate, log)
	if err != nil {
		return nil, err
	}
	channel := &Channel{
		name: name, config: c, log: log, guard: g, gate: gate, late: l, mailbox: newMailbox(c.Late.Keep), refusals: callback.NewRefusals(log), voice: voice,
	}
	channel.sound = audio.New(audio.Options{})
	channel.slots = newSlots(c, channel, channel.settle, log)
	return channel, nil
}

// Run lets the webhook hand messages to in until ctx ends. Then it keeps the messages that are not answered and returns nil; requests
// that wait are acknowledged with what there is, and new ones are held until the platform hangs up. A second call is an error.
func (c *Channel) Run(ctx context.Context, in core.Inbox) error {
	if !c.gate.open(in) {
		return errors.New("the channel runs already, or has run")
	}
	c.expire(ctx)
	c.gate.close()
	c.slots.stop()
	c.voice.stop()
	c.late.close()
	return nil
}

// expire ends what nobody has fetched in time, and forgets what will not come any more, until ctx ends.
func (c *Channel) expire(ctx context.Context) {
	every := time.NewTicker(time.Minute)
	defer every.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case now := <-every.C:
			for _, d := range c.mailbox.expired(now) {
				if ctx.Err() != nil {
					return // They are on record.
				}
				c.settle(d, fmt.Errorf("%w within %s", errUnread, c.config.Late.Keep))
			}
			c.slots.sweepTails()
		}
	}
}

// Send puts d into the passive reply to the message that it answers, if that is open. Else it goes by the ladder: as a
// customer-service message, if the account may; or it waits to be fetched by its person; or it fails. It blocks for the call, and
// until the passive reply has gone that it follows.
func (c *Channel) Send(ctx context.Context, d *core.Delivery) error {
	shown := c.plain(d)
	err := c.send(ctx, shown)
	if !errors.Is(err, core.ErrMore) {
		c.slots.gone(d, errors.Is(err, core.ErrOpen))
	}
	if shown != d { // Else it may be held by now, and must not change any more.
		d.Progress = shown.Progress
	}
	return about(d, err)
}

func (c *Channel) send(ctx context.Context, d *core.Delivery) error {
	switch err := c.answer(ctx, d); {
	case errors.Is(err, errBehind) && c.slots.yield(ctx, d):
		return core.ErrMore
	case errors.Is(err, errBehind):
		return &core.RetryError{Err: context.Cause(ctx)}
	case !errors.Is(err, errNotOpen):
		return err
	}
	if !c.slots.follow(ctx, d) {
		return &core.RetryError{Err: context.Cause(ctx)}
	}
	return c.sendLate(ctx, d)
}

// Prompt puts d into the passive reply to the message that it answers, or hands it to the voice page, if that is open.
func (c *Channel) Prompt(ctx context.Context, d *core.Delivery) error {
	err := c.answer(ctx, c.plain(d))
	if errors.Is(err, errBehind) || errors.Is(err, errNotOpen) {
		return core.ErrMore
	}
	return about(d, err)
}

// answer makes d part of what somebody waits for. The error is errNotOpen or errBehind if that cannot be; any other is that of Send.
func (c *Channel) answer(ctx context.Context, d *core.Delivery) error {
	if done, err := c.voice.deliver(ctx, d); done || err != nil {
		return err
	}
	at := c.slots.placeOf(d.InReplyTo)
	at.menus = c.late.possible() && c.late.menus
	shown, note, err := passive(d.Content, at)
	if err != nil && (!errors.Is(err, errWrongKind) || !c.late.possible()) {
		return err
	}
	if d.Progress > 0 {
		return errNotOpen
	}
	switch err := c.slots.hold(d.InReplyTo, compose.Item{Delivery: d, Shown: shown}); {
	case err == nil:
		remark(c.log, d.InReplyTo, d.Content, note)
		return core.ErrOpen
	case errors.Is(err, errLeft):
		c.log.Debug("reply dropped", "message", d.InReplyTo, "conversation", d.Conversation, "err", err)
		return nil // Nobody has lost anything, and there is nothing to try again.
	default:
		return err
	}
}

// about adds to an error which delivery it is about.
func about(d *core.Delivery, err error) error {
	if err == nil || errors.Is(err, core.ErrOpen) || errors.Is(err, core.ErrMore) {
		return err
	}
	return fmt.Errorf("send in reply to %s: %w", d.InReplyTo, err)
}

// settle tells the core how a delivery has ended that the channel held.
func (c *Channel) settle(d *core.Delivery, err error) {
	in := c.gate.current()
	if in == nil {
		return // Nothing is held before the channel runs that could end.
	}
	in.Settle(context.Background(), d, err) // What it writes, the store bounds.
}

// idle returns what is closed when a conversation has no turn.
func (c *Channel) idle(conversation string) <-chan struct{} {
	if in := c.gate.current(); in != nil {
		return in.Idle(c.name, conversation)
	}
	none := make(chan struct{})
	close(none)
	return none
}

// Capabilities names every kind but events: what WeChat does not show becomes a text or a link.
func (c *Channel) Capabilities() core.Capabilities {
	return core.Capabilities{Kinds: slices.DeleteFunc(sdk.Kinds(), func(k sdk.Kind) bool { return k == sdk.KindEvent })}
}

// Paths returns the path of the URL that is set in the WeChat console, and those of the voice page if there is one.
func (c *Channel) Paths() []string { return c.config.Paths() }

// ServeHTTP answers the platform: GET verifies the URL, POST is a message. What is below the voice page's path is for people.
func (c *Channel) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if c.voice.at(r.URL.Path) {
		c.voice.ServeHTTP(w, r)
		return
	}
	switch r.Method {
	case http.MethodGet:
		c.verify(w, r)
	case http.MethodPost:
		c.receive(w, r)
	default:
		w.Header().Set("Allow", "GET, POST")
		w.WriteHeader(http.StatusMethodNotAllowed)
	}
}
