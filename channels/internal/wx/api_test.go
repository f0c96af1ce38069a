package wx_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/chuanhuabot/bot/channels/internal/wx"
	"github.com/chuanhuabot/bot/sdk"
)

// platform is a server that answers each call with what is next.
type platform struct {
	mu      sync.Mutex
	answers []string
	paths   []string
	bodies  []string
}

func (p *platform) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.paths = append(p.paths, r.RequestURI)
	p.bodies = append(p.bodies, string(body))
	if len(p.answers) == 0 {
		panic(http.ErrAbortHandler)
	}
	_, _ = io.WriteString(w, p.answers[0])
	p.answers = p.answers[1:]
}

// newAPI returns an API whose tokens are hush-1, hush-2 and so on.
func newAPI(t *testing.T, p http.Handler) *wx.API {
	t.Helper()
	server := httptest.NewServer(p)
	t.Cleanup(server.Close)
	n := 0
	a, err := wx.NewAPI(server.URL+"/", "", func(context.Context, *wx.API, bool) (wx.Token, error) {
		n++
		return wx.Token{Value: sdk.NewSecret("hush-" + string(rune('0'+n))), Expires: 2 * time.Hour}, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(a.Close)
	return a
}

func TestAPI_TokenIsReplacedOnceAndOnlyWhereThatHelps(t *testing.T) {
	for _, test := range []struct {
		name    string
		answers []string
		code    int
		calls   string
	}{
		{"fine", []string{`{"errcode":0}`}, 0, "hush-1"},
		{"no errcode", []string{`{"media_id":"M"}`}, 0, "hush-1"},
		{"a text for a code", []string{`{"errcode":"0"}`}, 0, "hush-1"},
		{"not the latest", []string{`{"errcode":40001}`, `{"errcode":0}`}, 0, "hush-1 hush-2"},
		{"invalid", []string{`{"errcode":40014}`, `{"errcode":0}`}, 0, "hush-1 hush-2"},
		{"expired, and again", []string{`{"errcode":42001}`, `{"errcode":42001}`, `{"errcode":0}`}, 42001, "hush-1 hush-2"},
		{"another error", []string{`{"errcode":45015,"errmsg":"out of time"}`}, 45015, "hush-1"},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := &platform{answers: test.answers}
			err := newAPI(t, p).Post(t.Context(), "/cgi-bin/x", map[string]string{"a": "b"}, nil)
			if wx.CodeOf(err) != test.code || (err != nil) != (test.code != 0) {
				t.Errorf("error %v", err)
			}
			var tokens []string
			for _, path := range p.paths {
				tokens = append(tokens, strings.TrimPrefix(path, "/cgi-bin/x?access_token="))
			}
			if got := strings.Join(tokens, " "); got != test.calls {
				t.Errorf("called with %s", got)
			}
		})
	}
}

// TestAPI_SaysWhetherThePlatformHasIt is what a sender must know before it sends again.
func TestAPI_SaysWhetherThePlatformHasIt(t *testing.T) {
	for name, test := range map[string]struct {
		answer http.HandlerFunc
		want   error
	}{
		"hung up": {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, wx.ErrUnknown},
		"no JSON": {func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "<html>") }, wx.ErrUnknown},
		"500":     {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(500) }, wx.ErrUnknown},
		"too slow": {func(_ http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body) // Else the server does not notice that nobody waits any more.
			<-r.Context().Done()
		}, wx.ErrUnknown},
	} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
			defer cancel()
			err := newAPI(t, test.answer).Post(ctx, "/x", nil, nil)
			if !errors.Is(err, test.want) || strings.Contains(err.Error(), "hush") {
				t.Errorf("got %v", err)
			}
		})
	}
	a, err := wx.NewAPI("http://127.0.0.1:1", "", func(context.Context, *wx.API, bool) (wx.Token, error) {
		return wx.Token{Value: sdk.NewSecret("hush"), Expires: time.Hour}, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Post(t.Context(), "/x", nil, nil); !errors.Is(err, wx.ErrNotSent) || strings.Contains(err.Error(), "hush") {
		t.Errorf("nobody there: %v", err)
	}
}

func TestAPI_ReadsTheAnswer(t *testing.T) {
	p := &platform{answers: []string{`{"media_id":"M"}`, `{"media_id":1}`}}
	a := newAPI(t, p)
	var out struct {
		ID string `json:"media_id"`
	}
	if err := a.Post(t.Context(), "/x", map[string]string{"t": wx.JSONText("你好 <a> & \u2028 \x01 \"\n")}, &out); err != nil || out.ID != "M" {
		t.Errorf("%+v, %v", out, err)
	}
	if got := p.bodies[0]; strings.Contains(got, `\u`) || !json.Valid([]byte(got)) || !strings.Contains(got, "你好 <a> & \\n") {
		t.Errorf("sent %s", got)
	}
	if err := a.Post(t.Context(), "/x", nil, &out); !errors.Is(err, wx.ErrUnknown) {
		t.Errorf("another answer: %v", err)
	}
}

func TestAPI_Proxy(t *testing.T) {
	p := &platform{answers: []string{`{"errcode":0}`}}
	server := httptest.NewServer(p)
	defer server.Close()
	fetch := func(context.Context, *wx.API, bool) (wx.Token, error) {
		return wx.Token{Value: sdk.NewSecret("hush"), Expires: time.Hour}, nil
	}
	a, err := wx.NewAPI("http://api.example.com", server.URL, fetch)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	if err := a.Post(t.Context(), "/x", nil, nil); err != nil || p.paths[0] != "http://api.example.com/x?access_token=hush" {
		t.Errorf("%v, %v", err, p.paths)
	}
	if _, err := wx.NewAPI("http://a", "http://user:hush@[", fetch); err == nil || strings.Contains(err.Error(), "hush") {
		t.Errorf("a proxy that is none: %v", err)
	}
}

func TestTokens_OneFetchForAll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var fetched atomic.Int64
		tokens := wx.NewTokens(func(context.Context, bool) (wx.Token, error) {
			time.Sleep(time.Second)
			return wx.Token{Value: sdk.NewSecret(string(rune('a' + fetched.Add(1)))), Expires: 2 * time.Hour}, nil
		})
		get := func(stale string) string {
			var all sync.WaitGroup
			got := make(chan string, 50)
			for range 50 {
				all.Go(func() {
					value, err := tokens.Replace(t.Context(), stale)
					if err != nil {
						t.Error(err)
					}
					got <- value
				})
			}
			all.Wait()
			first := <-got
			for range 49 {
				if other := <-got; other != first {
					t.Errorf("%s and %s", first, other)
				}
			}
			return first
		}
		one := get("")
		if again := get(""); again != one || fetched.Load() != 1 {
			t.Errorf("%s, then %s after %d fetches", one, again, fetched.Load())
		}
		two := get(one)
		if two == one || fetched.Load() != 2 {
			t.Errorf("%s for %s after %d fetches", two, one, fetched.Load())
		}
		time.Sleep(116 * time.Minute) // In its last five minutes.
		if three := get(""); three == two || fetched.Load() != 3 {
			t.Errorf("%s for %s after %d fetches", three, two, fetched.Load())
		}
	})
}

// TestTokens_StaleOneIsForcedOut is about a platform that goes on giving a token which it does not take.
func TestTokens_StaleOneIsForcedOut(t *testing.T) {
	var forced []bool
	tokens := wx.NewTokens(func(_ context.Context, force bool) (wx.Token, error) {
		forced = append(forced, force)
		value := "same"
		if force {
			value = "new"
		}
		return wx.Token{Value: sdk.NewSecret(value), Expires: time.Hour}, nil
	})
	one, err := tokens.Get(t.Context())
	if err != nil || one != "same" {
		t.Fatal(one, err)
	}
	if two, err := tokens.Replace(t.Context(), one); err != nil || two != "new" || len(forced) != 3 || !forced[2] {
		t.Errorf("%s, %v after %v", two, err, forced)
	}
}

// TestTokens_RefusalsAreKeptForAWhile holds that a wrong secret does not make everybody ask, and that the right one is found.
func TestTokens_RefusalsAreKeptForAWhile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var fail error = &wx.Refusal{Code: 40125, Text: "invalid appsecret"}
		asked := 0
		tokens := wx.NewTokens(func(context.Context, bool) (wx.Token, error) {
			asked++
			return wx.Token{Value: sdk.NewSecret("t"), Expires: time.Hour}, fail
		})
		for range 3 {
			if _, err := tokens.Get(t.Context()); wx.CodeOf(err) != 40125 || !strings.Contains(err.Error(), "invalid appsecret") {
				t.Errorf("got %v", err)
			}
		}
		if asked != 1 {
			t.Errorf("asked %d times", asked)
		}
		time.Sleep(5 * time.Second)
		fail = wx.ErrUnknown
		for range 2 {
			if _, err := tokens.Get(t.Context()); !errors.Is(err, wx.ErrNotSent) {
				t.Errorf("got %v", err)
			}
		}
		fail = nil
		if value, err := tokens.Get(t.Context()); err != nil || value != "t" || asked != 4 {
			t.Errorf("got %s, %v, asked %d times", value, err, asked)
		}
	})
}

// TestAPI_RedirectsAreNotFollowed holds that no other host gets the token, and that none counts as success.
func TestAPI_RedirectsAreNotFollowed(t *testing.T) {
	reached := false
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		reached = true
		_, _ = io.WriteString(w, "{}")
	}))
	defer other.Close()
	err := newAPI(t, http.RedirectHandler(other.URL, http.StatusFound)).Post(t.Context(), "/x", nil, nil)
	if !errors.Is(err, wx.ErrUnknown) || reached {
		t.Errorf("got %v, the other host was reached: %t", err, reached)
	}
}

func TestTokens_WaitEndsWithItsContext(t *testing.T) {
	fetching, done := make(chan struct{}), make(chan struct{})
	tokens := wx.NewTokens(func(context.Context, bool) (wx.Token, error) {
		close(fetching)
		<-done
		return wx.Token{Value: sdk.NewSecret("t"), Expires: time.Hour}, nil
	})
	first := make(chan error)
	go func() {
		_, err := tokens.Get(t.Context())
		first <- err
	}()
	<-fetching
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := tokens.Get(ctx); !errors.Is(err, context.Canceled) || !errors.Is(err, wx.ErrNotSent) {
		t.Errorf("got %v", err)
	}
	close(done)
	if err := <-first; err != nil {
		t.Error(err)
	}
}
