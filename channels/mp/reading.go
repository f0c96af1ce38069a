package mp

import (
	"context"
	"strings"
	"sync"
	"time"

	"github.com/chuanhuabot/bot/core"
	"github.com/chuanhuabot/bot/sdk"
)

// reading is a person's wish to read what waits for them. It stands in the place of a turn, because no plugin has to do with it: the
// platform's tries are waited out in the same way.
type reading struct {
	id, conversation string
	first, over      chan struct{}
	begin            func() // Closes first: something is there, and more may come at once.
	end              func() // Closes over.
}

func newReading(m *sdk.Message) *reading {
	r := &reading{id: m.ID, conversation: m.Conversation, first: make(chan struct{}), over: make(chan struct{})}
	r.begin = sync.OnceFunc(func() { close(r.first) })
	r.end = sync.OnceFunc(func() { close(r.over) })
	return r
}

// Done is closed when there is something to read, or nothing will come.
func (r *reading) Done() <-chan struct{} { return r.over }

// Keep does nothing: a person whose wish is lost wishes again.
func (r *reading) Keep(context.Context) error { return nil }

// wantsToRead tells whether a message is the wish to read what waits.
func (c *Channel) wantsToRead(m *sdk.Message) bool {
	text, isText := m.Content.(sdk.Text)
	switch {
	case !isText || !c.config.Late.Read:
		return false
	case text.Choice == readID:
		return true
	}
	return strings.TrimSpace(text.Text) == c.slots.hints.word && c.mailbox.knows(m.Conversation)
}

// read begins a reading whose slot is open.
func (c *Channel) read(m *sdk.Message) core.Turn {
	r := newReading(m)
	c.mailbox.untell(m.Conversation) // Whatever is left then tells them anew.
	c.late.windows.renew(m.Conversation, m.Window)
	if waiting := c.mailbox.take(m.Conversation, r); len(waiting) > 0 {
		if err := c.slots.hold(r.id, itemsOf(waiting)...); err != nil { // The slot has just been opened, so this is a bug; lose nothing.
			c.log.Error("what waits cannot be read", "err", err)
			for _, d := range waiting {
				c.settle(d, core.ErrMore)
			}
		}
		r.end()
		return r
	}
	if !c.late.begin(func() { c.attend(r) }) {
		r.end() // The channel stops.
	}
	return r
}

// grace is how long after the end of a turn its answer may still be on its way to who waits for it.
const grace = lead + 700*time.Millisecond

// gathering is how long a reader waits for what follows the first that comes: the replies of one turn make one page.
const gathering = 200 * time.Millisecond

// attend waits with a reader for whom nothing is there yet. If nothing comes at all, the last try of the platform ends the wait.
func (c *Channel) attend(r *reading) {
	defer c.mailbox.leave(r.conversation, r)
	ctx, cancel := context.WithTimeout(c.late.ctx, c.slots.patience)
	defer cancel()
	select {
	case <-c.idle(r.conversation):
	case <-r.first:
	case <-ctx.Done():
		return
	}
	soon := time.NewTimer(grace)
	defer soon.Stop()
	select {
	case <-r.first:
		pause(ctx, gathering)
	case <-soon.C:
		c.slots.notice(r.id, c.slots.hints.nothing)
	case <-ctx.Done():
		return
	}
	r.end()
}

// pause waits for d. It returns false if ctx ends first.
func pause(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
