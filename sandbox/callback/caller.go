// Package callback is how a simulated platform asks a bot over HTTP: with the platforms' headers, their patience, and a network
// that can lose and delay.
package callback

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/chuanhuabot/bot/sandbox/clock"
)

// Caller makes requests to bots. It is safe for concurrent use. Make it with New, and Close it when no request is under way.
type Caller struct {
	clock     clock.Clock
	transport *http.Transport
}

// New returns a caller that measures its patience by c. With keepAlive requests share connections.
func New(c clock.Clock, keepAlive bool) *Caller {
	// Callbacks take no proxy: they go to this machine, and what they answer is taken as it is. A bot that is not there is
	// found out by the machine's time.
	return &Caller{clock: c, transport: &http.Transport{
		DialContext:       (&net.Dialer{Timeout: 5 * time.Second}).DialContext,
		DisableKeepAlives: !keepAlive, DisableCompression: true, MaxIdleConnsPerHost: 64,
	}}
}

// Close ends the connections that nobody uses.
func (c *Caller) Close() { c.transport.CloseIdleConnections() }

// Request is one request to a bot.
type Request struct {
	Method   string
	URL      string
	Body     []byte // Sent as text/xml, if there is one.
	Patience time.Duration
	Lost     bool          // It never arrives; the platform waits for its answer all the same.
	Delay    time.Duration // The network takes so long before it arrives.
}

// Try is a request and what came of it.
type Try struct {
	URL      string
	Began    time.Time
	Took     time.Duration
	TimedOut bool // The platform hung up.
	Status   int  // 0 without a response.
	Header   http.Header
	Body     []byte // The first MiB.
	Plain    []byte // What was encrypted in Body, if the platform looked.
	Err      string // Why there is no response, or why Body is no valid answer.
}

// Try makes a request and blocks until its response is read, its patience is over by the caller's clock, or ctx ends.
// It does not follow redirects: they are answers like any other.
func (c *Caller) Try(ctx context.Context, r Request) Try {
	try := Try{URL: r.URL, Began: c.clock.Now()}
	err := c.patiently(ctx, r.Patience, func(ctx context.Context) error { return c.exchange(ctx, r, &try) })
	if err != nil {
		try.TimedOut, try.Err = errors.Is(err, errTimeout), err.Error()
	}
	try.Took = c.clock.Now().Sub(try.Began)
	return try
}

var errTimeout = errors.New("no answer in time: the platform hung up")

// patiently runs do for as long as the platform waits. It returns errTimeout if do fails because that is over.
func (c *Caller) patiently(ctx context.Context, patience time.Duration, do func(context.Context) error) error {
	timer := c.clock.Timer(patience)
	defer timer.Stop()
	ctx, hangUp := context.WithCancelCause(ctx)
	defer hangUp(nil)
	ended := make(chan struct{})
	var watch sync.WaitGroup
	watch.Go(func() {
		select {
		case <-timer.C:
			hangUp(errTimeout)
		case <-ended:
		}
	})
	err := do(ctx)
	close(ended)
	watch.Wait()
	if err != nil && errors.Is(context.Cause(ctx), errTimeout) {
		return errTimeout
	}
	return err
}

func (c *Caller) exchange(ctx context.Context, r Request, try *Try) error {
	if r.Lost {
		<-ctx.Done()
		return ctx.Err()
	}
	if err := clock.Sleep(ctx, c.clock, r.Delay); err != nil {
		return err
	}
	request, err := r.http(ctx)
	if err != nil {
		return err
	}
	response, err := c.transport.RoundTrip(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, 1<<20))
	try.Status, try.Header, try.Body = response.StatusCode, response.Header, body
	return err
}

// http returns the request with the headers that both platforms were seen to send.
func (r Request) http(ctx context.Context) (*http.Request, error) {
	var body io.Reader
	if len(r.Body) > 0 {
		body = bytes.NewReader(r.Body)
	}
	out, err := http.NewRequestWithContext(ctx, r.Method, r.URL, body)
	if err != nil {
		return nil, err
	}
	out.Header.Set("User-Agent", "Mozilla/4.0")
	out.Header.Set("Accept", "*/*")
	out.Header.Set("Pragma", "no-cache")
	if body != nil {
		out.Header.Set("Content-Type", "text/xml")
	}
	return out, nil
}

// WithQuery appends a query to the address that a bot's owner has set, behind its own query if it has one.
func WithQuery(address, query string) string {
	if strings.Contains(address, "?") {
		return address + "&" + query
	}
	return address + "?" + query
}
