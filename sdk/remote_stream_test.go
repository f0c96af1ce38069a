package sdk

import (
	"context"
	"errors"
	"testing"

	"github.com/chuanhuabot/bot/sdk/internal/pb"
)

// sent is the bot's end of a stream, which keeps what is sent on it.
type sent struct {
	pb.Plugin_ConverseClient
	frames []*pb.ToPlugin
}

func (s *sent) Send(f *pb.ToPlugin) error {
	s.frames = append(s.frames, f)
	return nil
}

// TestGiveUp_LosesNoTurnAndKeepsTheOrder holds that more turns may be given up than the queue has room for, and that each
// cancel comes behind the turn that it is about: before it, it would be of no use.
func TestGiveUp_LosesNoTurnAndKeepsTheOrder(t *testing.T) {
	const turns = 4 * outgoingBuffer
	stream := &sent{}
	r := Connect(nil)
	r.stream = stream
	for id := range uint64(outgoingBuffer) {
		frame := &pb.ToPlugin{Frame: &pb.ToPlugin_Turn{Turn: &pb.Turn{Id: id}}}
		if err := r.put(t.Context(), frame); err != nil {
			t.Fatal(err)
		}
	}
	for id := range uint64(turns) {
		r.giveUp(id)
	}
	if err := r.sendCancels(); err != nil {
		t.Fatal(err)
	}
	if len(stream.frames) != outgoingBuffer+turns {
		t.Fatalf("%d frames, want %d", len(stream.frames), outgoingBuffer+turns)
	}
	for i, f := range stream.frames {
		if i < outgoingBuffer && f.GetTurn().GetId() != uint64(i) {
			t.Fatalf("frame %d is %v, want its turn", i, f)
		}
		if i >= outgoingBuffer && (f.GetCancel() == nil || f.GetCancel().GetTurn() != uint64(i-outgoingBuffer)) {
			t.Fatalf("frame %d is %v, want a cancel", i, f)
		}
	}
}

// TestPlay_DoneBeforeTheLossCounts repeats what a select decides by chance.
func TestPlay_DoneBeforeTheLossCounts(t *testing.T) {
	lost := make(chan struct{})
	close(lost)
	for range 50 {
		turn := &remoteTurn{ready: make(chan struct{}, 1)}
		turn.add([]*pb.Action{replyOf("a"), doneOf("")})
		did := &said{}
		if over, err := turn.play(t.Context(), lost, did); !over || err != nil {
			t.Fatalf("over %t, %v", over, err)
		}
		did.expect(t, Text{Text: "a"})
	}
	turn := &remoteTurn{ready: make(chan struct{}, 1)}
	turn.add([]*pb.Action{replyOf("a")})
	if _, err := turn.play(t.Context(), lost, &said{}); !errors.Is(err, ErrDisconnected) {
		t.Errorf("without done: %v", err)
	}
}

// TestResponder_NothingBehindDone holds it by the responder alone: the end of its context comes a little later.
func TestResponder_NothingBehindDone(t *testing.T) {
	s := &session{ctx: context.Background(), out: make(chan outgoing, 10)}
	r := &responder{session: s, ctx: s.ctx, turn: 1}
	if err := r.Reply(Text{}); err != nil {
		t.Fatal(err)
	}
	r.done("")
	if err := r.Reply(Text{}); !errors.Is(err, ErrTurnOver) || len(s.out) != 2 {
		t.Errorf("Reply: %v, with %d actions queued", err, len(s.out))
	}
}
