package wx

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"slices"
	"strings"
	"time"
)

const (
	// callTimeout bounds one call that has no shorter deadline.
	callTimeout = 10 * time.Second
	// maxAnswer is the most bytes that are read of an answer that is JSON.
	maxAnswer = 16 << 20
)

var (
	// ErrNotSent is wrapped by errors of calls of which nothing reached the platform: calling again is safe.
	ErrNotSent = errors.New("the platform was not reached")
	// ErrUnknown is wrapped by errors of calls of which nobody knows whether the platform has acted on them.
	ErrUnknown = errors.New("it is not known whether the platform has it")
	// ErrTooLong is wrapped, with ErrUnknown, by errors of calls whose answer has more than 16 MiB.
	ErrTooLong = errors.New("the answer is too long")
)

// Refusal is the error of a call that the platform answered with an errcode: it has not acted on the call.
type Refusal struct {
	Code int
	Text string // The platform's errmsg, shortened.
}

// Error says the code and the platform's own words.
func (r *Refusal) Error() string { return fmt.Sprintf("errcode %d: %s", r.Code, r.Text) }

// CodeOf returns the errcode in err, or 0 if there is none.
func CodeOf(err error) int {
	var r *Refusal
	if errors.As(err, &r) {
		return r.Code
	}
	return 0
}

// API calls a platform's API in the name of one account. It is safe for concurrent use. Its errors contain neither tokens
// nor secrets. Make it with NewAPI.
type API struct {
	base   string
	client *http.Client
	tokens *Tokens
}

// NewAPI returns the API at base, called through proxy unless that is empty, with tokens from fetch.
func NewAPI(base, proxy string, fetch Fetch) (*API, error) {
	transport := &http.Transport{MaxIdleConnsPerHost: 16, IdleConnTimeout: time.Minute, TLSHandshakeTimeout: callTimeout}
	if proxy != "" {
		u, err := url.Parse(proxy)
		if err != nil {
			return nil, errors.New("the proxy is not an address") // Its own words could contain a password.
		}
		transport.Proxy = http.ProxyURL(u)
	}
	a := &API{base: strings.TrimSuffix(base, "/"), client: &http.Client{
		Transport: transport, Timeout: callTimeout,
		// The platform does not redirect; whoever does would get the token.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
	a.tokens = NewTokens(func(ctx context.Context, force bool) (Token, error) { return fetch(ctx, a, force) })
	return a, nil
}

// Share lets other processes with the same shelf use the same token. It must be called before the first call.
func (a *API) Share(s *Shelf) { a.tokens.shelf = s }

// Close ends the connections that nobody uses.
func (a *API) Close() { a.client.CloseIdleConnections() }

// tokenCodes are the errcodes of calls whose token is not or no more valid
// (developers.weixin.qq.com, page Get_access_token.html; developer.work.weixin.qq.com/document/path/90313).
var tokenCodes = []int{40001, 40014, 42001}

// Post calls path with in as JSON and reads the answer into out, which may be nil. A token that the platform does not take is
// replaced once. The error wraps a *Refusal, ErrNotSent or
// ErrUnknown; that of fetching a token wraps ErrNotSent.
func (a *API) Post(ctx context.Context, path string, in, out any) error {
	return a.withToken(ctx, func(token string) error {
		return a.PostOpen(ctx, path+"?access_token="+url.QueryEscape(token), in, out)
	})
}

// withToken makes a call with a token, and once more with another one if the platform does not take that.
func (a *API) withToken(ctx context.Context, call func(token string) error) error {
	token, err := a.tokens.Get(ctx)
	if err != nil {
		return err
	}
	err = call(token)
	if !slices.Contains(tokenCodes, CodeOf(err)) {
		return err
	}
	if token, err = a.tokens.Replace(ctx, token); err != nil {
		return err
	}
	return call(token)
}

// PostOpen is Post for the calls that need no token.
func (a *API) PostOpen(ctx context.Context, path string, in, out any) error {
	body, err := encode(in)
	if err != nil {
		return err
	}
	return a.call(ctx, http.MethodPost, path, body, out)
}

func (a *API) call(ctx context.Context, method, path string, body []byte, out any) error {
	name, _, _ := strings.Cut(path, "?")
	answer, err := a.do(ctx, method, path, body)
	if err != nil {
		return fmt.Errorf("call %s: %w", name, err)
	}
	if err := judge(answer, out); err != nil {
		return fmt.Errorf("call %s: %w", name, err)
	}
	return nil
}

func (a *API) do(ctx context.Context, method, path string, body []byte) ([]byte, error) {
	r, err := http.NewRequestWithContext(ctx, method, a.base+path, bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNotSent, bare(err))
	}
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/json")
	}
	response, err := exchange(a.client, r)
	if err != nil {
		return nil, err
	}
	return readAnswer(response)
}

// exchange makes a request. The caller closes the body of the response, whose status is 200, or 206 if the request has a Range.
func exchange(client *http.Client, r *http.Request) (*http.Response, error) {
	connected := false // With a connection, nobody knows any more how far a request came.
	trace := &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) { connected = true }}
	response, err := client.Do(r.WithContext(httptrace.WithClientTrace(r.Context(), trace)))
	switch {
	case err != nil && !connected:
		return nil, fmt.Errorf("%w: %w", ErrNotSent, bare(err))
	case err != nil:
		return nil, fmt.Errorf("%w: %w", ErrUnknown, bare(err))
	case response.StatusCode != http.StatusOK && (response.StatusCode != http.StatusPartialContent || r.Header.Get("Range") == ""):
		response.Body.Close()
		return nil, fmt.Errorf("%w: status %d", ErrUnknown, response.StatusCode)
	}
	return response, nil
}

// readAnswer reads an answer that is JSON, and closes its body.
func readAnswer(response *http.Response) ([]byte, error) {
	defer response.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("%w: %w", ErrUnknown, bare(err))
	case len(answer) > maxAnswer:
		return nil, fmt.Errorf("%w: %w", ErrUnknown, ErrTooLong)
	}
	return answer, nil
}

// bare returns what is in a *url.Error: its own text has the address, and with it the token.
func bare(err error) error {
	var with *url.Error
	if errors.As(err, &with) {
		return with.Err
	}
	return err
}

// judge reads an answer. Its errcode may be missing, or a text.
func judge(answer []byte, out any) error {
	var status struct {
		Code json.Number `json:"errcode"`
		Text string      `json:"errmsg"`
	}
	if err := json.Unmarshal(answer, &status); err != nil {
		return fmt.Errorf("%w: the answer is no JSON", ErrUnknown)
	}
	if code, err := status.Code.Int64(); err == nil && code != 0 {
		return &Refusal{int(code), shortText(status.Text)}
	}
	if out == nil {
		return nil
	}
	if err := json.Unmarshal(answer, out); err != nil {
		return fmt.Errorf("%w: the answer is not as documented", ErrUnknown)
	}
	return nil
}

func shortText(text string) string {
	const most = 200
	return strings.ToValidUTF8(text[:min(len(text), most)], "")
}

// encode writes JSON as the platform wants it: UTF-8 without \u escapes, which it refuses with 40033
// (developers.weixin.qq.com/doc/service/api/customer/message/api_sendcustommessage). Texts in it must have gone through
// JSONText.
func encode(in any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(in); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNotSent, err)
	}
	return b.Bytes(), nil
}

// JSONText returns text without the characters that encoding/json writes as \u escapes.
func JSONText(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\u2028' || r == '\u2029': // Line and paragraph separators.
			return '\n'
		case r < ' ' && r != '\n' && r != '\r' && r != '\t':
			return -1
		}
		return r
	}, Clean(text))
}
