package sdk

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"google.golang.org/protobuf/proto"

	"github.com/chuanhuabot/bot/sdk/internal/pb"
)

// remoteTurn holds what the plugin has said in a turn until the turn's own goroutine takes it: the reader of the stream
// never waits for a single turn.
type remoteTurn struct {
	ready chan struct{} // Has one element when there is something to take.

	mu      sync.Mutex
	actions []*pb.Action
	bytes   int
	err     error // Why nothing more is taken.
}

// maxUntaken bounds the bytes of actions that wait in one turn. A plugin that talks faster than the platform takes its
// replies loses that turn.
const maxUntaken = 16 << 20

// actionOverhead is what an action counts for beside its content, so that a flood of empty ones is bounded too.
const actionOverhead = 1 << 10

func (t *remoteTurn) add(actions []*pb.Action) {
	t.mu.Lock()
	for _, a := range actions {
		t.addOne(a)
	}
	t.mu.Unlock()
	select {
	case t.ready <- struct{}{}:
	default:
	}
}

// addOne holds plugins without our SDK to the bounds that it keeps by itself.
func (t *remoteTurn) addOne(a *pb.Action) {
	size := proto.Size(a)
	t.bytes += size + actionOverhead
	switch {
	case t.err != nil:
	case size > MaxContent:
		t.err = fmt.Errorf("the plugin wrote %d bytes of content, more than the %d that one message may have", size, MaxContent)
	case t.bytes > maxUntaken:
		t.err = fmt.Errorf("the plugin wrote more than %d bytes of replies that could not be sent yet", maxUntaken)
	default:
		t.actions = append(t.actions, a)
	}
	if t.err != nil {
		t.actions = nil
	}
}

func (t *remoteTurn) take() ([]*pb.Action, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	taken := t.actions
	t.actions, t.bytes = nil, 0
	return taken, t.err
}

// play applies what the plugin says to the responder until the plugin says `done`. Where it returns sooner, over is
// false: the plugin is still at it.
func (t *remoteTurn) play(ctx context.Context, lost <-chan struct{}, to Responder) (over bool, err error) {
	for {
		select {
		case <-t.ready:
		case <-ctx.Done():
			return false, context.Cause(ctx)
		case <-lost:
			// What came in before the stream ended counts: the turn may be over already.
			if over, err := t.apply(to); over || err != nil {
				return over, err
			}
			return true, ErrDisconnected
		}
		if over, err := t.apply(to); over || err != nil {
			return over, err
		}
	}
}

// apply hands over everything that is there to take. An error without over is not the plugin's.
func (t *remoteTurn) apply(to Responder) (over bool, err error) {
	actions, err := t.take()
	if err != nil {
		return false, err
	}
	for _, a := range actions {
		if d, ok := a.GetAction().(*pb.Action_Done); ok {
			if text := d.Done.GetError(); text != "" {
				return true, errors.New(text)
			}
			return true, nil
		}
		if err := do(a, to); err != nil {
			return false, err
		}
	}
	return false, nil
}

// do applies one action. One of a kind that this version does not know is an error: nothing is dropped in silence.
func do(a *pb.Action, to Responder) error {
	switch a := a.GetAction().(type) {
	case *pb.Action_Reply:
		c, err := decodeContent(a.Reply)
		if err != nil {
			return fmt.Errorf("reply: %w", err)
		}
		return to.Reply(c)
	case *pb.Action_Append:
		return to.Append(a.Append)
	case *pb.Action_Pass:
		return to.Pass()
	case *pb.Action_Forward:
		c, err := decodeContent(a.Forward)
		if err != nil {
			return fmt.Errorf("forward: %w", err)
		}
		return to.Forward(c)
	case *pb.Action_Handoff:
		return to.Handoff(a.Handoff)
	case *pb.Action_Save:
		return to.Save(a.Save)
	default:
		return errors.New("an action of a kind that this version does not know")
	}
}
