package mp

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"github.com/chuanhuabot/bot/core"
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
	refusals *refusals
	voice    *voicePage // Nil if there is none.
}

var (
	_ core.Channel  = (*Channel)(nil)
	_ core.Webhook  = (*Channel)(nil)
	_ core.Prompter = (*Channel)(nil)
)

// New returns the channel called name in bot.yaml. The error is sdk.Problems if c is not valid.
func New(name string, c Config, log *slog.Logger) (*Channel, error) {
	if err := c.Validate().Err(); err != nil {
		return nil, err
	}
	g, err := newGuard(c)
	if err != nil {
		return nil, err
	}
	log = log.With("channel", name)
	l, err := newLate(c, log)
	if err != nil {
		return nil, err
	}
	gate := newGate()
	voice, err := newVoicePage(name, c, l.api, gate, log)
	if err != nil {
		return nil, err
	}
	return &Channel{
		name: name, config: c, log: log, guard: g,
		gate: gate, slots: newSlots(c, l, log), late: l, refusals: &refusals{log: log}, voice: voice,
	}, nil
}

// Run lets the webhook hand messages to in until ctx ends. Then it keeps the messages whose platform has hung up and
// returns nil; requests that wait for an answer still get it, and new ones are held until the platform hangs up. A second
// call is an error.
func (c *Channel) Run(ctx context.Context, in core.Inbox) error {
	if !c.gate.open(in) {
		return errors.New("the channel runs already, or has run")
	}
	<-ctx.Done()
	c.gate.close()
	c.slots.stop()
	c.voice.stop()
	c.late.close()
	return nil
}

// Send adds d to the passive reply to the message that it answers, which is open until its request is answered. What comes
// later or finds no room there is sent as a customer-service message, if the account may: then it blocks until the passive
// reply has gone, and for the call. A *core.RetryError says that what has not gone may go later; every other error is final.
func (c *Channel) Send(ctx context.Context, d *core.Delivery) error {
	if err := c.send(ctx, d); err != nil {
		return fmt.Errorf("send in reply to %s: %w", d.InReplyTo, err)
	}
	return nil
}

func (c *Channel) send(ctx context.Context, d *core.Delivery) error {
	if c.late.begun(d.ID) { // Part of it may be in the passive reply already.
		return c.late.send(ctx, d.ID, d.Recipient)
	}
	if done, err := c.voice.deliver(ctx, d); done || err != nil {
		return err
	}
	rest, after, err := c.slots.deliver(d)
	if err != nil || rest == nil {
		return err
	}
	if err := c.late.begin(d.ID, rest); err != nil {
		return err
	}
	if after != nil && !passed(ctx, after) {
		return &core.RetryError{Err: context.Cause(ctx)}
	}
	return c.late.send(ctx, d.ID, d.Recipient)
}

// Prompt tells whether the passive reply to the message that d answers is open, or the voice page waits for d, and nothing of d
// waits to follow a passive reply.
func (c *Channel) Prompt(d *core.Delivery) bool {
	return (c.slots.open(d.InReplyTo) || c.voice.open(d.InReplyTo)) && !c.late.begun(d.ID)
}

// lead is what the passive reply gets ahead of what follows it: they take different ways, and nothing else keeps their order.
const lead = 300 * time.Millisecond

// passed waits until the passive reply has gone, and its lead after that. It returns false if ctx ends first.
func passed(ctx context.Context, gone <-chan struct{}) bool {
	select {
	case <-gone:
	case <-ctx.Done():
		return false
	}
	ahead := time.NewTimer(lead)
	defer ahead.Stop()
	select {
	case <-ahead.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// Capabilities names what a passive reply carries, and a customer-service message besides
// (developers.weixin.qq.com/doc/subscription/guide/product/message/Passive_user_reply_message.html).
func (c *Channel) Capabilities() core.Capabilities {
	kinds := []sdk.Kind{sdk.KindText, sdk.KindImage, sdk.KindVoice, sdk.KindVideo, sdk.KindLink}
	if c.late.allowed && c.config.Account == "verified" { // Test accounts are refused menus.
		kinds = append(kinds, sdk.KindMenu)
	}
	return core.Capabilities{Kinds: kinds}
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
