package verify

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/chuanhuabot/bot/sdk/internal/pb"
)

// session is the bot's end of one Converse stream, frame by frame.
type session struct {
	stream  pb.Plugin_ConverseClient
	cancel  context.CancelFunc
	conduct *conduct
	ended   chan struct{} // The stream has ended.

	sending sync.Mutex

	mu    sync.Mutex
	last  uint64
	turns map[uint64]*turn
	pongs map[uint64]chan struct{}
	err   error // Why the stream ended; nil if in good order. Readable once ended is closed.
}

// turn is one turn that the plugin was given.
type turn struct {
	id   uint64
	name string
	over chan struct{} // Closed at `done`.

	failed string // The error of `done`, readable once over is closed.
}

// converse opens the stream, which ends with ctx.
func converse(ctx context.Context, client pb.PluginClient, c *conduct) (*session, error) {
	ctx, cancel := context.WithCancel(ctx)
	stream, err := client.Converse(ctx)
	if err != nil {
		cancel()
		return nil, fmt.Errorf("converse: %w", err)
	}
	s := &session{
		stream: stream, cancel: cancel, conduct: c, ended: make(chan struct{}), turns: map[uint64]*turn{}, pongs: map[uint64]chan struct{}{},
	}
	go s.read()
	return s, nil
}

// read takes frames until the stream ends.
func (s *session) read() {
	defer close(s.ended)
	for {
		in, err := s.stream.Recv()
		if err != nil {
			if !errors.Is(err, io.EOF) {
				s.err = err
			}
			return
		}
		switch f := in.GetFrame().(type) {
		case *pb.FromPlugin_Actions:
			s.actions(f.Actions)
		case *pb.FromPlugin_Pong:
			s.pong(f.Pong.GetId())
		}
	}
}

func (s *session) actions(a *pb.Actions) {
	s.mu.Lock()
	t := s.turns[a.GetTurn()]
	s.mu.Unlock()
	if t == nil {
		s.conduct.note(stranger, "a frame of turn %d, which there never was", a.GetTurn())
		return
	}
	for _, one := range a.GetActions() {
		s.action(t, one)
	}
}

func (s *session) action(t *turn, a *pb.Action) {
	select {
	case <-t.over:
		s.conduct.note(talksOn, "in the turn %s: %s", t.name, behind(a))
		return
	default:
	}
	if text := wrong(a); text != "" {
		s.conduct.note(badAction, "in the turn %s: %s", t.name, text)
	}
	if d, is := a.GetAction().(*pb.Action_Done); is {
		t.failed = d.Done.GetError()
		s.conduct.over()
		close(t.over)
	}
}

// behind names what came behind `done`.
func behind(a *pb.Action) string {
	if a.GetDone() != nil {
		return "a second `done`"
	}
	return "an action behind `done`"
}

func (s *session) pong(id uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c := s.pongs[id]; c != nil {
		close(c)
		delete(s.pongs, id)
	}
}

// send sends a frame. It blocks while the plugin does not read, at most until the stream ends.
func (s *session) send(f *pb.ToPlugin) {
	s.sending.Lock()
	defer s.sending.Unlock()
	_ = s.stream.Send(f) // The reader learns why.
}

// begin gives the plugin a turn. The id is this session's to choose, and the name is for findings.
func (s *session) begin(name string, p *pb.Turn) *turn {
	s.mu.Lock()
	s.last++
	t := &turn{id: s.last, name: name, over: make(chan struct{})}
	s.turns[t.id] = t
	s.mu.Unlock()
	p.Id = t.id
	s.send(&pb.ToPlugin{Frame: &pb.ToPlugin_Turn{Turn: p}})
	return t
}

func (s *session) abandon(id uint64) {
	s.send(&pb.ToPlugin{Frame: &pb.ToPlugin_Cancel{Cancel: &pb.Cancel{Turn: id}}})
}

// ping sends a Ping and returns what is closed at its Pong.
func (s *session) ping() <-chan struct{} {
	pong := make(chan struct{})
	s.mu.Lock()
	s.last++
	id := s.last
	s.pongs[id] = pong
	s.mu.Unlock()
	s.send(&pb.ToPlugin{Frame: &pb.ToPlugin_Ping{Ping: &pb.Ping{Id: id}}})
	return pong
}

// finish closes the bot's half.
func (s *session) finish() {
	s.sending.Lock()
	defer s.sending.Unlock()
	_ = s.stream.CloseSend() // The reader learns how it ends.
}

// isOver tells whether the plugin has said `done`.
func (t *turn) isOver() bool {
	select {
	case <-t.over:
		return true
	default:
		return false
	}
}
