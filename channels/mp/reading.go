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
	return strings.TrimSpace(text.Text) == c.slots.hints.word && (c.mailbox.knows(m.Conversation) || c.comesLate(m))
}

// comesLate tells whether a turn runs for the person of a message whose answer comes too late to be passive: they have been told how to
// fetch it, maybe by an earlier process.
func (c *Channel) comesLate(m *sdk.Message) bool {
	select {
	case <-c.idle(m.Conversation):
		return false
	default:
		return !c.slots.answers(m.Conversation, m.ID)
	}
}

// read begins a reading whose slot is open, or returns the one that another request for the message began.
func (c *Channel) read(m *sdk.Message, req *request) core.Turn {
	r := newReading(m)
	if turn := req.startedFirst(r); turn != r {
		return turn
	}
	c.late.windows.renew(m.Conversation, m.Window)
	if !c.late.begin(func() { c.attend(r, req.slot) }) {
		r.end() // The channel stops.
	}
	return r
}

// hand puts letters into the answer to a reader. It returns false if there are none.
func (c *Channel) hand(r *reading, letters []*core.Delivery) bool {
	if len(letters) == 0 {
		return false
	}
	if err := c.slots.hold(r.id, itemsOf(letters)...); err != nil { // The slot has ended: they go to whoever reads next.
		for _, d := range letters {
			c.settle(d, core.ErrMore)
		}
	}
	return true
}

// grace is how long after the end of a turn its answer may still be on its way to who waits for it.
const grace = lead + 700*time.Millisecond

// gathering is how long a reader waits for what follows the first that comes: the replies of one turn make one page.
const gathering = 200 * time.Millisecond

// attend gives a reader what waits, after what is older, or waits with them for what comes. If nothing comes at all, the last try of the
// platform ends the wait.
func (c *Channel) attend(r *reading, one *slot) {
	ctx, cancel := context.WithTimeout(c.late.ctx, c.slots.patience)
	defer cancel()
	defer c.mailbox.leave(r.conversation, r)
	if !c.slots.calm(ctx, one) {
		return
	}
	c.mailbox.untell(r.conversation) // Whatever is left then tells them anew.
	if c.hand(r, c.mailbox.take(r.conversation, r)) {
		r.end()
		return
	}
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
		if !c.hand(r, c.mailbox.take(r.conversation, nil)) { // Else it came in the moment in which the reader did.
			c.slots.notice(r.id, c.slots.hints.nothing)
		}
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
