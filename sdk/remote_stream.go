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
	case <-r.closed: // Select chooses at random, and there may be room in the queue.
		return ErrDisconnected
	case <-r.lost:
		return ErrDisconnected
	default:
	}
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

// giveUp has the plugin told that nobody waits for a turn any more. It never blocks, and it loses no turn: there are
// never more of them than turns that a plugin has been given.
func (r *Remote) giveUp(id uint64) {
	r.mu.Lock()
	r.leave = append(r.leave, id)
	r.mu.Unlock()
	select {
	case r.gaveUp <- struct{}{}:
	default:
	}
}

// sendCancels tells the plugin which turns were given up, behind the frames that are queued: the turns themselves may be
// among those.
func (r *Remote) sendCancels() error {
	r.mu.Lock()
	leave := r.leave
	r.leave = nil
	r.mu.Unlock()
	for range len(r.out) {
		if err := r.stream.Send(<-r.out); err != nil {
			return err
		}
	}
	for _, id := range leave {
		if err := r.stream.Send(&pb.ToPlugin{Frame: &pb.ToPlugin_Cancel{Cancel: &pb.Cancel{Turn: id}}}); err != nil {
			return err
		}
	}
	return nil
}

// write sends queued frames until Close, and then what was queued before it.
func (r *Remote) write() {
	for {
		var err error
		select {
		case frame := <-r.out:
			err = r.stream.Send(frame)
		case <-r.gaveUp:
			err = r.sendCancels()
		case <-r.lost:
			return
		case <-r.closed:
			if r.sendCancels() == nil {
				_ = r.stream.CloseSend()
			}
			return
		}
		if err != nil {
			return // The reader learns the reason.
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
