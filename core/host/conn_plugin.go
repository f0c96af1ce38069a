package host

import (
	"context"
	"errors"

	"github.com/hashicorp/go-plugin"
	"google.golang.org/grpc"
)

// connPlugin makes go-plugin hand out the connection itself.
type connPlugin struct{ plugin.NetRPCUnsupportedPlugin }

// GRPCClient returns the connection.
func (*connPlugin) GRPCClient(_ context.Context, _ *plugin.GRPCBroker, c *grpc.ClientConn) (any, error) {
	return c, nil
}

// GRPCServer is the plugin's half, which the bot never uses.
func (*connPlugin) GRPCServer(*plugin.GRPCBroker, *grpc.Server) error {
	return errors.New("the bot's side serves nothing")
}
