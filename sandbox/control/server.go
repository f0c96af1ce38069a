// Package control is the sandbox's API for its page and for tests in any language: JSON over HTTP, described in
// docs/sandbox-api.md. It plays the people, moves the clock, makes faults, and shows what happened.
package control

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"

	"github.com/chuanhuabot/bot/sandbox/world"
)

// maxRequest is the most bytes of a request that is JSON; media may be larger.
const maxRequest = 1 << 20

// Server serves the API of one world. It is safe for concurrent use. Make it with New.
type Server struct {
	world   *world.World
	handler http.Handler
}

// New returns the API of w. Its paths begin with /api/.
func New(w *world.World) *Server {
	s := &Server{world: w}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /api/events", s.events)
	mux.HandleFunc("GET /api/accounts/{account}/media/{id}", s.download)
	for pattern, do := range s.calls() {
		mux.Handle(pattern, endpoint(do))
	}
	for pattern, do := range s.accountCalls() {
		mux.Handle(pattern, endpoint(func(r *http.Request) (any, error) { return s.ofAccount(r, do) }))
	}
	mux.HandleFunc("/api/", func(w http.ResponseWriter, r *http.Request) {
		fail(w, http.StatusNotFound, fmt.Errorf("there is no %s %s; see docs/sandbox-api.md", r.Method, r.URL.Path))
	})
	s.handler = guarded(mux)
	return s
}

func (s *Server) calls() map[string]func(*http.Request) (any, error) {
	return map[string]func(*http.Request) (any, error){
		"GET /api/state":                   s.state,
		"GET /api/transcript":              s.transcript,
		"GET /api/exchanges":               s.exchanges,
		"GET /api/turns":                   s.turns,
		"POST /api/people":                 s.addPerson,
		"POST /api/accounts":               s.addAccount,
		"POST /api/clock":                  s.advance,
		"PATCH /api/rules":                 s.setRules,
		"POST /api/faults/pushes":          s.spoilPushes,
		"POST /api/faults/calls":           s.failCalls,
		"PUT /api/faults/hosts/{platform}": s.setHost,
		"DELETE /api/faults":               s.heal,
	}
}

type accountCall func(*http.Request, world.Account) (any, error)

func (s *Server) accountCalls() map[string]accountCall {
	return map[string]accountCall{
		"POST /api/accounts/{account}/say":        s.say,
		"POST /api/accounts/{account}/follow":     s.follow,
		"POST /api/accounts/{account}/unfollow":   s.unfollow,
		"POST /api/accounts/{account}/scan":       s.scan,
		"POST /api/accounts/{account}/tap":        s.tap,
		"POST /api/accounts/{account}/event":      s.event,
		"POST /api/accounts/{account}/enter":      s.enter,
		"POST /api/accounts/{account}/recall":     s.recall,
		"POST /api/accounts/{account}/refuse":     s.refuse,
		"POST /api/accounts/{account}/seat":       s.seat,
		"POST /api/accounts/{account}/media":      s.upload,
		"POST /api/accounts/{account}/verify":     s.verify,
		"POST /api/accounts/{account}/invalidate": s.invalidate,
		"PATCH /api/accounts/{account}":           s.change,
	}
}

func (s *Server) ofAccount(r *http.Request, do accountCall) (any, error) {
	a, ok := s.world.Account(r.PathValue("account"))
	if !ok {
		return nil, notFound("there is no account %q; GET /api/state lists them", r.PathValue("account"))
	}
	return do(r, a)
}

// ServeHTTP answers a request of the API.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.handler.ServeHTTP(w, r) }

// guarded refuses what other web sites make a browser ask: requests from another origin, and requests to a name that such a
// site has pointed at this machine.
func guarded(h http.Handler) http.Handler {
	protection := http.NewCrossOriginProtection()
	protection.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		fail(w, http.StatusForbidden, errForeign)
	}))
	own := protection.Handler(h)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !ownName(r.Host) {
			fail(w, http.StatusForbidden, errors.New("call the sandbox by an IP address or as localhost"))
			return
		}
		if from := r.Header.Get("Sec-Fetch-Site"); from == "cross-site" || from == "same-site" { // A GET too could keep us busy.
			fail(w, http.StatusForbidden, errForeign)
			return
		}
		own.ServeHTTP(w, r)
	})
}

var errForeign = errors.New("another web site asked: only the sandbox's own page may")

// ownName tells whether a Host header is one that no name server can have had a hand in.
func ownName(hostport string) bool {
	host, _, err := net.SplitHostPort(hostport)
	if err != nil {
		host = hostport
	}
	return host == "localhost" || net.ParseIP(strings.Trim(host, "[]")) != nil
}

// ownHost tells whether a host is this machine, without asking a name server.
func ownHost(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// statusError is an error with the status that it is answered with; others are 400.
type statusError struct {
	status int
	error
}

func notFound(format string, args ...any) error {
	return statusError{http.StatusNotFound, fmt.Errorf(format, args...)}
}

func endpoint(do func(*http.Request) (any, error)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answer, err := do(r)
		if err != nil {
			status := http.StatusBadRequest
			var with statusError
			if errors.As(err, &with) {
				status = with.status
			}
			fail(w, status, err)
			return
		}
		write(w, http.StatusOK, answer)
	})
}

func fail(w http.ResponseWriter, status int, err error) {
	write(w, status, map[string]string{"error": err.Error()})
}

func write(w http.ResponseWriter, status int, answer any) {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(answer); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	_, _ = w.Write(b.Bytes()) // Who asked has hung up if it fails.
}

// read reads the JSON of a request. A key that it does not know is an error: it would change nothing, and nobody would notice.
func read(r *http.Request, v any) error {
	body, err := io.ReadAll(io.LimitReader(r.Body, maxRequest+1))
	switch {
	case err != nil:
		return err
	case len(body) > maxRequest:
		return errors.New("the request is longer than 1 MiB")
	case len(bytes.TrimSpace(body)) == 0:
		body = []byte("{}")
	}
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.DisallowUnknownFields()
	err = decoder.Decode(v)
	var wrong *json.UnmarshalTypeError
	switch {
	case errors.As(err, &wrong) && wrong.Field != "":
		return fmt.Errorf("%s must not be a %s; see docs/sandbox-api.md", wrong.Field, wrong.Value)
	case errors.As(err, &wrong):
		return fmt.Errorf("the request must be an object, not a %s; see docs/sandbox-api.md", wrong.Value)
	case err != nil:
		return fmt.Errorf("the request must be JSON as docs/sandbox-api.md has it: %w", err)
	case decoder.More():
		return errors.New("the request must be one object; see docs/sandbox-api.md")
	}
	return nil
}
