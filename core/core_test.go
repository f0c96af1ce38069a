package core_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/chuanhuabot/bot/core"
	"github.com/chuanhuabot/bot/core/memstore"
	"github.com/chuanhuabot/bot/internal/logtest"
	"github.com/chuanhuabot/bot/sdk"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// channel is a core.Channel that remembers what it was given. answer decides how a delivery ends; nil: well.
type channel struct {
	prompt func(*core.Delivery) error
	answer func(d *core.Delivery) error

	mu   sync.Mutex
	sent []core.Delivery
}

func (c *channel) Run(ctx context.Context, _ core.Inbox) error {
	<-ctx.Done()
	return nil
}

// Prompt takes nothing, unless the test says so.
func (c *channel) Prompt(_ context.Context, d *core.Delivery) error {
	if c.prompt == nil {
		return core.ErrMore
	}
	return c.prompt(d)
}

func (c *channel) Capabilities() core.Capabilities { return core.Capabilities{Kinds: sdk.Kinds()} }

func (c *channel) Send(_ context.Context, d *core.Delivery) error {
	if c.answer != nil {
		if err := c.answer(d); err != nil {
			return err
		}
	}
	c.note(d)
	return nil
}

// note remembers that a delivery has gone.
func (c *channel) note(d *core.Delivery) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.sent = append(c.sent, *d)
}

// texts returns what was sent, in order.
func (c *channel) texts() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	var out []string
	for _, d := range c.sent {
		out = append(out, d.Content.(sdk.Text).Text)
	}
	return out
}

// fixture is a Bot on one channel, "ch", with a handler of the test's.
type fixture struct {
	*core.Bot
	channel *channel
	store   *memstore.Store
	log     *logtest.Buffer
	frozen  *atomic.Bool // Nothing reaches the store any more.
}

// freezing is a store of a process that can be killed.
type freezing struct {
	core.Store
	frozen *atomic.Bool
}

func (s freezing) Keep(ctx context.Context, m *sdk.Message) (bool, error) {
	if s.frozen.Load() {
		return false, errBroken
	}
	return s.Store.Keep(ctx, m)
}

func (s freezing) Finish(ctx context.Context, channel, id string) error {
	if s.frozen.Load() {
		return errBroken
	}
	return s.Store.Finish(ctx, channel, id)
}

func (s freezing) PutDelivery(ctx context.Context, d *core.Delivery) error {
	if s.frozen.Load() {
		return errBroken
	}
	return s.Store.PutDelivery(ctx, d)
}

func (s freezing) DeleteDelivery(ctx context.Context, id string) error {
	if s.frozen.Load() {
		return errBroken
	}
	return s.Store.DeleteDelivery(ctx, id)
}

func newFixture(h sdk.HandlerFunc) *fixture { return newFixtureOn(memstore.New(), h) }

func newFixtureOn(s *memstore.Store, h sdk.HandlerFunc) *fixture {
	f := &fixture{channel: &channel{}, store: s, log: &logtest.Buffer{}, frozen: &atomic.Bool{}}
	f.Bot = core.New(core.Options{
		Store: freezing{s, f.frozen}, Channels: map[string]core.Channel{"ch": f.channel}, Handler: h, Log: f.log.Logger(),
	})
	return f
}

// receive hands in a message of person and returns its turn.
func (f *fixture) receive(t *testing.T, person, id string) core.Turn {
	t.Helper()
	turn, err := f.Receive(t.Context(), message(person, id))
	if err != nil {
		t.Fatalf("receive %s: %v", id, err)
	}
	return turn
}

func (f *fixture) close() { f.Close(ended()) }

func message(person, id string) *sdk.Message {
	return &sdk.Message{ID: id, Channel: "ch", Account: "acct", Sender: person, Conversation: person,
		Time: time.Now(), Content: sdk.Text{Text: id}}
}

// ended returns a context that is over.
func ended() context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	return ctx
}

// echo replies with the message's text.
func echo(_ context.Context, m *sdk.Message, r sdk.Responder) error {
	return r.Reply(sdk.Text{Text: "re " + m.Text()})
}

// isDone tells whether a turn is over.
func isDone(t core.Turn) bool {
	select {
	case <-t.Done():
		return true
	default:
		return false
	}
}

func equal(t *testing.T, what string, got, want []string) {
	t.Helper()
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%s: got %q, want %q", what, got, want)
	}
}

var errBroken = errors.New("broken")
