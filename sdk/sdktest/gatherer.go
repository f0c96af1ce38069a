package sdktest

import (
	"strings"
	"sync"

	"github.com/chuanhuabot/bot/sdk"
)

// gatherer is the Responder at the bot's end of the wire. It gathers what a plugin does into a Turn.
type gatherer struct {
	mu      sync.Mutex
	turn    Turn
	written strings.Builder
}

var _ sdk.Responder = (*gatherer)(nil)

// Reply ends the reply that is being written and takes one more.
func (g *gatherer) Reply(c sdk.Content) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.flush()
	g.turn.Replies = append(g.turn.Replies, c)
	return nil
}

// Append adds to the reply that is being written.
func (g *gatherer) Append(text string) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.written.WriteString(text)
	return nil
}

// Pass lets the message go on as it is.
func (g *gatherer) Pass() error { return g.goOn(true, nil) }

// Forward lets the message go on with c.
func (g *gatherer) Forward(c sdk.Content) error { return g.goOn(false, c) }

func (g *gatherer) goOn(passed bool, c sdk.Content) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.turn.Passed, g.turn.Forwarded = passed, c
	return nil
}

// Handoff takes the reason.
func (g *gatherer) Handoff(reason string) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.turn.Handoff, g.turn.HandedOff = reason, true
	return nil
}

// Save takes a copy of state.
func (g *gatherer) Save(state []byte) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.turn.Saved = append([]byte{}, state...)
	return nil
}

// end returns what was gathered.
func (g *gatherer) end(err error) Turn {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.flush()
	g.turn.Err = err
	return g.turn
}

func (g *gatherer) flush() {
	if g.written.Len() > 0 {
		g.turn.Replies = append(g.turn.Replies, sdk.Text{Text: g.written.String()})
		g.written.Reset()
	}
}
