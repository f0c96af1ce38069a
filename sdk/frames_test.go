package sdk

import (
	"fmt"
	"strings"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"

	"github.com/chuanhuabot/bot/sdk/internal/pb"
)

func registerEcho(s *grpc.Server) { Register(s, HandlerFunc(echoed)) }

// recording is a stream that keeps what is sent on it.
type recording struct {
	pb.Plugin_ConverseServer
	sent []*pb.FromPlugin
}

func (r *recording) Send(f *pb.FromPlugin) error {
	r.sent = append(r.sent, f)
	return nil
}

// framesOf returns what the writer makes of a queue: "turn:actions" or "pong".
func framesOf(t *testing.T, queue ...outgoing) string {
	t.Helper()
	stream := &recording{}
	s := &session{stream: stream, out: make(chan outgoing, len(queue))}
	for _, o := range queue {
		s.out <- o
	}
	close(s.out)
	if err := s.write(); err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, f := range stream.sent {
		if size := proto.Size(f); size > mergeLimit+MaxContent {
			t.Errorf("a frame has %d bytes", size)
		}
		if p := f.GetPong(); p != nil {
			all = append(all, fmt.Sprint("pong ", p.GetId()))
			continue
		}
		all = append(all, fmt.Sprint(f.GetActions().GetTurn(), ":", len(f.GetActions().GetActions())))
	}
	return strings.Join(all, ", ")
}

func TestWrite_MergesTheActionsOfATurn(t *testing.T) {
	action := func(turn uint64) outgoing { return outgoing{turn: turn, action: replyOf("x"), size: 10} }
	large := func(turn uint64) outgoing { return outgoing{turn: turn, action: replyOf("x"), size: mergeLimit - 5} }
	pong := func(id uint64) outgoing { return outgoing{pong: &pb.Pong{Id: id}} }
	for _, c := range []struct {
		name  string
		queue []outgoing
		want  string
	}{
		{"nothing", nil, ""},
		{"one", []outgoing{action(1)}, "1:1"},
		{"neighbours", []outgoing{action(1), action(1), action(1)}, "1:3"},
		{"two turns", []outgoing{action(1), action(2), action(2), action(1)}, "1:1, 2:2, 1:1"},
		{"large ones", []outgoing{large(1), action(1), action(1), large(1)}, "1:1, 1:2, 1:1"},
		{"pongs between", []outgoing{pong(1), action(1), pong(2), pong(3), action(1)}, "pong 1, 1:1, pong 2, pong 3, 1:1"},
		// 0 is no turn's id; a bot that uses it all the same gets its pongs.
		{"turn 0", []outgoing{action(0), pong(1), action(0)}, "0:1, pong 1, 0:1"},
	} {
		if got := framesOf(t, c.queue...); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}
