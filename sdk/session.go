package sdk

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"runtime/debug"
	"sync"
	"time"

	"github.com/chuanhuabot/bot/sdk/internal/pb"
)

// session is the plugin's side of one Converse stream: a reader that starts and cancels turns, a goroutine for each turn,
// and one writer.
type session struct {
	stream  pb.Plugin_ConverseServer
	handler Handler
	ctx     context.Context
	cancel  context.CancelFunc
	out     chan outgoing
	running sync.WaitGroup

	mu    sync.Mutex
	turns map[uint64]context.CancelFunc
}

// outgoing is one action of a turn, or a pong.
type outgoing struct {
	turn   uint64
	action *pb.Action
	size   int
	pong   *pb.Pong
}

// outgoingBuffer lets turns go on while the writer is in a system call.
const outgoingBuffer = 256

func newSession(stream pb.Plugin_ConverseServer, h Handler) *session {
	s := &session{stream: stream, handler: h, out: make(chan outgoing, outgoingBuffer), turns: map[uint64]context.CancelFunc{}}
	s.ctx, s.cancel = context.WithCancel(stream.Context())
	return s
}

// run returns when the stream has ended and the last turn with it.
func (s *session) run() error {
	written := make(chan error, 1)
	go func() { written <- s.write() }()
	err := s.read()
	if err != nil {
		s.cancel() // The bot is gone: nobody waits for what still runs.
	}
	s.running.Wait()
	close(s.out)
	err = errors.Join(err, <-written)
	s.cancel()
	return err
}

// read takes frames until the bot closes its half, which is no error.
func (s *session) read() error {
	for {
		in, err := s.stream.Recv()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		switch f := in.GetFrame().(type) {
		case *pb.ToPlugin_Turn:
			s.begin(f.Turn)
		case *pb.ToPlugin_Cancel:
			s.end(f.Cancel.GetTurn())
		case *pb.ToPlugin_Ping:
			s.put(s.ctx, outgoing{pong: &pb.Pong{Id: f.Ping.GetId()}})
		}
	}
}

// begin starts the goroutine of a turn.
func (s *session) begin(p *pb.Turn) {
	ctx, cancel := s.ctx, context.CancelFunc(nil)
	if ms := p.GetTimeoutMs(); ms > 0 {
		ctx, cancel = context.WithTimeout(ctx, time.Duration(ms)*time.Millisecond)
	} else {
		ctx, cancel = context.WithCancel(ctx)
	}
	s.mu.Lock()
	s.turns[p.GetId()] = cancel
	s.mu.Unlock()
	s.running.Go(func() {
		defer s.end(p.GetId())
		r := &responder{session: s, ctx: ctx, turn: p.GetId()}
		failed := "the handler ended its goroutine" // As runtime.Goexit does, and with it the FailNow of a test.
		defer func() { r.done(failed) }()
		failed = s.handle(ctx, p, r)
	})
}

// end cancels a turn and forgets it; one that is over already is no error.
func (s *session) end(id uint64) {
	s.mu.Lock()
	cancel := s.turns[id]
	delete(s.turns, id)
	s.mu.Unlock()
	if cancel != nil {
		cancel()
	}
}

// handle calls the handler, whose panic costs this turn and nothing else. It returns the text of the error, which is for
// the error's own code to say, so that panics there are caught too; "" is none.
func (s *session) handle(ctx context.Context, p *pb.Turn, r *responder) (failed string) {
	m, err := decodeMessage(p.GetMessage())
	if err != nil {
		return err.Error()
	}
	defer func() {
		if v := recover(); v != nil {
			failed = fmt.Sprintf("panic: %v", v)
			Logger().Error("panic in a turn", "message", m.ID, "panic", fmt.Sprint(v), "stack", string(debug.Stack()))
		}
	}()
	if err := s.handler.Handle(ctx, m, r); err != nil {
		return cmp.Or(err.Error(), "an error without a text")
	}
	return ""
}

// put queues a frame for the writer. It fails when ctx ends first.
func (s *session) put(ctx context.Context, o outgoing) error {
	select {
	case s.out <- o:
		return nil
	default:
	}
	select {
	case s.out <- o:
		return nil
	case <-ctx.Done():
		return ErrTurnOver
	}
}
