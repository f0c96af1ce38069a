package sdk

import (
	"context"
	"net"
	"reflect"
	"sync"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/test/bufconn"

	"github.com/chuanhuabot/bot/sdk/internal/pb"
)

// mustDial serves what register registers, in memory, until the test ends.
func mustDial(t testing.TB, register func(*grpc.Server)) *grpc.ClientConn {
	t.Helper()
	listener := bufconn.Listen(1 << 20)
	server := newServer(nil)
	register(server)
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	options := append(DialOptions(), grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithContextDialer(func(ctx context.Context, _ string) (net.Conn, error) { return listener.DialContext(ctx) }))
	conn, err := grpc.NewClient("passthrough:///plugin", options...)
	if err != nil {
		t.Fatal(err)
	}
	conn.Connect()
	t.Cleanup(func() {
		_ = conn.Close() // Some tests have closed it.
		server.Stop()
		if err := <-served; err != nil && err != grpc.ErrServerStopped {
			t.Errorf("serve: %v", err)
		}
	})
	return conn
}

// mustOpen returns an open Remote whose plugin is h, until the test ends.
func mustOpen(t testing.TB, h Handler) *Remote {
	t.Helper()
	return opened(t, mustDial(t, func(s *grpc.Server) { Register(s, h) }))
}

func opened(t testing.TB, conn *grpc.ClientConn) *Remote {
	t.Helper()
	r := Connect(conn)
	if err := r.Open(context.WithoutCancel(t.Context())); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close(within(t, 5*time.Second)) })
	return r
}

// script is a plugin made by hand: it does on the stream whatever it likes.
type script struct {
	pb.UnimplementedPluginServer
	play func(pb.Plugin_ConverseServer) error
}

func (s *script) Converse(stream pb.Plugin_ConverseServer) error { return s.play(stream) }

// mustOpenScript returns an open Remote whose plugin is made by hand.
func mustOpenScript(t testing.TB, play func(pb.Plugin_ConverseServer) error) *Remote {
	t.Helper()
	return opened(t, mustDial(t, func(s *grpc.Server) { pb.RegisterPluginServer(s, &script{play: play}) }))
}

// within returns a context for one step of a test, which outlives the test's own.
func within(t testing.TB, d time.Duration) context.Context {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), d)
	t.Cleanup(cancel)
	return ctx
}

// await fails the test if c is not ready soon, and returns what came out of it.
func await[T any](t testing.TB, what string, c <-chan T) T {
	t.Helper()
	select {
	case v := <-c:
		return v
	case <-time.After(10 * time.Second):
		t.Fatalf("timeout: %s", what)
		panic("unreachable")
	}
}

// said is what a Responder was told: one value for each call.
type said struct {
	mu  sync.Mutex
	all []any
}

type (
	appended  string
	passed    struct{}
	forwarded struct{ content Content }
	handedOff string
	saved     string
)

var _ Responder = (*said)(nil)

func (s *said) add(v any) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.all = append(s.all, v)
	return nil
}

func (s *said) Reply(c Content) error       { return s.add(c) }
func (s *said) Append(text string) error    { return s.add(appended(text)) }
func (s *said) Pass() error                 { return s.add(passed{}) }
func (s *said) Forward(c Content) error     { return s.add(forwarded{c}) }
func (s *said) Handoff(reason string) error { return s.add(handedOff(reason)) }
func (s *said) Save(state []byte) error     { return s.add(saved(state)) }

func (s *said) expect(t testing.TB, want ...any) {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.all)+len(want) > 0 && !reflect.DeepEqual(s.all, want) {
		t.Errorf("the plugin said %#v, want %#v", s.all, want)
	}
}

// blocked is a Responder whose Reply blocks until it is released.
type blocked struct {
	said
	release chan struct{}
}

func (b *blocked) Reply(c Content) error {
	<-b.release
	return b.said.Reply(c)
}

func hello(id string) *Message {
	return &Message{ID: id, Channel: "wx", Conversation: id, Content: Text{Text: "hello " + id}}
}
