// Package sandbox is WeChat on a desk: the Official Account platform and WeCom customer service, simulated, with the API that bots
// call, a page that is a phone, and an API that plays the people. Tests start one on a port of its own; `bot sandbox` is one
// with a bot behind it.
package sandbox

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/chuanhuabot/bot/sandbox/control"
	"github.com/chuanhuabot/bot/sandbox/page"
	"github.com/chuanhuabot/bot/sandbox/world"
)

// Options are what a Sandbox is made of. The zero value works.
type Options struct {
	// Listen is the address of page and APIs: 127.0.0.1 and any free port if it is empty.
	Listen string
	Log    *slog.Logger // Nothing is logged if nil.
	World  world.Options
}

// Sandbox serves one world. Make it with Start, or with Listen and Serve, and Close it.
type Sandbox struct {
	world    *world.World
	listener net.Listener
	server   *http.Server
	serving  bool
	ended    chan error
}

// Start serves a new world until Close. An error says that the address cannot be used.
func Start(o Options) (*Sandbox, error) {
	s, err := Listen(o)
	if err != nil {
		return nil, err
	}
	s.Serve()
	return s, nil
}

// Listen takes the address for a new world. Who calls it before Serve waits. Close must follow. An error says that the address
// cannot be used.
func Listen(o Options) (*Sandbox, error) {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	o.World.Log = cmp.Or(o.World.Log, o.Log)
	files, err := page.Handler()
	if err != nil {
		return nil, err
	}
	l, err := net.Listen("tcp", cmp.Or(o.Listen, "127.0.0.1:0"))
	if err != nil {
		return nil, fmt.Errorf("listen for the sandbox: %w; choose another address with --listen", err)
	}
	w := world.New(o.World)
	mux := http.NewServeMux()
	mux.Handle("/mp/", http.StripPrefix("/mp", w.MP))
	mux.Handle("/kf/", http.StripPrefix("/kf", w.KF))
	mux.Handle("/api/", control.New(w))
	mux.Handle("/", files)
	s := &Sandbox{world: w, listener: l, ended: make(chan error, 1)}
	s.server = &http.Server{
		Handler: mux, ReadHeaderTimeout: 5 * time.Second, ErrorLog: slog.NewLogLogger(o.Log.Handler(), slog.LevelWarn),
	}
	return s, nil
}

// Serve answers from now on. It does not block, and is called once.
func (s *Sandbox) Serve() {
	s.serving = true
	go func() { s.ended <- s.server.Serve(s.listener) }()
}

// World returns what is served.
func (s *Sandbox) World() *world.World { return s.world }

// URL returns the address of the page, with a slash at its end.
func (s *Sandbox) URL() string {
	return "http://" + Reachable(s.listener.Addr()) + "/"
}

// Reachable is how this machine calls what listens at an address: as host and port.
func Reachable(at net.Addr) string {
	tcp, ok := at.(*net.TCPAddr)
	if !ok {
		return fmt.Sprint(at)
	}
	host := tcp.IP.String()
	if tcp.IP.IsUnspecified() {
		host = "127.0.0.1"
	}
	return net.JoinHostPort(host, fmt.Sprint(tcp.Port))
}

// APIBase returns the address that bots call in place of https://api.weixin.qq.com (mp) or https://qyapi.weixin.qq.com (kf).
func (s *Sandbox) APIBase(platform string) string { return s.URL() + platform }

// Close ends the server and everything that is under way. It blocks until that is done, a second or two at most.
func (s *Sandbox) Close() error {
	defer s.world.Close()
	s.world.Stop() // Readers of the events hang up.
	if !s.serving {
		return s.listener.Close()
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	if s.server.Shutdown(ctx) != nil {
		_ = s.server.Close() // Bots that hold a connection lose it.
	}
	if err := <-s.ended; !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}
