package sdk

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	"github.com/chuanhuabot/bot/sdk/internal/pb"
)

// goldenCase is one file of testdata/golden, whose README.md says what its keys mean.
type goldenCase struct {
	About   string       `json:"about"`
	Handler string       `json:"handler"`
	Steps   []goldenStep `json:"steps"`
}

type goldenStep struct {
	Describe  json.RawMessage `json:"describe"`
	Configure *struct {
		Request  json.RawMessage `json:"request"`
		Response json.RawMessage `json:"response"`
	} `json:"configure"`
	Send      json.RawMessage `json:"send"`
	SendBytes *string         `json:"send_bytes"`
	Expect    json.RawMessage `json:"expect"`
}

// TestGolden plays the cases that the SDKs of all languages pass.
func TestGolden(t *testing.T) {
	files, err := filepath.Glob("testdata/golden/*.json")
	if err != nil || len(files) < 15 {
		t.Fatalf("only %d cases: %v", len(files), err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".json"), func(t *testing.T) {
			t.Parallel()
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			var c goldenCase
			if err := json.Unmarshal(text, &c); err != nil {
				t.Fatal(err)
			}
			makes, ok := goldenHandlers()[c.Handler]
			if !ok {
				t.Fatalf("no handler %q", c.Handler)
			}
			conn := mustDial(t, func(s *grpc.Server) { Register(s, makes()) })
			g := &goldenBot{t: t, client: pb.NewPluginClient(conn)}
			for i, s := range c.Steps {
				if err := g.play(s); err != nil {
					t.Fatalf("%s, step %d: %v", c.About, i+1, err)
				}
			}
			g.end()
		})
	}
}

// goldenBot plays the bot's part.
type goldenBot struct {
	t      *testing.T
	client pb.PluginClient
	stream pb.Plugin_ConverseClient
	said   []*pb.FromPlugin // Of one action, or a pong, each; what was expected is gone.
}

func (g *goldenBot) play(s goldenStep) error {
	switch {
	case s.Describe != nil:
		got, err := g.client.Describe(g.t.Context(), &pb.DescribeRequest{})
		if err != nil {
			return err
		}
		return same(got, s.Describe, &pb.DescribeResponse{})
	case s.Configure != nil:
		return g.configure(s.Configure.Request, s.Configure.Response)
	case s.Send != nil:
		frame := &pb.ToPlugin{}
		if err := protojson.Unmarshal(s.Send, frame); err != nil {
			return err
		}
		return g.send(frame)
	case s.SendBytes != nil:
		frame := &pb.ToPlugin{}
		data, err := base64.StdEncoding.DecodeString(*s.SendBytes)
		if err := errors.Join(err, proto.Unmarshal(data, frame)); err != nil {
			return err
		}
		return g.send(frame) // With what it does not know, which package proto keeps.
	case s.Expect != nil:
		frame := &pb.FromPlugin{}
		if err := protojson.Unmarshal(s.Expect, frame); err != nil {
			return err
		}
		return g.expect(frame)
	}
	return errors.New("a step of no kind that is known")
}

func (g *goldenBot) configure(request, response []byte) error {
	asked, want := &pb.ConfigureRequest{}, &pb.ConfigureResponse{}
	if err := errors.Join(protojson.Unmarshal(request, asked), protojson.Unmarshal(response, want)); err != nil {
		return err
	}
	got, err := g.client.Configure(g.t.Context(), asked)
	if err != nil {
		return err
	}
	if len(got.Problems) != len(want.Problems) {
		return fmt.Errorf("got %v, want %v", got, want)
	}
	for i, p := range want.Problems {
		if q := got.Problems[i]; q.Field != p.Field || !strings.Contains(q.Message, p.Message) {
			return fmt.Errorf("got %v, want %v", q, p)
		}
	}
	return nil
}

func (g *goldenBot) send(frame *pb.ToPlugin) (err error) {
	if g.stream == nil {
		if g.stream, err = g.client.Converse(within(g.t, 30*time.Second)); err != nil {
			return err
		}
	}
	return g.stream.Send(frame)
}

func (g *goldenBot) expect(want *pb.FromPlugin) error {
	for _, one := range apart(want) {
		for {
			if i := g.find(one); i >= 0 {
				got := g.said[i]
				g.said = append(g.said[:i], g.said[i+1:]...)
				if err := alike(got, one); err != nil {
					return err
				}
				break
			}
			frame, err := g.stream.Recv()
			if err != nil {
				return fmt.Errorf("while it waits for %v: %w", one, err)
			}
			g.said = append(g.said, apart(frame)...)
		}
	}
	return nil
}

// find returns where the next word of the same turn is, or the same pong; -1 if it has not come yet.
func (g *goldenBot) find(want *pb.FromPlugin) int {
	for i, f := range g.said {
		same := f.GetActions().GetTurn() == want.GetActions().GetTurn() && f.GetPong().GetId() == want.GetPong().GetId()
		if same && (f.GetPong() == nil) == (want.GetPong() == nil) {
			return i
		}
	}
	return -1
}

// end closes the bot's half.
func (g *goldenBot) end() {
	if g.stream == nil {
		return
	}
	if err := g.stream.CloseSend(); err != nil {
		g.t.Error(err)
	}
	for {
		frame, err := g.stream.Recv()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			g.t.Fatalf("the stream ended with %v", err)
		}
		g.said = append(g.said, apart(frame)...)
	}
	if len(g.said) > 0 {
		g.t.Errorf("nobody expected %v", g.said)
	}
}

// apart makes one frame of each action.
func apart(f *pb.FromPlugin) []*pb.FromPlugin {
	if f.GetPong() != nil {
		return []*pb.FromPlugin{f}
	}
	var all []*pb.FromPlugin
	for _, a := range f.GetActions().GetActions() {
		all = append(all, actionsOf(f.GetActions().GetTurn(), a))
	}
	return all
}

// alike compares one word with what was expected, of which the text of an error is only a part.
func alike(got, want *pb.FromPlugin) error {
	if d := want.GetActions().GetActions(); len(d) == 1 && d[0].GetDone().GetError() != "" {
		if a := got.GetActions().GetActions()[0]; strings.Contains(a.GetDone().GetError(), d[0].GetDone().GetError()) {
			return nil
		}
	}
	if !proto.Equal(got, want) {
		return fmt.Errorf("got %v, want %v", got, want)
	}
	return nil
}

// same compares a message with its JSON.
func same(got proto.Message, text []byte, want proto.Message) error {
	if err := protojson.Unmarshal(text, want); err != nil {
		return err
	}
	if !proto.Equal(got, want) {
		return fmt.Errorf("got %v, want %v", got, want)
	}
	return nil
}
