package sdk

import (
	"context"
	"encoding/json"

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

// Configure hands the configuration to a Configurer, and is unimplemented for every other handler.
func (s *server) Configure(ctx context.Context, r *pb.ConfigureRequest) (*pb.ConfigureResponse, error) {
	c, ok := s.handler.(Configurer)
	if !ok {
		return nil, status.Error(codes.Unimplemented, "this plugin takes no configuration")
	}
	out := &pb.ConfigureResponse{}
	for _, p := range ProblemsOf(c.Configure(ctx, json.RawMessage(r.GetConfigJson()))) {
		out.Problems = append(out.Problems, &pb.Problem{Field: valid(p.Field), Message: valid(p.Message)})
	}
	return out, nil
}

// Converse runs the turns of one stream.
func (s *server) Converse(stream pb.Plugin_ConverseServer) error {
	return newSession(stream, s.handler).run()
}
