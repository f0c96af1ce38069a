package channeltest

import (
	"bytes"
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/chuanhuabot/bot/core"
	"github.com/chuanhuabot/bot/sdk"
)

// inbox is a core.Inbox that remembers what it got. Its turns are over at once.
type inbox struct {
	arrived chan *sdk.Message

	mu       sync.Mutex
	messages []*sdk.Message
}

var _ core.Inbox = (*inbox)(nil)

func newInbox() *inbox { return &inbox{arrived: make(chan *sdk.Message, 64)} }

// Receive takes every message.
func (i *inbox) Receive(_ context.Context, m *sdk.Message) (core.Turn, error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.messages = append(i.messages, m)
	i.arrived <- m
	return over{}, nil
}

// Accept takes every message.
func (i *inbox) Accept(ctx context.Context, m *sdk.Message) error {
	_, err := i.Receive(ctx, m)
	return err
}

// Settle notes nothing.
func (i *inbox) Settle(context.Context, *core.Delivery, error) {}

// Idle is closed: no turn takes any time.
func (i *inbox) Idle(string, string) <-chan struct{} { return over{}.Done() }

// next waits for the next message.
func (i *inbox) next(t *testing.T) *sdk.Message {
	t.Helper()
	select {
	case m := <-i.arrived:
		return m
	case <-time.After(patience):
		t.Fatal("no message arrived")
		return nil
	}
}

// all returns what has arrived so far.
func (i *inbox) all() []*sdk.Message {
	i.mu.Lock()
	defer i.mu.Unlock()
	return slices.Clone(i.messages)
}

// over is a turn that is over.
type over struct{}

// Done is closed.
func (over) Done() <-chan struct{} {
	done := make(chan struct{})
	close(done)
	return done
}

// Keep does nothing for a turn that is over.
func (over) Keep(context.Context) error { return nil }

// lines is a log in memory.
type lines struct {
	mu sync.Mutex
	b  bytes.Buffer
}

// Write adds to the log.
func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

// String returns the log.
func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}
