package sdk

import (
	"context"
	"encoding/json"
	"io"
	"sync"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/chuanhuabot/bot/sdk/internal/pb"
)

// Register serves h on s: the plugin's end of the wire without the process around it. Plugins call Serve instead; tests
// and other ways of hosting call this.
func Register(s grpc.ServiceRegistrar, h Handler) { pb.RegisterPluginServer(s, &server{handler: h}) }

// server is the plugin's end of the wire.
type server struct {
	pb.UnimplementedPluginServer
	handler Handler

	mu   sync.Mutex
	host io.Closer // Of a HostUser; nil if it has none.
}

// Describe answers for a Describer, and is unimplemented for every other handler.
func (s *server) Describe(context.Context, *pb.DescribeRequest) (*pb.DescribeResponse, error) {
	d, ok := s.handler.(Describer)
	if !ok {
		return nil, status.Error(codes.Unimplemented, "this plugin does not describe itself")
	}
	is := d.Describe()
	return &pb.DescribeResponse{
		Name: valid(is.Name), Version: valid(is.Version), ConfigSchema: valid(is.ConfigSchema), Stateful: is.Stateful,
	}, nil
}

// Configure hands a HostUser its Host and a Configurer its configuration, and is unimplemented for every other handler.
func (s *server) Configure(ctx context.Context, r *pb.ConfigureRequest) (*pb.ConfigureResponse, error) {
	user, uses := s.handler.(HostUser)
	c, takes := s.handler.(Configurer)
	if !uses && !takes {
		return nil, status.Error(codes.Unimplemented, "this plugin takes no configuration")
	}
	if uses {
		s.giveHost(user, HostAccess{Address: r.GetHostAddress(), Token: r.GetHostToken()})
	}
	out := &pb.ConfigureResponse{}
	if !takes {
		if config := r.GetConfigJson(); config != "" && config != "{}" {
			out.Problems = append(out.Problems, &pb.Problem{Message: noConfig})
		}
		return out, nil
	}
	for _, p := range ProblemsOf(c.Configure(ctx, json.RawMessage(r.GetConfigJson()))) {
		out.Problems = append(out.Problems, &pb.Problem{Field: valid(p.Field), Message: valid(p.Message)})
	}
	return out, nil
}

// noConfig is the problem of a configuration for a plugin that takes none.
const noConfig = "this plugin takes no configuration; remove its config"

// giveHost gives a plugin its Host, in place of an earlier one.
func (s *server) giveHost(to HostUser, a HostAccess) {
	h, conn := DialHost(a)
	s.closeHost(conn)
	to.UseHost(h)
}

// closeHost ends the connection to the bot, if there is one, and remembers the next.
func (s *server) closeHost(next io.Closer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.host != nil {
		_ = s.host.Close() // It was open until now, and nobody waits for it.
	}
	s.host = next
}

// Converse runs the turns of one stream, whose end is that of the plugin's life.
func (s *server) Converse(stream pb.Plugin_ConverseServer) error {
	defer s.closeHost(nil)
	return newSession(stream, s.handler).run()
}
