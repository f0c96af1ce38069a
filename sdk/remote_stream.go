package sdk

import (
	"context"
	"errors"
	"io"

	"github.com/chuanhuabot/bot/sdk/internal/pb"
)

func (r *Remote) add(t *remoteTurn) uint64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.last++
	r.turns[r.last] = t
	return r.last
}

func (r *Remote) remove(id uint64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.turns, id)
}

// put queues a frame. A plugin that does not read makes it wait, but never past ctx.
func (r *Remote) put(ctx context.Context, frame *pb.ToPlugin) error {
	select {
	case <-r.closed:
		return ErrDisconnected
	case <-r.lost:
		return ErrDisconnected
	case <-ctx.Done():
		return context.Cause(ctx)
	case r.out <- frame:
		return nil
	}
}

// tryPut queues a frame that may as well be dropped.
func (r *Remote) tryPut(frame *pb.ToPlugin) {
	select {
	case r.out <- frame:
	default:
	}
}

// write sends queued frames until Close, and then what was queued before it.
func (r *Remote) write() {
	for {
		select {
		case frame := <-r.out:
			if r.stream.Send(frame) != nil {
				return // The reader learns the reason.
			}
		case <-r.lost:
			return
		case <-r.closed:
			for {
				select {
				case frame := <-r.out:
					if r.stream.Send(frame) != nil {
						return
					}
				default:
					_ = r.stream.CloseSend()
					return
				}
			}
		}
	}
}

// read hands what comes in to the turns until the stream ends.
func (r *Remote) read() {
	defer close(r.lost)
	for {
		in, err := r.stream.Recv()
		if err != nil {
			r.mu.Lock()
			if !errors.Is(err, io.EOF) {
				r.err = err
			}
			r.mu.Unlock()
			return
		}
		switch f := in.GetFrame().(type) {
		case *pb.FromPlugin_Actions:
			r.mu.Lock()
			t := r.turns[f.Actions.GetTurn()]
			r.mu.Unlock()
			if t != nil { // A turn that nobody waits for any more may still talk.
				t.add(f.Actions.GetActions())
			}
		case *pb.FromPlugin_Pong:
			r.pong(f.Pong.GetId())
		}
	}
}

func (r *Remote) pong(id uint64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if c := r.pings[id]; c != nil {
		close(c)
		delete(r.pings, id)
	}
}
