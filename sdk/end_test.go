package sdk

import (
	"context"
	"errors"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/chuanhuabot/bot/sdk/internal/pb"
)

func TestLoss_InMidTurn(t *testing.T) {
	r := mustOpenScript(t, func(stream pb.Plugin_ConverseServer) error {
		in, err := stream.Recv()
		if err != nil {
			return err
		}
		_ = stream.Send(actionsOf(in.GetTurn().GetId(), replyOf("half")))
		return status.Error(codes.Internal, "it broke")
	})
	did := &said{}
	if err := r.Handle(t.Context(), hello("1"), did); !errors.Is(err, ErrDisconnected) {
		t.Errorf("Handle: %v", err)
	}
	did.expect(t, Text{Text: "half"})
	await(t, "the loss", r.Lost())
	if err := r.Err(); status.Code(err) != codes.Internal {
		t.Errorf("Err: %v", err)
	}
	for name, err := range map[string]error{
		"Handle": r.Handle(t.Context(), hello("2"), did), "Ping": r.Ping(t.Context()),
	} {
		if !errors.Is(err, ErrDisconnected) {
			t.Errorf("%s after the loss: %v", name, err)
		}
	}
}

// TestLoss_AfterDone holds that a turn which was over before the stream ended has no error, although the bot takes its
// replies only then.
func TestLoss_AfterDone(t *testing.T) {
	r := mustOpenScript(t, func(stream pb.Plugin_ConverseServer) error {
		in, err := stream.Recv()
		if err != nil {
			return err
		}
		id := in.GetTurn().GetId()
		for _, f := range []*pb.FromPlugin{actionsOf(id, replyOf("1")), actionsOf(id, replyOf("2")), actionsOf(id, doneOf(""))} {
			if err := stream.Send(f); err != nil {
				return err
			}
		}
		return nil
	})
	to, result := &blocked{release: make(chan struct{})}, make(chan error, 1)
	go func() { result <- r.Handle(within(t, time.Minute), hello("1"), to) }()
	await(t, "the loss", r.Lost())
	close(to.release)
	if err := await(t, "the end of Handle", result); err != nil {
		t.Errorf("Handle: %v", err)
	}
	to.expect(t, Text{Text: "1"}, Text{Text: "2"})
	if err := r.Err(); err != nil {
		t.Errorf("Err after an end in good order: %v", err)
	}
}

func TestLoss_OfTheBotEndsTheHandlers(t *testing.T) {
	running, ended := make(chan struct{}), make(chan struct{})
	conn := mustDial(t, func(s *grpc.Server) {
		Register(s, HandlerFunc(func(ctx context.Context, _ *Message, _ Responder) error {
			close(running)
			<-ctx.Done()
			close(ended)
			return nil
		}))
	})
	r := opened(t, conn)
	result := make(chan error, 1)
	go func() { result <- r.Handle(within(t, time.Minute), hello("1"), &said{}) }()
	await(t, "the turn", running)
	if err := conn.Close(); err != nil {
		t.Fatal(err)
	}
	await(t, "the handler's end", ended)
	if err := await(t, "the end of Handle", result); !errors.Is(err, ErrDisconnected) {
		t.Errorf("Handle: %v", err)
	}
}

// patient is a Handler that runs until it is released or its context ends, and then replies.
type patient struct{ running, release, ended chan struct{} }

func newPatient() *patient {
	return &patient{running: make(chan struct{}), release: make(chan struct{}), ended: make(chan struct{})}
}

func (p *patient) Handle(ctx context.Context, _ *Message, r Responder) error {
	defer close(p.ended)
	close(p.running)
	select {
	case <-p.release:
		return r.Reply(Text{Text: "at last"})
	case <-ctx.Done():
		return ctx.Err()
	}
}

func TestClose_LetsRunningTurnsEnd(t *testing.T) {
	h := newPatient()
	r := mustOpen(t, h)
	did, result, closed := &said{}, make(chan error, 1), make(chan struct{})
	go func() { result <- r.Handle(within(t, time.Minute), hello("1"), did) }()
	await(t, "the turn", h.running)
	go func() {
		r.Close(within(t, time.Minute))
		close(closed)
	}()
	await(t, "the beginning of Close", r.closed)
	close(h.release)
	if err := await(t, "the end of Handle", result); err != nil {
		t.Errorf("Handle: %v", err)
	}
	await(t, "the end of Close", closed)
	did.expect(t, Text{Text: "at last"})
	if err := r.Handle(t.Context(), hello("2"), did); !errors.Is(err, ErrDisconnected) {
		t.Errorf("Handle after Close: %v", err)
	}
	r.Close(t.Context())
}

func TestClose_GivesUpAtTheEndOfItsContext(t *testing.T) {
	h := newPatient()
	r := mustOpen(t, h)
	result := make(chan error, 1)
	go func() { result <- r.Handle(within(t, time.Minute), hello("1"), &said{}) }()
	await(t, "the turn", h.running)
	r.Close(within(t, 5*time.Millisecond))
	await(t, "the handler's end", h.ended)
	if err := await(t, "the end of Handle", result); !errors.Is(err, ErrDisconnected) {
		t.Errorf("Handle: %v", err)
	}
}

// TestClose_WithoutOpen holds that a Remote whose plugin was refused can be closed: it has no stream.
func TestClose_WithoutOpen(t *testing.T) {
	r := Connect(mustDial(t, registerEcho))
	if err := r.Configure(t.Context(), []byte(`{"a":1}`), HostAccess{}); err == nil {
		t.Error("the configuration was taken")
	}
	r.Close(within(t, time.Minute))
	r.Close(within(t, time.Minute))
	await(t, "the end", r.Lost())
	if err := r.Handle(t.Context(), hello("1"), &said{}); !errors.Is(err, ErrDisconnected) {
		t.Errorf("Handle: %v", err)
	}
}

// TestClose_AfterOpenFailed holds the same for a connection that is gone.
func TestClose_AfterOpenFailed(t *testing.T) {
	conn := mustDial(t, registerEcho)
	if err := conn.Close(); err != nil {
		t.Fatal(err)
	}
	r := Connect(conn)
	if err := r.Open(t.Context()); err == nil {
		t.Error("Open: no error")
	}
	r.Close(within(t, time.Minute))
}
