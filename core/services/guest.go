package services

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/chuanhuabot/bot/core"
	"github.com/chuanhuabot/bot/sdk"
)

// guest is the Host of one plugin.
type guest struct {
	of     *Services
	plugin string
	grants []Grant
	log    *slog.Logger

	changing chan struct{} // Holds one element while the plugin's values change.

	mu   sync.Mutex
	told map[Grant]time.Time // When the operator was told that a grant is missing.
}

var _ sdk.Host = (*guest)(nil)

// SameGrants tells whether two Hosts of For are of one plugin and grant the same.
func SameGrants(a, b sdk.Host) bool {
	one, isOne := a.(*guest)
	two, isTwo := b.(*guest)
	return isOne && isTwo && one.plugin == two.plugin && slices.Equal(one.grants, two.grants)
}

// may returns the parts if the plugin may do what it asks for.
func (g *guest) may(ctx context.Context, need Grant, what string) (Parts, error) {
	if !slices.Contains(g.grants, need) {
		g.tell(ctx, need, what)
		return Parts{}, fmt.Errorf("%s: %w: it takes `grants: [%s]` at the plugin", what, sdk.ErrNotGranted, need)
	}
	return g.of.wait(ctx)
}

// tellEvery is how often an operator is told of the same missing grant: a plugin may ask as often as it likes.
const tellEvery = time.Minute

func (g *guest) tell(ctx context.Context, need Grant, what string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if now := time.Now(); now.Sub(g.told[need]) >= tellEvery {
		g.told[need] = now
		g.log.WarnContext(ctx, "this plugin asks for what bot.yaml does not grant it", "what", what, "missing", string(need))
	}
}

// Send sends a message in the plugin's name.
func (g *guest) Send(ctx context.Context, o sdk.Outgoing) (sdk.Outcome, error) {
	p, err := g.may(ctx, GrantSend, "send")
	if err != nil {
		return sdk.Outcome{}, err
	}
	return p.Sender.Send(ctx, core.Outgoing{Owner: g.plugin, Key: o.Key, To: o.To, Content: o.Content})
}

// Handoff sends what gives the conversation to a person.
func (g *guest) Handoff(ctx context.Context, h sdk.Handoff) (sdk.Outcome, error) {
	p, err := g.may(ctx, GrantHandoff, "handoff")
	if err != nil {
		return sdk.Outcome{}, err
	}
	to, ok := p.Channels[h.Conversation.Channel].(core.Handoffer)
	if !ok {
		return sdk.Outcome{}, fmt.Errorf("channel %q: %w", h.Conversation.Channel, sdk.ErrNoPerson)
	}
	content, err := to.Handoff(h.Reason)
	if err != nil {
		return sdk.Outcome{}, fmt.Errorf("channel %s: %w", h.Conversation.Channel, err)
	}
	return p.Sender.Send(ctx, core.Outgoing{Owner: g.plugin, Key: h.Key, To: h.Conversation, Content: content})
}

// Outcomes tells of the plugin's own messages.
func (g *guest) Outcomes(ctx context.Context, do func(sdk.Outcome)) error {
	p, err := g.may(ctx, GrantSend, "outcomes")
	if err != nil {
		return err
	}
	w := p.Sender.Watch(g.plugin)
	defer w.Close()
	for {
		select {
		case o, ok := <-w.C:
			if !ok {
				return sdk.ErrTooSlow
			}
			do(o)
		case <-ctx.Done():
			return nil
		}
	}
}

// Window needs no grant: it says nothing that a plugin which answers the conversation is not told anyway.
func (g *guest) Window(ctx context.Context, of sdk.Address) (sdk.Window, error) {
	p, err := g.of.wait(ctx)
	if err != nil {
		return sdk.Window{}, err
	}
	ch, ok := p.Channels[of.Channel].(core.Windower)
	if !ok {
		return sdk.Window{}, nil
	}
	return ch.Window(ctx, of.Conversation)
}
