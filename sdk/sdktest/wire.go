package sdktest

import (
	"context"
	"errors"
	"fmt"
	"net"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/test/bufconn"

	"github.com/chuanhuabot/bot/sdk"
)

// wire is both ends of a gRPC connection in memory.
type wire struct {
	server *grpc.Server
	served chan error
	conn   *grpc.ClientConn
	host   *hostWire
}

const bufferSize = 1 << 20

// newWire serves h and connects to it. A HostUser finds host.
func newWire(h sdk.Handler, host sdk.Host) (*wire, error) {
	hosted, err := serveHost(h, host)
	if err != nil {
		return nil, fmt.Errorf("serve the host: %w", err)
	}
	listener := bufconn.Listen(bufferSize)
	options := append(sdk.DialOptions(), grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithContextDialer(func(ctx context.Context, _ string) (net.Conn, error) { return listener.DialContext(ctx) }))
	conn, err := grpc.NewClient("passthrough:///plugin", options...)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("connect: %w", err), hosted.close())
	}
	w := &wire{
		server: grpc.NewServer(grpc.MaxRecvMsgSize(sdk.MaxFrame), grpc.MaxSendMsgSize(sdk.MaxFrame)),
		served: make(chan error, 1),
		conn:   conn,
		host:   hosted,
	}
	sdk.Register(w.server, h)
	go func() { w.served <- w.server.Serve(listener) }()
	return w, nil
}

// goodbye is how long a handler may go on after its context has ended.
const goodbye = 5 * time.Second

// close ends everything. It returns an error if a handler goes on after its context has ended.
func (w *wire) close(r *sdk.Remote) error {
	r.Close(ended())
	stopped := make(chan struct{})
	go func() {
		w.server.GracefulStop() // Unlike Stop, it waits for handlers.
		close(stopped)
	}()
	var stuck error
	select {
	case <-stopped:
	case <-time.After(goodbye):
		stuck = fmt.Errorf("a handler still runs %s after its context has ended", goodbye)
		w.server.Stop()
	}
	return errors.Join(stuck, w.conn.Close(), <-w.served, w.host.close())
}

// ended returns a context that has ended.
func ended() context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	return ctx
}
