package sdktest

import (
	"errors"
	"net"
	"os"
	"path/filepath"

	"google.golang.org/grpc"

	"github.com/chuanhuabot/bot/sdk"
)

// hostWire serves a Host on a socket, as the bot does. The zero value serves nobody.
type hostWire struct {
	access sdk.HostAccess
	server *grpc.Server
	served chan error
	dir    string
}

// token is the only one there is.
const token = "sdktest"

// serveHost serves host if h uses one.
func serveHost(h sdk.Handler, host sdk.Host) (*hostWire, error) {
	if _, uses := h.(sdk.HostUser); !uses {
		return &hostWire{}, nil
	}
	dir, err := os.MkdirTemp("", "sdktest") // Not the test's own, whose path may be too long for a socket.
	if err != nil {
		return nil, err
	}
	path := filepath.Join(dir, "host")
	listener, err := net.Listen("unix", path)
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	w := &hostWire{
		access: sdk.HostAccess{Address: "unix:" + path, Token: token},
		server: grpc.NewServer(), served: make(chan error, 1), dir: dir,
	}
	sdk.RegisterHost(w.server, func(given string) sdk.Host {
		if given != token {
			return nil
		}
		return host
	})
	go func() { w.served <- w.server.Serve(listener) }()
	return w, nil
}

// close ends what is served.
func (w *hostWire) close() error {
	if w.server == nil {
		return nil
	}
	w.server.Stop()
	return errors.Join(<-w.served, os.RemoveAll(w.dir))
}
