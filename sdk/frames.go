package sdk

import "github.com/chuanhuabot/bot/sdk/internal/pb"

// mergeLimit bounds how many bytes of actions the writer merges into one frame: far below MaxFrame, and far above what a
// turn usually says at once.
const mergeLimit = 256 << 10

// write sends what turns have queued until the queue is closed. Actions of one turn that lie next to each other go out as
// one frame: a turn that replies and ends costs one frame, not two.
func (s *session) write() error {
	var failed error
	o, open := <-s.out
	for open {
		frame, next, more := s.merge(o)
		if failed == nil {
			if failed = s.stream.Send(frame); failed != nil {
				s.cancel() // From here on the loop only drains, so that turns which still end do not block.
			}
		}
		if o, open = next, more; !open {
			o, open = <-s.out
		}
	}
	return failed
}

// merge makes a frame of o and of what already waits behind it for the same turn. If it meets something else, that is
// returned as next.
func (s *session) merge(o outgoing) (frame *pb.FromPlugin, next outgoing, more bool) {
	if o.pong != nil {
		return &pb.FromPlugin{Frame: &pb.FromPlugin_Pong{Pong: o.pong}}, outgoing{}, false
	}
	actions := &pb.Actions{Turn: o.turn, Actions: []*pb.Action{o.action}}
	frame = &pb.FromPlugin{Frame: &pb.FromPlugin_Actions{Actions: actions}}
	for size := o.size; ; {
		select {
		case next, more = <-s.out:
		default:
			return frame, outgoing{}, false
		}
		size += next.size
		if !more || next.pong != nil || next.turn != o.turn || size > mergeLimit {
			return frame, next, more
		}
		actions.Actions = append(actions.Actions, next.action)
	}
}
