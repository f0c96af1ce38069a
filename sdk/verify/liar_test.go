package verify_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"sync"

	"github.com/hashicorp/go-plugin"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/chuanhuabot/bot/sdk"
	"github.com/chuanhuabot/bot/sdk/internal/pb"
)

// liar is a plugin without our SDK that keeps the contract but for one rule, which its kind names; of kind "honest" it keeps
// all. A message that says "slow" takes long, one that says "fail" fails, and all others are answered.
type liar struct {
	plugin.NetRPCUnsupportedPlugin
	pb.UnimplementedPluginServer
	kind string
}

func (l *liar) GRPCServer(_ *plugin.GRPCBroker, s *grpc.Server) error {
	pb.RegisterPluginServer(s, l)
	return nil
}

func (l *liar) GRPCClient(context.Context, *plugin.GRPCBroker, *grpc.ClientConn) (any, error) {
	return nil, errors.New("only the bot has a client")
}

// beLiar is what runs in the plugin's process.
func beLiar(kind string) {
	l := &liar{kind: kind}
	if os.Getenv(sdk.CookieKey) == "" {
		l.byHand()
	}
	cookie := plugin.HandshakeConfig{MagicCookieKey: sdk.CookieKey, MagicCookieValue: sdk.CookieValue}
	l.atStart()
	plugin.Serve(&plugin.ServeConfig{
		HandshakeConfig: cookie, VersionedPlugins: l.versions(),
		GRPCServer: func(o []grpc.ServerOption) *grpc.Server { return grpc.NewServer(o...) },
	})
	if kind == "stays" {
		select {}
	}
}

// byHand is its start without the cookie.
func (l *liar) byHand() {
	switch l.kind {
	case "by hand: code 0":
		fmt.Println("I am a plugin.")
		os.Exit(0)
	case "by hand: no word":
		os.Exit(1)
	case "by hand: stays":
		select {}
	case "by hand: serves":
		_ = os.Setenv(sdk.CookieKey, sdk.CookieValue)
	}
}

func (l *liar) atStart() {
	switch l.kind {
	case "greets":
		fmt.Println("Loading the model …")
	case "leaves a child":
		_ = exec.Command("sleep", "1000").Start()
	case "goes with Ctrl-C":
		interrupts := make(chan os.Signal, 1)
		signal.Notify(interrupts, os.Interrupt)
		go func() {
			<-interrupts
			os.Exit(130)
		}()
	}
	if l.kind != "outlives its bot" {
		go func() {
			_, _ = io.Copy(io.Discard, os.Stdin)
			os.Exit(1)
		}()
	}
}

func (l *liar) versions() map[int]plugin.PluginSet {
	set := plugin.PluginSet{sdk.PluginName: l}
	asked := os.Getenv("PLUGIN_PROTOCOL_VERSIONS")
	if l.kind == "any version" && asked == "99" || l.kind == "the last version" && asked == "1,99" {
		return map[int]plugin.PluginSet{99: set}
	}
	if l.kind == "honest" && asked == "99" {
		fmt.Fprintln(os.Stderr, "this plugin speaks version 1")
		os.Exit(2)
	}
	return map[int]plugin.PluginSet{1: set}
}

func (l *liar) Describe(context.Context, *pb.DescribeRequest) (*pb.DescribeResponse, error) {
	switch l.kind {
	case "fails to describe":
		return nil, status.Error(codes.Internal, "out of words")
	case "describes nonsense":
		return &pb.DescribeResponse{ConfigSchema: "{type: object}"}, nil
	}
	return &pb.DescribeResponse{Name: "liar", Version: "1", ConfigSchema: "{}"}, nil
}

func (l *liar) Configure(_ context.Context, r *pb.ConfigureRequest) (*pb.ConfigureResponse, error) {
	switch {
	case l.kind == "fails to configure":
		return nil, status.Error(codes.Internal, "no")
	case l.kind == "wants a configuration" && r.GetConfigJson() == "{}":
		return &pb.ConfigureResponse{Problems: []*pb.Problem{{Field: "url", Message: "is missing"}}}, nil
	case l.kind == "dies of a configuration" && r.GetConfigJson() != "{}":
		os.Exit(3)
	}
	return &pb.ConfigureResponse{}, nil
}

// talk is one Converse stream.
type talk struct {
	*liar
	stream  pb.Plugin_ConverseServer
	running sync.WaitGroup
	serial  sync.Mutex

	sending sync.Mutex

	mu    sync.Mutex
	turns map[uint64]context.CancelFunc
	first string // The id of the first message, which names the rule.
}

func (l *liar) Converse(stream pb.Plugin_ConverseServer) error {
	t := &talk{liar: l, stream: stream, turns: map[uint64]context.CancelFunc{}}
	for {
		in, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			return t.end()
		}
		if err != nil {
			return err
		}
		if err := t.take(in); err != nil {
			return err
		}
	}
}

// end is what follows when the bot has closed its half.
func (t *talk) end() error {
	if strings.HasPrefix(t.first, "verify-drain") {
		switch t.kind {
		case "drops what runs":
			return nil
		case "never ends":
			<-t.stream.Context().Done()
		case "ends with an error":
			t.running.Wait()
			return status.Error(codes.Internal, "it was not me who wanted to end")
		}
	}
	t.running.Wait()
	return nil
}

func (t *talk) take(in *pb.ToPlugin) error {
	switch f := in.GetFrame().(type) {
	case *pb.ToPlugin_Turn:
		t.begin(f.Turn)
	case *pb.ToPlugin_Cancel:
		t.mu.Lock()
		stop := t.turns[f.Cancel.GetTurn()]
		t.mu.Unlock()
		if stop == nil && t.kind == "dies of a late cancel" {
			return status.Error(codes.NotFound, "no such turn")
		}
		if stop != nil && t.kind != "deaf" {
			stop()
		}
	case *pb.ToPlugin_Ping:
		t.pong(f.Ping.GetId())
	default:
		if t.kind == "dies of an unknown frame" {
			return status.Error(codes.InvalidArgument, "what is this?")
		}
	}
	return nil
}

func (t *talk) pong(id uint64) {
	frame := &pb.FromPlugin{Frame: &pb.FromPlugin_Pong{Pong: &pb.Pong{Id: id}}}
	switch t.kind {
	case "pongs behind turns":
		go func() {
			t.running.Wait()
			t.send(frame)
		}()
		return
	case "wrong pong":
		frame.GetPong().Id++
	}
	t.send(frame)
}

func (t *talk) begin(p *pb.Turn) {
	t.mu.Lock()
	if t.first == "" {
		t.first = p.GetMessage().GetId()
	}
	ctx, stop := context.WithCancel(t.stream.Context())
	t.turns[p.GetId()] = stop
	t.mu.Unlock()
	t.running.Go(func() {
		t.turn(ctx, p)
		t.mu.Lock()
		defer t.mu.Unlock()
		delete(t.turns, p.GetId())
		stop()
	})
}

func (t *talk) send(f *pb.FromPlugin) {
	t.sending.Lock()
	defer t.sending.Unlock()
	_ = t.stream.Send(f)
}

func (t *talk) act(turn uint64, actions ...*pb.Action) {
	t.send(&pb.FromPlugin{Frame: &pb.FromPlugin_Actions{Actions: &pb.Actions{Turn: turn, Actions: actions}}})
}
