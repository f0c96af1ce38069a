package mp

import (
	"context"

	"github.com/chuanhuabot/bot/core"
	"github.com/chuanhuabot/bot/sdk"
)

// keep stores the message first and acknowledges it then, with what has been answered so far. A message that cannot be
// stored is not acknowledged, unless there is an answer to send: the platform may have another try.
func (c *Channel) keep(ctx context.Context, req *request, turn core.Turn) (answer, bool) {
	inTime, cancel := context.WithTimeout(context.WithoutCancel(ctx), margin/2)
	defer cancel()
	err := c.keepWithin(inTime, turn)
	if err == nil {
		a := req.end(true)
		if req.silent() {
			c.late.showTyping(req.slot.sender, turn.Done())
		}
		return a, true
	}
	c.log.Error("message not kept", "message", req.slot.id, "err", err)
	if a, ok := req.endIfAnswered(); ok {
		c.late.begin(func() { c.keepOn(req.slot.id, turn) })
		return a, true
	}
	select {
	case <-turn.Done():
		return c.finish(ctx, req)
	case <-ctx.Done():
		return answer{}, false
	}
}

// keepWithin is turn.Keep for those who can wait no longer than ctx, whatever the store does.
func (c *Channel) keepWithin(ctx context.Context, turn core.Turn) error {
	kept := make(chan error, 1)
	if !c.late.begin(func() { kept <- turn.Keep(ctx) }) {
		return turn.Keep(ctx) // The channel stops, and nobody waits for long.
	}
	select {
	case err := <-kept:
		return err
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// keptTurn stands for the turn of a message that is stored, and that the next process handles.
type keptTurn struct {
	quiet bool // Its person is not to be told that an answer comes later.
}

// expectsNothing tells whether a content is an event that its person hardly knows of: such as that they have opened a page.
func expectsNothing(c sdk.Content) bool {
	e, isEvent := c.(sdk.Event)
	return isEvent && !opensForAMinute(e.Type)
}

// Done is never closed.
func (keptTurn) Done() <-chan struct{} { return nil }

// Keep has nothing to do.
func (keptTurn) Keep(context.Context) error { return nil }

// keepOn goes on with what the store was too slow for: the platform is about to forget the message.
func (c *Channel) keepOn(id string, turn core.Turn) {
	ctx, cancel := context.WithTimeout(context.Background(), keepTime)
	defer cancel()
	if err := turn.Keep(ctx); err != nil {
		c.log.Error("message not kept: what its turn still says is lost if the process ends now", "message", id, "err", err)
	}
}
