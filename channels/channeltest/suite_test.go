package channeltest

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/chuanhuabot/bot/core"
	"github.com/chuanhuabot/bot/sdk"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// toy is the smallest channel that keeps the contract.
type toy struct {
	log *slog.Logger
	in  chan core.Inbox
}

func newToy(_ *testing.T, log *slog.Logger) core.Channel {
	return &toy{log: log, in: make(chan core.Inbox, 1)}
}

func (c *toy) Run(ctx context.Context, in core.Inbox) error {
	c.in <- in
	<-ctx.Done()
	return nil
}

func (c *toy) Send(_ context.Context, d *core.Delivery) error {
	return fmt.Errorf("nobody waits for a reply to %s", d.InReplyTo)
}

func (c *toy) Capabilities() core.Capabilities {
	return core.Capabilities{Kinds: []sdk.Kind{sdk.KindText}}
}

func (c *toy) say(t *testing.T, n int) {
	in := <-c.in
	defer func() { c.in <- in }()
	c.log.Debug("said", "message", n)
	if _, err := in.Receive(t.Context(), complete(n)); err != nil {
		t.Error(err)
	}
}

func complete(n int) *sdk.Message {
	return &sdk.Message{ID: fmt.Sprint(n), Channel: "toy", Conversation: "c", Sender: "s", Time: time.Unix(1, 0), Content: sdk.Text{}}
}

func TestToyPasses(t *testing.T) {
	Run(t, Harness{
		New: newToy, Name: "toy", Again: true, Secrets: []string{"hush", ""},
		Say:   func(t *testing.T, c core.Channel, n int) { c.(*toy).say(t, n) },
		Forge: func(*testing.T, core.Channel) {},
	})
}

func TestIncompleteMessagesAreFound(t *testing.T) {
	if got := incomplete(complete(1), "toy"); len(got) > 0 {
		t.Errorf("a complete message lacks %q", got)
	}
	for field, spoil := range map[string]func(*sdk.Message){
		"ID":           func(m *sdk.Message) { m.ID = "" },
		"Conversation": func(m *sdk.Message) { m.Conversation = "\xff" },
		"Sender":       func(m *sdk.Message) { m.Sender = "" },
		"Channel":      func(m *sdk.Message) { m.Channel = "other" },
		"Content":      func(m *sdk.Message) { m.Content = nil },
		"Content is":   func(m *sdk.Message) { m.Content = sdk.Text{Text: "\xff"} },
		"Time":         func(m *sdk.Message) { m.Time = time.Time{} },
	} {
		m := complete(1)
		spoil(m)
		if got := incomplete(m, "toy"); len(got) != 1 || !strings.Contains(got[0], field) {
			t.Errorf("%s: found %q", field, got)
		}
	}
}

// deaf is a channel whose Run fails.
type deaf struct{ toy }

func (*deaf) Run(context.Context, core.Inbox) error { return errors.New("cannot hear") }

func TestWhatRunReturnsIsSeen(t *testing.T) {
	// A harness of its own would fail this test, as it must: so look at what it looks at.
	r := &running{Channel: &deaf{}, done: make(chan struct{}), cancel: func() {}}
	r.err = r.Run(t.Context(), newInbox())
	close(r.done)
	if err := r.wait(); err == nil {
		t.Error("the error of Run was not seen")
	}
}

func TestLinesKeepsWhatWasLogged(t *testing.T) {
	log := &lines{}
	slog.New(slog.NewTextHandler(log, nil)).Info("hello")
	if !strings.Contains(log.String(), "hello") {
		t.Errorf("got %q", log)
	}
}
