// Package console is the terminal as a channel: one person, one conversation, a line for each message. It shows that the
// port core.Channel is not shaped after WeChat, and it is what `bot chat` talks through.
package console

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/chuanhuabot/bot/core"
	"github.com/chuanhuabot/bot/sdk"
)

// Options are what a Channel is made of.
type Options struct {
	// Name is the channel's name, which routes may ask for.
	Name string
	// In is where messages come from, a line each; Out is where deliveries go.
	In  io.Reader
	Out io.Writer
	// Prompt is written whenever the channel waits for a line. Empty: nothing.
	Prompt string
}

// Channel is a terminal. Send is safe for concurrent use.
type Channel struct {
	options Options
	began   string     // Makes message IDs differ between runs.
	writing sync.Mutex // One delivery at a time.
	sent    atomic.Int64
}

var _ core.Channel = (*Channel)(nil)

// person is the one who sits at the terminal.
const person = "you"

// New returns a Channel that neither reads nor writes before Run and Send.
func New(o Options) *Channel {
	return &Channel{options: o, began: strconv.FormatInt(time.Now().UnixNano(), 36)}
}

// Run hands in each line and waits for the end of its turn, so that answers stand under what they answer. It returns nil
// at the end of the input or when ctx ends; a reader that blocks then is left behind with its goroutine, because nothing
// can end a read from a terminal.
func (c *Channel) Run(ctx context.Context, in core.Inbox) error {
	lines := make(chan string)
	failed := make(chan error, 1)
	go c.read(ctx, lines, failed)
	for n := 1; ; n++ {
		if err := c.write(c.options.Prompt); err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return nil
		case err := <-failed:
			return err
		case line := <-lines:
			if strings.TrimSpace(line) == "" {
				continue
			}
			if err := c.take(ctx, in, n, line); err != nil {
				return err
			}
		}
	}
}

// maxLine bounds the bytes of one message.
const maxLine = 64 << 10

func (c *Channel) read(ctx context.Context, lines chan<- string, failed chan<- error) {
	s := bufio.NewScanner(c.options.In)
	s.Buffer(nil, maxLine)
	for s.Scan() {
		select {
		case lines <- strings.ToValidUTF8(s.Text(), "\uFFFD"):
		case <-ctx.Done():
			return
		}
	}
	err := s.Err()
	if errors.Is(err, bufio.ErrTooLong) {
		err = fmt.Errorf("a line has more than %d bytes", maxLine)
	}
	failed <- err
}

// take hands in one line. Where nothing is answered, the person is told so: a terminal that stays silent looks broken.
func (c *Channel) take(ctx context.Context, in core.Inbox, n int, line string) error {
	before := c.sent.Load()
	turn, err := in.Receive(ctx, &sdk.Message{
		ID: c.began + "-" + strconv.Itoa(n), Channel: c.options.Name, Account: c.options.Name, Sender: person,
		Conversation: person, Time: time.Now(), Content: sdk.Text{Text: line},
	})
	if errors.Is(err, core.ErrStopping) || ctx.Err() != nil {
		return nil
	}
	if err != nil {
		return err
	}
	select {
	case <-turn.Done():
	case <-ctx.Done():
		return nil
	}
	if c.sent.Load() == before {
		return c.writeLine("(no answer)")
	}
	return nil
}

// Send writes one delivery.
func (c *Channel) Send(_ context.Context, d *core.Delivery) error {
	if d.Content == nil {
		return sdk.ErrNoContent
	}
	c.sent.Add(1)
	return c.writeLine(show(d.Content))
}

func (c *Channel) writeLine(s string) error { return c.write(s + "\n") }

func (c *Channel) write(s string) error {
	c.writing.Lock()
	defer c.writing.Unlock()
	if _, err := io.WriteString(c.options.Out, s); err != nil {
		return fmt.Errorf("write to the terminal: %w", err)
	}
	return nil
}

// Capabilities says that the terminal shows every kind of content, in its way.
func (c *Channel) Capabilities() core.Capabilities { return core.Capabilities{Kinds: sdk.Kinds()} }
