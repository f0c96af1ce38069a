package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"slices"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/chuanhuabot/bot/core"
)

// Bounds of the HTTP server. A webhook may hold its response for as long as its platform waits, so the write timeout is
// far above that.
const (
	readHeaderTimeout = 5 * time.Second
	readTimeout       = 10 * time.Second
	writeTimeout      = 5 * time.Minute
	idleTimeout       = 75 * time.Second
	maxHeader         = 16 << 10
)

// server is the HTTP server of all webhooks; nil where there is none.
type server struct{ http *http.Server }

// listen takes the address, if a channel is called over HTTP: every channel of bot.yaml is.
func (a *App) listen() error {
	if len(a.config.Channels) == 0 {
		return nil
	}
	l, err := net.Listen("tcp", a.config.Listen)
	if err != nil {
		return a.config.Problem("listen", fmt.Sprintf("%v; end the other program, or choose another address", err))
	}
	a.listener = l
	return nil
}

// serve starts the HTTP server. If it gives up, stop is called with the reason.
func (a *App) serve(stop context.CancelCauseFunc) *server {
	if a.listener == nil {
		return nil
	}
	s := &server{http: &http.Server{
		Handler: a.handler(), ReadHeaderTimeout: readHeaderTimeout, ReadTimeout: readTimeout, WriteTimeout: writeTimeout,
		IdleTimeout: idleTimeout, MaxHeaderBytes: maxHeader, ErrorLog: slog.NewLogLogger(a.log.Handler(), slog.LevelWarn),
	}}
	go func() {
		if err := s.http.Serve(a.listener); !errors.Is(err, http.ErrServerClosed) {
			stop(fmt.Errorf("%w: %w", errServer, err))
		}
	}()
	a.log.Info("listening", "address", a.listener.Addr().String())
	return s
}

func (a *App) handler() http.Handler {
	e := echo.New()
	e.HideBanner, e.HidePort = true, true
	for name, ch := range a.channels {
		if w, ok := ch.(core.Webhook); ok {
			for _, path := range w.Paths() {
				e.Any(path, echo.WrapHandler(w))
			}
			a.log.Info("webhook", "channel", name, "paths", w.Paths())
		}
	}
	if !taken(e, "/") {
		e.GET("/", func(c echo.Context) error {
			return c.String(http.StatusOK, "The bot is running. 机器人正在运行。\n")
		})
	}
	return e
}

// taken tells whether a channel is called at path.
func taken(e *echo.Echo, path string) bool {
	return slices.ContainsFunc(e.Routes(), func(r *echo.Route) bool { return r.Path == path })
}

// shutdown closes the listener and waits for requests until ctx ends; then it hangs up on those that are left.
func (s *server) shutdown(ctx context.Context) error {
	if s == nil {
		return nil
	}
	err := s.http.Shutdown(ctx)
	if err != nil {
		_ = s.http.Close()
	}
	return err
}
