package sdk

import (
	"context"
	"fmt"
	"sync"

	"google.golang.org/protobuf/proto"

	"github.com/chuanhuabot/bot/sdk/internal/pb"
)

// responder is the Responder that a plugin's handler gets.
type responder struct {
	session *session
	ctx     context.Context
	turn    uint64

	// mu also keeps the order of the actions, and `done` behind all of them.
	mu   sync.Mutex
	over bool
}

var _ Responder = (*responder)(nil)

// maxErrorText bounds the bytes of an error that goes to the bot's log.
const maxErrorText = 4 << 10

func (r *responder) Reply(c Content) error {
	p, err := encodeContent(c)
	if err != nil {
		return fmt.Errorf("reply: %w", err)
	}
	return r.do(&pb.Action{Action: &pb.Action_Reply{Reply: p}})
}

func (r *responder) Append(text string) error {
	return r.do(&pb.Action{Action: &pb.Action_Append{Append: valid(text)}})
}

func (r *responder) Pass() error {
	return r.do(&pb.Action{Action: &pb.Action_Pass{Pass: &pb.Pass{}}})
}

func (r *responder) Forward(c Content) error {
	p, err := encodeContent(c)
	if err != nil {
		return fmt.Errorf("forward: %w", err)
	}
	return r.do(&pb.Action{Action: &pb.Action_Forward{Forward: p}})
}

func (r *responder) Handoff(reason string) error {
	return r.do(&pb.Action{Action: &pb.Action_Handoff{Handoff: valid(reason)}})
}

func (r *responder) Save(state []byte) error {
	if len(state) > MaxState {
		return fmt.Errorf("save: %d bytes of state, more than the %d that are kept", len(state), MaxState)
	}
	return r.do(&pb.Action{Action: &pb.Action_Save{Save: append([]byte{}, state...)}})
}

func (r *responder) do(a *pb.Action) error {
	size := proto.Size(a)
	if size > MaxContent {
		return fmt.Errorf("%d bytes of content, more than the %d that one message may have", size, MaxContent)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.over || r.ctx.Err() != nil {
		return ErrTurnOver
	}
	return r.session.put(r.ctx, outgoing{turn: r.turn, action: a, size: size})
}

// done ends the turn, without an error if failed is "". It is sent even when the turn was cancelled: the bot may not have
// been the one that did.
func (r *responder) done(failed string) {
	if len(failed) > maxErrorText {
		failed = failed[:maxErrorText]
	}
	d := &pb.Done{Error: valid(failed)}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.over = true
	_ = r.session.put(r.session.ctx, outgoing{turn: r.turn, action: &pb.Action{Action: &pb.Action_Done{Done: d}}})
}
