package console

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/chuanhuabot/bot/channels/channeltest"
	"github.com/chuanhuabot/bot/core"
	"github.com/chuanhuabot/bot/sdk"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestSuite(t *testing.T) {
	var mu sync.Mutex
	keyboards := map[core.Channel]io.Writer{}
	channeltest.Run(t, channeltest.Harness{
		Name: "console",
		New: func(t *testing.T, _ *slog.Logger) core.Channel {
			in, keyboard := io.Pipe()
			t.Cleanup(func() { _ = keyboard.Close() })
			c := New(Options{Name: "console", In: in, Out: io.Discard})
			mu.Lock()
			defer mu.Unlock()
			keyboards[c] = keyboard
			return c
		},
		Say: func(t *testing.T, c core.Channel, n int) {
			mu.Lock()
			defer mu.Unlock()
			if _, err := fmt.Fprintln(keyboards[c], "message", n); err != nil {
				t.Fatal(err)
			}
		},
		Active: true,
	})
}

// inbox is a core.Inbox that does what its function says.
type inbox func(m *sdk.Message) (core.Turn, error)

func (i inbox) Receive(_ context.Context, m *sdk.Message) (core.Turn, error) { return i(m) }

func (i inbox) Accept(_ context.Context, m *sdk.Message) error {
	_, err := i(m)
	return err
}

func (inbox) Settle(context.Context, *core.Delivery, error) {}

func (inbox) Idle(string, string) <-chan struct{} { return nil }

// turn is over when its channel is closed.
type turn chan struct{}

func (t turn) Done() <-chan struct{} { return t }

func (turn) Keep(context.Context) error { return nil }

func TestChannel_AnswersStandUnderWhatTheyAnswer(t *testing.T) {
	var out bytes.Buffer
	c := New(Options{Name: "console", In: strings.NewReader("one\n  \ntwo"), Out: &out, Prompt: "> "})
	err := c.Run(t.Context(), inbox(func(m *sdk.Message) (core.Turn, error) {
		over := make(turn)
		go func() {
			defer close(over)
			if err := c.Send(t.Context(), &core.Delivery{Content: sdk.Text{Text: "re " + m.Text()}}); err != nil {
				t.Error(err)
			}
		}()
		return over, nil
	}))
	if err != nil || out.String() != "> re one\n> > re two\n> " {
		t.Errorf("got %q, %v", out.String(), err)
	}
}

func TestChannel_SilenceIsSaid(t *testing.T) {
	var out bytes.Buffer
	err := New(Options{Name: "console", In: strings.NewReader("one\n"), Out: &out}).Run(t.Context(),
		inbox(func(*sdk.Message) (core.Turn, error) {
			over := make(turn)
			close(over)
			return over, nil
		}))
	if err != nil || out.String() != "(no answer)\n" {
		t.Errorf("got %q, %v", out.String(), err)
	}
}

func TestChannel_RunEndsInTheMiddleOfATurn(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	c := New(Options{Name: "console", In: strings.NewReader("one\n"), Out: io.Discard})
	err := c.Run(ctx, inbox(func(*sdk.Message) (core.Turn, error) {
		cancel()
		return make(turn), nil
	}))
	if err != nil {
		t.Error(err)
	}
}

func TestChannel_RunFails(t *testing.T) {
	broken := errors.New("broken")
	for name, c := range map[string]struct {
		in   io.Reader
		out  io.Writer
		turn error
		want string
	}{
		"when a line is too long":         {strings.NewReader(strings.Repeat("x", maxLine+1)), io.Discard, nil, "more than 65536 bytes"},
		"when the terminal is gone":       {strings.NewReader("one\n"), failing{}, nil, "write to the terminal: closed"},
		"when a message cannot be taken":  {strings.NewReader("one\n"), io.Discard, broken, "broken"},
		"not when the bot is stopping":    {strings.NewReader("one\n"), io.Discard, core.ErrStopping, ""},
		"not at the end of what is typed": {strings.NewReader(""), io.Discard, nil, ""},
	} {
		t.Run(name, func(t *testing.T) {
			err := New(Options{Name: "console", In: c.in, Out: c.out, Prompt: "> "}).Run(t.Context(),
				inbox(func(*sdk.Message) (core.Turn, error) {
					over := make(turn)
					close(over)
					return over, c.turn
				}))
			if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want %q", err, c.want)
			}
		})
	}
}

func TestChannel_SendFailsWithTheTerminal(t *testing.T) {
	c := New(Options{Out: failing{}})
	if err := c.Send(t.Context(), &core.Delivery{Content: sdk.Text{Text: "x"}}); err == nil {
		t.Error("no error")
	}
}

func TestChannel_TwoRunsNeverShareAnID(t *testing.T) {
	ids := map[string]bool{}
	for range 2 {
		c := New(Options{Name: "console", In: strings.NewReader("a\nb\n"), Out: io.Discard})
		err := c.Run(t.Context(), inbox(func(m *sdk.Message) (core.Turn, error) {
			ids[m.ID] = true
			over := make(turn)
			close(over)
			return over, nil
		}))
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Millisecond) // Two runs begin at two times.
	}
	if len(ids) != 4 {
		t.Errorf("ids %v", ids)
	}
}

type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, errors.New("closed") }
