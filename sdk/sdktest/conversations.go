package sdktest

import (
	"context"
	"sync"

	"github.com/chuanhuabot/bot/sdk"
)

// conversations are those that a plugin has had.
type conversations struct {
	mu  sync.Mutex
	all map[[2]string]*conversation
}

// conversation has one turn at a time, and what the plugin saved for it.
type conversation struct {
	turn  chan struct{} // Has one element while a turn runs.
	state []byte
}

// of returns the conversation of a message.
func (c *conversations) of(m *sdk.Message) *conversation {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.all == nil {
		c.all = map[[2]string]*conversation{}
	}
	key := [2]string{m.Channel, m.Conversation}
	if c.all[key] == nil {
		c.all[key] = &conversation{turn: make(chan struct{}, 1)}
	}
	return c.all[key]
}

// begin waits for the end of the turn before. It fails when ctx ends.
func (c *conversation) begin(ctx context.Context) error {
	select {
	case c.turn <- struct{}{}:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// end keeps what a turn saved, unless it failed.
func (c *conversation) end(t Turn) {
	if t.Err == nil && t.Saved != nil {
		c.state = t.Saved
	}
	<-c.turn
}
