package sdk

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chuanhuabot/bot/sdk/internal/pb"
)

// deaf never reads what the bot sends.
func deaf(stream pb.Plugin_ConverseServer) error {
	<-stream.Context().Done()
	return stream.Context().Err()
}

// TestStubborn_NeverReads holds that a plugin which never reads keeps no turn longer than the turn's context, however much
// waits in front of it.
func TestStubborn_NeverReads(t *testing.T) {
	r := mustOpenScript(t, deaf)
	ctx, cancel := context.WithCancel(t.Context())
	var calls sync.WaitGroup
	for range 2 * outgoingBuffer {
		calls.Go(func() {
			m := hello("1")
			m.State = make([]byte, 32<<10) // Together far more than the window.
			if err := r.Handle(ctx, m, &said{}); !errors.Is(err, context.Canceled) {
				t.Errorf("Handle: %v", err)
			}
		})
	}
	for len(r.out) < cap(r.out) {
		time.Sleep(time.Millisecond) // Until the queue is full.
	}
	if err := r.Ping(within(t, 5*time.Millisecond)); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Ping: %v", err)
	}
	cancel()
	calls.Wait()
	r.Close(within(t, 5*time.Millisecond))
	if err := r.Handle(t.Context(), hello("2"), &said{}); !errors.Is(err, ErrDisconnected) {
		t.Errorf("Handle after Close: %v", err)
	}
}

// TestStubborn_NeverAnswers holds the same for one that reads and says nothing.
func TestStubborn_NeverAnswers(t *testing.T) {
	frames := make(chan *pb.ToPlugin, 10)
	r := mustOpenScript(t, func(stream pb.Plugin_ConverseServer) error {
		for {
			f, err := stream.Recv()
			if err != nil {
				return err
			}
			frames <- f
		}
	})
	ctx, cancel := context.WithCancel(t.Context())
	result := make(chan error, 1)
	go func() { result <- r.Handle(ctx, hello("1"), &said{}) }()
	turn := await(t, "the turn", frames).GetTurn()
	if turn.GetId() == 0 || turn.GetMessage().GetId() != "1" {
		t.Errorf("got %v", turn)
	}
	cancel()
	if err := await(t, "the end of Handle", result); !errors.Is(err, context.Canceled) {
		t.Errorf("Handle: %v", err)
	}
	if c := await(t, "the cancel", frames).GetCancel(); c.GetTurn() != turn.GetId() {
		t.Errorf("the plugin was told to cancel %d, want %d", c.GetTurn(), turn.GetId())
	}
	if err := r.Ping(within(t, 5*time.Millisecond)); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Ping: %v", err)
	}
	if len(r.turns)+len(r.pings)+len(r.leave) > 0 {
		t.Error("something is remembered of what is over")
	}
}

// TestStubborn_HandlerIgnoresItsContext holds that only the handler's own turn suffers from it.
func TestStubborn_HandlerIgnoresItsContext(t *testing.T) {
	release := make(chan struct{})
	r := mustOpen(t, HandlerFunc(func(ctx context.Context, m *Message, r Responder) error {
		if m.ID == "stubborn" {
			<-release
		}
		return echoed(ctx, m, r)
	}))
	did := &said{}
	if err := r.Handle(within(t, 5*time.Millisecond), hello("stubborn"), did); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Handle: %v", err)
	}
	if err := r.Handle(t.Context(), hello("1"), &said{}); err != nil {
		t.Errorf("another turn: %v", err)
	}
	close(release)
	r.Close(t.Context())
	did.expect(t)
}

func TestPing_WhileAllHandlersAreBlocked(t *testing.T) {
	const turns = 300
	var running, calls sync.WaitGroup
	running.Add(turns)
	release := make(chan struct{})
	r := mustOpen(t, HandlerFunc(func(context.Context, *Message, Responder) error {
		running.Done()
		<-release
		return nil
	}))
	for range turns {
		calls.Go(func() {
			if err := r.Handle(within(t, time.Minute), hello("1"), &said{}); err != nil {
				t.Errorf("Handle: %v", err)
			}
		})
	}
	running.Wait()
	for range 10 {
		if err := r.Ping(within(t, 10*time.Second)); err != nil {
			t.Errorf("Ping: %v", err)
		}
	}
	close(release)
	calls.Wait()
}

// TestPing_BesideAFlood holds that a sign of life is no reply: it is not merged into a turn, and it comes in the middle
// of a long one.
func TestPing_BesideAFlood(t *testing.T) {
	stop := make(chan struct{})
	r := mustOpen(t, HandlerFunc(func(_ context.Context, _ *Message, r Responder) error {
		text := strings.Repeat("x", 1000)
		for {
			select {
			case <-stop:
				return nil
			default:
				if err := r.Append(text); err != nil {
					return err
				}
			}
		}
	}))
	result := make(chan error, 1)
	go func() { result <- r.Handle(within(t, time.Minute), hello("1"), forgetful{}) }()
	for range 50 {
		if err := r.Ping(within(t, 10*time.Second)); err != nil {
			t.Errorf("Ping: %v", err)
		}
	}
	close(stop)
	// Whoever reads too slowly may lose the turn; the pings are what counts.
	if err := await(t, "the end of the turn", result); err != nil && !strings.Contains(err.Error(), "could not be sent yet") {
		t.Errorf("Handle: %v", err)
	}
}

// forgetful is a Responder that remembers nothing.
type forgetful struct{ Responder }

func (forgetful) Append(string) error { return nil }
