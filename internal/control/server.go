package control

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"sync"
	"time"

	"github.com/chuanhuabot/bot/core"
)

// Bounds of the server and of its client. To queue ten thousand deliveries again takes as many writes to the disk.
const (
	readTimeout  = 10 * time.Second
	writeTimeout = 5 * time.Minute
	maxBody      = 1 << 20 // Of a request and of an answer, in bytes.
)

// The paths of the API.
const (
	listPath  = "/deliveries/list"
	retryPath = "/deliveries/retry"
	purgePath = "/deliveries/purge"
)

// Server is the bot's end of the socket. A nil Server does nothing.
type Server struct {
	folder   string
	listener net.Listener
	log      *slog.Logger
	http     *http.Server
	cancel   context.CancelCauseFunc
	running  sync.WaitGroup // The server's goroutine and its requests.
}

// Listen takes the socket of a data folder, which is made if it is not there. Callers wait until Serve. Close must follow.
// It returns ErrRunning if another bot has the socket.
func Listen(data string, log *slog.Logger) (*Server, error) {
	l, err := listen(data)
	if err != nil {
		return nil, fmt.Errorf("listen for `bot deliveries` in %s: %w", filepath.Join(data, folderName), err)
	}
	folder, err := folderOf(data)
	if err != nil {
		return nil, errors.Join(err, l.Close())
	}
	return &Server{folder: folder, listener: l, log: log}, nil
}

// Serve answers from b, until Close. It does not block, and is called once at most.
func (s *Server) Serve(b Backlog) {
	if s == nil {
		return
	}
	ctx, cancel := context.WithCancelCause(context.Background())
	s.cancel = cancel
	s.http = &http.Server{
		Handler: s.counted(handler(Desk{b})), BaseContext: func(net.Listener) context.Context { return ctx },
		ReadTimeout: readTimeout, WriteTimeout: writeTimeout, ErrorLog: slog.NewLogLogger(s.log.Handler(), slog.LevelWarn),
	}
	s.running.Go(func() {
		if err := s.http.Serve(s.listener); !errors.Is(err, http.ErrServerClosed) {
			s.log.Warn("`bot deliveries` cannot reach this bot any more", "err", err)
		}
	})
}

// counted makes Close wait for what has begun.
func (s *Server) counted(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.running.Add(1)
		defer s.running.Done()
		h.ServeHTTP(w, r)
	})
}

// Close ends the server and removes the socket. A request that runs ends after the delivery that it is at; its caller is told
// until ctx ends. When Close returns, nothing of the server touches the Backlog. A second Close does nothing.
func (s *Server) Close(ctx context.Context) {
	if s == nil || s.listener == nil {
		return
	}
	if s.http == nil {
		_ = s.listener.Close() // Nobody has used it.
	} else {
		s.cancel(core.ErrStopping)
		if s.http.Shutdown(ctx) != nil {
			_ = s.http.Close() // Its connections are past saving.
		}
		s.running.Wait()
	}
	s.listener = nil
	if err := sweep(s.folder); err != nil {
		s.log.Warn("remove the socket of `bot deliveries`", "err", err)
	}
}

func handler(d Desk) http.Handler {
	mux := http.NewServeMux()
	handle(mux, listPath, d.List)
	handle(mux, retryPath, d.Retry)
	handle(mux, purgePath, d.Purge)
	return mux
}

// failure is the body of an answer that is not 200.
type failure struct {
	Error string `json:"error"`
}

func handle[In, Out any](mux *http.ServeMux, path string, do func(context.Context, In) (Out, error)) {
	mux.HandleFunc("POST "+path, func(w http.ResponseWriter, r *http.Request) {
		var in In
		if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxBody)).Decode(&in); err != nil {
			reply(w, http.StatusBadRequest, failure{"the request cannot be read: " + err.Error()})
			return
		}
		out, err := do(r.Context(), in)
		switch {
		case errors.Is(err, ErrChoice), errors.Is(err, core.ErrNotFound):
			reply(w, http.StatusNotFound, failure{err.Error()})
		case err != nil:
			reply(w, http.StatusInternalServerError, failure{err.Error()})
		default:
			reply(w, http.StatusOK, out)
		}
	})
}

func reply(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	_ = e.Encode(body) // The caller has gone if it fails.
}
