package sdk

import (
	"errors"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/encoding/protowire"

	"github.com/chuanhuabot/bot/sdk/internal/pb"
)

func actionsOf(turn uint64, actions ...*pb.Action) *pb.FromPlugin {
	return &pb.FromPlugin{Frame: &pb.FromPlugin_Actions{Actions: &pb.Actions{Turn: turn, Actions: actions}}}
}

func replyOf(text string) *pb.Action {
	c := &pb.Content{Kind: &pb.Content_Text{Text: &pb.Text{Text: text}}}
	return &pb.Action{Action: &pb.Action_Reply{Reply: c}}
}

func doneOf(failed string) *pb.Action {
	return &pb.Action{Action: &pb.Action_Done{Done: &pb.Done{Error: failed}}}
}

// fromTheFuture is an action of a kind that this version does not know.
func fromTheFuture() *pb.Action {
	a := &pb.Action{}
	a.ProtoReflect().SetUnknown(protowire.AppendVarint(protowire.AppendTag(nil, 500, protowire.VarintType), 1))
	return a
}

// answering is a plugin that answers each turn with the frames of its message's id, and each ping properly.
func answering(frames map[string]func(turn uint64) []*pb.FromPlugin) func(pb.Plugin_ConverseServer) error {
	return func(stream pb.Plugin_ConverseServer) error {
		for {
			in, err := stream.Recv()
			if err != nil {
				return nil
			}
			var out []*pb.FromPlugin
			if p := in.GetPing(); p != nil {
				out = append(out, &pb.FromPlugin{Frame: &pb.FromPlugin_Pong{Pong: &pb.Pong{Id: p.GetId()}}})
			}
			if p := in.GetTurn(); p != nil {
				out = frames[p.GetMessage().GetId()](p.GetId())
			}
			for _, f := range out {
				if err := stream.Send(f); err != nil {
					return err
				}
			}
		}
	}
}

// TestJunk_CostsAtMostTheTurn holds what a plugin may send that makes no sense.
func TestJunk_CostsAtMostTheTurn(t *testing.T) {
	type frames = []*pb.FromPlugin
	for _, c := range []struct {
		name  string
		plays func(turn uint64) []*pb.FromPlugin
		says  []any
		err   string
	}{
		{"unknown turns", func(n uint64) frames {
			return frames{actionsOf(0, replyOf("0"), doneOf("x")), actionsOf(n+1000, replyOf("1")), actionsOf(n, doneOf(""))}
		}, nil, ""},
		{"empty frames", func(n uint64) frames {
			return frames{{}, {Frame: &pb.FromPlugin_Actions{}}, {Frame: &pb.FromPlugin_Pong{}}, actionsOf(n), actionsOf(n, doneOf(""))}
		}, nil, ""},
		{"pongs nobody asked for", func(n uint64) frames {
			pong := &pb.FromPlugin{Frame: &pb.FromPlugin_Pong{Pong: &pb.Pong{Id: n}}}
			return frames{pong, pong, actionsOf(n, replyOf("a"), doneOf(""))}
		}, []any{Text{Text: "a"}}, ""},
		{"done twice", func(n uint64) frames {
			return frames{actionsOf(n, replyOf("a"), doneOf(""), doneOf("again")), actionsOf(n, doneOf("and again"))}
		}, []any{Text{Text: "a"}}, ""},
		{"words after done", func(n uint64) frames {
			return frames{actionsOf(n, doneOf(""), replyOf("a")), actionsOf(n, replyOf("b"))}
		}, nil, ""},
		{"an action of an unknown kind", func(n uint64) frames {
			return frames{actionsOf(n, replyOf("a"), fromTheFuture(), replyOf("b"), doneOf(""))}
		}, []any{Text{Text: "a"}}, "a kind that this version does not know"},
		{"an action of no kind", func(n uint64) frames {
			return frames{actionsOf(n, &pb.Action{}, doneOf(""))}
		}, nil, "a kind that this version does not know"},
		{"a reply without content", func(n uint64) frames {
			return frames{actionsOf(n, &pb.Action{Action: &pb.Action_Reply{}}, doneOf(""))}
		}, nil, "reply: no content"},
		{"a forward without content", func(n uint64) frames {
			return frames{actionsOf(n, &pb.Action{Action: &pb.Action_Forward{Forward: &pb.Content{}}}, doneOf(""))}
		}, nil, "forward: no content"},
		{"a bare picture", func(n uint64) frames {
			bare := &pb.Content{Kind: &pb.Content_Image{}}
			return frames{actionsOf(n, &pb.Action{Action: &pb.Action_Reply{Reply: bare}}, doneOf(""))}
		}, []any{Image{}}, ""},
		{"a reply that is larger than any may be", func(n uint64) frames {
			return frames{actionsOf(n, replyOf(strings.Repeat("x", MaxContent)), doneOf(""))}
		}, nil, "more than the 1048576 that one message may have"},
		{"done with an error", func(n uint64) frames {
			return frames{actionsOf(n, replyOf("a"), doneOf("no luck"), replyOf("b"))}
		}, []any{Text{Text: "a"}}, "no luck"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := mustOpenScript(t, answering(map[string]func(uint64) []*pb.FromPlugin{
				"junk": c.plays,
				"fine": func(n uint64) []*pb.FromPlugin { return frames{actionsOf(n, replyOf("fine"), doneOf(""))} },
			}))
			did := &said{}
			err := r.Handle(within(t, 10*time.Second), hello("junk"), did)
			if c.err == "" && err != nil || c.err != "" && (err == nil || !strings.Contains(err.Error(), c.err)) {
				t.Errorf("Handle: %v, want %q", err, c.err)
			}
			did.expect(t, c.says...)
			next := &said{}
			if err := errors.Join(r.Ping(t.Context()), r.Handle(t.Context(), hello("fine"), next)); err != nil {
				t.Errorf("after it: %v", err)
			}
			next.expect(t, Text{Text: "fine"})
		})
	}
}

// TestJunk_FromTheBot holds the plugin's side: what it does not know is ignored, and a turn that it cannot read fails.
func TestJunk_FromTheBot(t *testing.T) {
	conn := mustDial(t, registerEcho)
	stream, err := pb.NewPluginClient(conn).Converse(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range []*pb.ToPlugin{
		{}, {Frame: &pb.ToPlugin_Cancel{}}, {Frame: &pb.ToPlugin_Cancel{Cancel: &pb.Cancel{Turn: 99}}},
		{Frame: &pb.ToPlugin_Turn{Turn: &pb.Turn{Id: 1}}},
		{Frame: &pb.ToPlugin_Ping{Ping: &pb.Ping{Id: 7}}},
	} {
		if err := stream.Send(f); err != nil {
			t.Fatal(err)
		}
	}
	if err := stream.CloseSend(); err != nil {
		t.Fatal(err)
	}
	var failed string
	var ponged uint64
	for f, err := stream.Recv(); err == nil; f, err = stream.Recv() {
		ponged = max(ponged, f.GetPong().GetId())
		for _, a := range f.GetActions().GetActions() {
			failed += a.GetDone().GetError()
		}
	}
	if ponged != 7 || !strings.Contains(failed, "no content") {
		t.Errorf("pong %d, turn 1 failed with %q", ponged, failed)
	}
}
