package wx_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/chuanhuabot/bot/channels/internal/wx"
)

func TestGet(t *testing.T) {
	for name, test := range map[string]struct {
		answers []string
		code    int
		calls   string
	}{
		"an answer":             {[]string{`{"ip_list":["1.2.3.4"]}`}, 0, "GET /cgi-bin/x?access_token=hush-1&media_id=M%26"},
		"a token that is stale": {[]string{`{"errcode":40001}`, `{"ip_list":["1.2.3.4"]}`}, 0, "GET /cgi-bin/x?access_token=hush-1&media_id=M%26 GET /cgi-bin/x?access_token=hush-2&media_id=M%26"},
		"a refusal":             {[]string{`{"errcode":46003,"errmsg":"menu no exist"}`}, 46003, "GET /cgi-bin/x?access_token=hush-1&media_id=M%26"},
	} {
		t.Run(name, func(t *testing.T) {
			p := &platform{answers: test.answers}
			var calls []string
			a := newAPI(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				calls = append(calls, r.Method+" "+r.RequestURI)
				if kind := r.Header.Get("Content-Type"); kind != "" || r.ContentLength > 0 {
					t.Errorf("a GET with a body: %q, %d", kind, r.ContentLength)
				}
				p.ServeHTTP(w, r)
			}))
			var out struct {
				Addresses []string `json:"ip_list"`
			}
			query := url.Values{"media_id": {"M&"}}
			err := a.Get(t.Context(), "/cgi-bin/x", query, &out)
			if wx.CodeOf(err) != test.code || (err != nil) != (test.code != 0) || (err == nil) != (len(out.Addresses) == 1) {
				t.Errorf("got %v and %v", out, err)
			}
			if got := strings.Join(calls, " "); got != test.calls || len(query) != 1 {
				t.Errorf("called %s, and left the query as %v", got, query)
			}
		})
	}
}

func TestGet_ErrorsTellNoToken(t *testing.T) {
	a := newAPI(t, &platform{})
	err := a.Get(t.Context(), "/cgi-bin/x", nil, nil)
	if !errors.Is(err, wx.ErrUnknown) || strings.Contains(err.Error(), "hush") {
		t.Errorf("got %v", err)
	}
}

func TestProbe(t *testing.T) {
	for name, test := range map[string]struct {
		date   string
		status int
		ahead  time.Duration
		known  bool
		fails  string
	}{
		"a host that is right":   {time.Now().UTC().Format(http.TimeFormat), 200, 0, true, ""},
		"any answer is one":      {time.Now().UTC().Format(http.TimeFormat), 404, 0, true, ""},
		"a host that is behind":  {time.Now().Add(-time.Hour).UTC().Format(http.TimeFormat), 200, time.Hour, true, ""},
		"a host that is ahead":   {time.Now().Add(time.Hour).UTC().Format(http.TimeFormat), 200, -time.Hour, true, ""},
		"one without a watch":    {"", 200, 0, false, ""},
		"a proxy wants a name":   {"", 407, 0, false, "407 Proxy Authentication Required"},
		"a proxy finds no way":   {"", 502, 0, false, "502 Bad Gateway"},
		"one that says nonsense": {"tomorrow", 200, 0, false, ""},
	} {
		t.Run(name, func(t *testing.T) {
			a := newAPI(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.URL.RawQuery != "" {
					t.Errorf("a probe with %s", r.URL.RawQuery)
				}
				w.Header()["Date"] = []string{test.date}
				w.WriteHeader(test.status)
			}))
			p, err := a.Probe(t.Context(), "/cgi-bin/x")
			if (err != nil) != (test.fails != "") || err != nil && !strings.Contains(err.Error(), test.fails) {
				t.Fatalf("error %v", err)
			}
			if off := p.Ahead - test.ahead; off.Abs() > 10*time.Second || p.Date.IsZero() == test.known {
				t.Errorf("got %+v", p)
			}
		})
	}
}

func TestProbe_NobodyThere(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	server.Close()
	a, err := wx.NewAPI(server.URL, "", nil)
	if err != nil {
		t.Fatal(err)
	}
	if p, err := a.Probe(t.Context(), "/x"); err == nil || !strings.Contains(err.Error(), "refused") {
		t.Errorf("got %+v, %v", p, err)
	}
}
