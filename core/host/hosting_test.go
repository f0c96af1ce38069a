package host

import (
	"context"
	"errors"
	"os"
	"strings"
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	grpcstatus "google.golang.org/grpc/status"

	"github.com/chuanhuabot/bot/internal/logtest"
	"github.com/chuanhuabot/bot/sdk"
)

// oneValue is a Host with one value, which it may hold back.
type oneValue struct {
	sdk.Host
	asked chan struct{}
	wait  chan struct{}
}

func (o *oneValue) Get(ctx context.Context, key string) ([]byte, uint64, error) {
	o.asked <- struct{}{}
	select {
	case <-o.wait:
		return []byte("the value of " + key), 1, nil
	case <-ctx.Done():
		return nil, 0, ctx.Err()
	}
}

// mustHost returns a Host that ends with the test.
func mustHost(t *testing.T) *Host {
	t.Helper()
	h, err := New((&logtest.Buffer{}).Logger())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { h.Close(t.Context()) })
	return h
}

func newOneValue() *oneValue {
	o := &oneValue{asked: make(chan struct{}, 1000), wait: make(chan struct{})}
	close(o.wait)
	return o
}

// guest is a plugin that asks its Host for what the message names.
type guest struct{ host sdk.Host }

func (g *guest) UseHost(h sdk.Host) { g.host = h }

func (g *guest) Handle(ctx context.Context, m *sdk.Message, r sdk.Responder) error {
	value, _, err := g.host.Get(ctx, m.Text())
	if err != nil {
		return err
	}
	return r.Reply(sdk.Text{Text: string(value)})
}

func TestHosting_PluginAsksTheBot(t *testing.T) {
	f := startPlugin(t, "guest", func(s *Spec) { s.Host = newOneValue() }).ready(t)
	if got := f.mustSay(t, "x"); got != "the value of x" {
		t.Errorf("got %q", got)
	}
}

// TestHosting_WithoutAHost holds that a plugin which asks where there is nobody gets an error, and nothing hangs.
func TestHosting_WithoutAHost(t *testing.T) {
	f := startPlugin(t, "guest", nil).ready(t)
	if said, err := f.say(t, "x"); err == nil || errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("said %q, %v", said, err)
	}
}

// TestHosting_TokenEndsWithItsProcess holds that what a plugin has given away is of no use after it.
func TestHosting_TokenEndsWithItsProcess(t *testing.T) {
	h := mustHost(t)
	access := h.hosting.admit(newOneValue())
	host, conn := sdk.DialHost(access)
	defer conn.Close()
	if _, _, err := host.Get(t.Context(), "x"); err != nil {
		t.Fatal(err)
	}
	h.hosting.dismiss(access)
	if _, _, err := host.Get(t.Context(), "x"); grpcstatus.Code(err) != codes.Unauthenticated {
		t.Errorf("after its end: %v", err)
	}
	info, err := os.Stat(strings.TrimPrefix(access.Address, "unix:"))
	if err != nil || info.Mode()&os.ModeSocket == 0 {
		t.Errorf("%v, %v", info, err)
	}
}

// TestHosting_CallsAreBounded is about a plugin that asks and asks: the others are served all the same.
func TestHosting_CallsAreBounded(t *testing.T) {
	h := mustHost(t)
	greedy := &oneValue{asked: make(chan struct{}, 1000), wait: make(chan struct{})}
	access := h.hosting.admit(greedy)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 2*maxCalls)
	for range 2 { // A connection has a bound of its own.
		host, conn := sdk.DialHost(access)
		defer conn.Close()
		for range maxCalls {
			go func() { _, _, err := host.Get(ctx, "x"); ended <- err }()
		}
	}
	for range maxCalls {
		<-greedy.asked
	}
	for range maxCalls {
		if err := <-ended; grpcstatus.Code(err) != codes.ResourceExhausted {
			t.Errorf("one too many: %v", err)
		}
	}
	other, conn := sdk.DialHost(h.hosting.admit(newOneValue()))
	defer conn.Close()
	if _, _, err := other.Get(t.Context(), "x"); err != nil {
		t.Errorf("another plugin: %v", err)
	}
	cancel()
	for range maxCalls {
		<-ended
	}
}

// TestHosting_OneTokenACall holds that who brings several is nobody: the calls of a plugin could not be counted.
func TestHosting_OneTokenACall(t *testing.T) {
	h := mustHost(t)
	access := h.hosting.admit(newOneValue())
	host, conn := sdk.DialHost(access)
	defer conn.Close()
	ctx := metadata.AppendToOutgoingContext(t.Context(), "authorization", "Bearer other")
	if _, _, err := host.Get(ctx, "x"); grpcstatus.Code(err) != codes.Unauthenticated {
		t.Errorf("got %v", err)
	}
}
