// Package apihost is the server that bots call on a simulated platform: it finds out whose call it is, counts, lets calls fail as
// it was told to, writes answers and errors as the platforms do, and keeps what was asked and answered.
package apihost

import (
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/chuanhuabot/bot/sandbox/clock"
	"github.com/chuanhuabot/bot/sandbox/traffic"
)

// maxCall is the most bytes of a call: more than the largest upload.
const maxCall = 24 << 20

// Options are what a Host is made of. A is what a token belongs to. All fields but Limit must be set.
type Options[A comparable] struct {
	Platform  string // mp or kf.
	Clock     clock.Clock
	Log       *slog.Logger
	Traffic   *traffic.Log
	Endpoints map[string]Endpoint[A]          // By path.
	Owner     func(c *Call[A]) (A, *Refusal)  // Whose call it is, by its token.
	Limit     func(owner A, path string) Rate // How often; nil for no limits.
	Crowd     func(path string) Crowd         // How many at once; nil for no limits.
	Text      func(*Call[A], *Refusal) string // The errmsg of a refusal.
	WrongVerb func(want string) *Refusal      // For a call by GET that must be a POST, and the reverse.
}

// Endpoint is one call of the API. Do gets no owner if Open is set. Its answer is a File or goes out as JSON.
type Endpoint[A comparable] struct {
	Method string // GET, POST, or "" for both.
	Open   bool
	Do     func(*Call[A]) (any, *Refusal)
}

// Host answers calls. It is safe for concurrent use. Make it with New.
type Host[A comparable] struct {
	Options[A]

	mu       sync.Mutex
	failures []Failure
	down     bool
	slow     time.Duration
	counts   map[count[A]]*counted
	running  map[string]int // By path and token.
}

// New returns a host.
func New[A comparable](o Options[A]) *Host[A] {
	return &Host[A]{Options: o, counts: map[count[A]]*counted{}, running: map[string]int{}}
}

// ServeHTTP answers a call. Refusals are JSON with errcode at status 200, as the platforms give them; only an address that
// this one does not have is a 404.
func (h *Host[A]) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	e, ok := h.Endpoints[r.URL.Path]
	if !ok {
		h.unknown(w, r)
		return
	}
	began := h.Clock.Now()
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxCall))
	if err != nil {
		http.Error(w, "the call is too large, or ended in its middle", http.StatusRequestEntityTooLarge)
		return
	}
	c := &Call[A]{Path: r.URL.Path, Base: baseOf(r), From: addressOf(r), Query: r.URL.Query(), Header: r.Header, Body: body}
	crowded, leave := h.enter(c)
	defer leave()
	if err := h.suffer(r); err != nil {
		h.record(r, c, began, response{}, err.Error())
		hangUp(w)
		return
	}
	c.Now = h.Clock.Now()
	answer, refused := any(nil), crowded
	if refused == nil {
		answer, refused = h.answer(e, c, r.Method)
	}
	if refused != nil {
		h.Log.Info("API call refused", "platform", h.Platform, "path", r.URL.Path, "errcode", refused.Code)
		answer = Done{refused.Code, h.Text(c, refused)}
	}
	out := compose(answer)
	h.record(r, c, began, out, "")
	out.write(w)
}

// unknown answers a call that the real platform may have, and this one has not.
func (h *Host[A]) unknown(w http.ResponseWriter, r *http.Request) {
	h.Log.Warn("API call that is not simulated", "platform", h.Platform, "path", r.URL.Path)
	out := compose(Done{http.StatusNotFound, "the sandbox does not simulate " + r.URL.Path})
	h.Traffic.Add(traffic.Exchange{
		Time: h.Clock.Now(), Direction: traffic.Call, Platform: h.Platform, Method: r.Method, URL: "http://" + r.Host + r.RequestURI,
		Status: http.StatusNotFound, Response: string(out.body), Code: out.code, Error: "not simulated",
	})
	w.Header().Set("Content-Type", "application/json; encoding=utf-8")
	w.WriteHeader(http.StatusNotFound)
	_, _ = w.Write(out.body) // The bot has hung up if it fails.
}

func (h *Host[A]) answer(e Endpoint[A], c *Call[A], method string) (any, *Refusal) {
	if refused := h.failing(c.Path); refused != nil {
		return nil, refused
	}
	if e.Method != "" && e.Method != method {
		return nil, h.WrongVerb(e.Method)
	}
	if !e.Open {
		var refused *Refusal
		if c.Owner, refused = h.Owner(c); refused != nil {
			return nil, refused
		}
		if refused := h.count(c.Owner, c.Path, c.Now); refused != nil {
			return nil, refused
		}
	}
	return e.Do(c)
}

// record keeps what was asked and answered.
func (h *Host[A]) record(r *http.Request, c *Call[A], began time.Time, out response, why string) {
	request := string(c.Body)
	if strings.HasPrefix(c.Header.Get("Content-Type"), "multipart/") {
		request = "" // A file, and its type is in the address.
	}
	h.Traffic.Add(traffic.Exchange{
		Time: began, Took: traffic.Millis(h.Clock.Now().Sub(began)), Direction: traffic.Call, Platform: h.Platform,
		Account: c.Account, Person: c.Person, Message: c.Message, Method: r.Method, URL: "http://" + r.Host + r.RequestURI,
		Request: request, Status: out.status(), Response: string(out.body), Code: out.code, Error: why,
	})
}

var (
	errDown = errors.New("the API is down, as it was told to be")
	errLeft = errors.New("the bot hung up before it had an answer")
)

// suffer makes a call wait, or fail for want of a server.
func (h *Host[A]) suffer(r *http.Request) error {
	h.mu.Lock()
	down, slow := h.down, h.slow
	h.mu.Unlock()
	if clock.Sleep(r.Context(), h.Clock, slow) != nil {
		return errLeft
	}
	if down {
		return errDown
	}
	return nil
}

// hangUp ends the connection without an answer.
func hangUp(w http.ResponseWriter) {
	if conn, _, err := http.NewResponseController(w).Hijack(); err == nil {
		_ = conn.Close() // It is of no use any more.
	}
}

// baseOf returns what stands before the path of the endpoint; a server may have it below a path of its own.
func baseOf(r *http.Request) string {
	path, _, _ := strings.Cut(r.RequestURI, "?")
	return "http://" + r.Host + strings.TrimSuffix(path, r.URL.Path)
}

// addressOf returns the IP address that a call comes from.
func addressOf(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}
