package mp

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"

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
	refusals *refusals
}

var (
	_ core.Channel = (*Channel)(nil)
	_ core.Webhook = (*Channel)(nil)
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
	return &Channel{
		name: name, config: c, log: log, guard: g,
		gate: newGate(), slots: newSlots(c, log), refusals: &refusals{log: log},
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
	return nil
}

// Send adds d to the passive reply to the message that it answers, which is open until its request is answered. It never
// blocks. Every error is final.
func (c *Channel) Send(_ context.Context, d *core.Delivery) error {
	if err := c.slots.deliver(d); err != nil {
		return fmt.Errorf("send in reply to %s: %w", d.InReplyTo, err)
	}
	return nil
}

// Capabilities names what a passive reply carries
// (developers.weixin.qq.com/doc/subscription/guide/product/message/Passive_user_reply_message.html).
func (c *Channel) Capabilities() core.Capabilities {
	return core.Capabilities{Kinds: []sdk.Kind{sdk.KindText, sdk.KindImage, sdk.KindVoice, sdk.KindVideo, sdk.KindLink}}
}

// Path returns the path of the URL that is set in the WeChat console.
func (c *Channel) Path() string { return c.config.Path }

// ServeHTTP answers the platform: GET verifies the URL, POST is a message.
func (c *Channel) ServeHTTP(w http.ResponseWriter, r *http.Request) {
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
