package callback

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/chuanhuabot/bot/sandbox/clock"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var noon = time.Date(2026, 10, 1, 12, 0, 0, 0, time.UTC)

// bot is a server, a caller and the clock between them.
type bot struct {
	*Caller
	clock   *clock.Moved
	url     string
	arrived chan *http.Request
}

func newBot(t *testing.T, answer http.HandlerFunc) *bot {
	t.Helper()
	b := &bot{clock: clock.NewMoved(noon), arrived: make(chan *http.Request, 10)}
	b.Caller = New(b.clock, false)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b.arrived <- r
		answer(w, r)
	}))
	t.Cleanup(server.Close)
	t.Cleanup(b.Close)
	b.url = server.URL + "/wx?x=1"
	return b
}

// begin makes a try in the background.
func (b *bot) begin(t *testing.T, r Request) <-chan Try {
	r.URL = b.url
	done := make(chan Try, 1)
	go func() { done <- b.Try(t.Context(), r) }()
	return done
}

func TestTry_WhatGoesOut(t *testing.T) {
	var body string
	b := newBot(t, func(w http.ResponseWriter, r *http.Request) {
		data, _ := io.ReadAll(r.Body)
		body = string(data)
		w.Header().Set("X-Own", "1")
		w.WriteHeader(http.StatusFound)
		_, _ = io.WriteString(w, "answer")
	})
	try := <-b.begin(t, Request{Method: "POST", Body: []byte("<xml/>"), Patience: time.Second})
	r := <-b.arrived
	for name, want := range map[string]string{"User-Agent": "Mozilla/4.0", "Accept": "*/*", "Pragma": "no-cache", "Content-Type": "text/xml"} {
		if got := r.Header.Get(name); got != want {
			t.Errorf("%s is %q", name, got)
		}
	}
	if r.Method != "POST" || body != "<xml/>" || r.URL.RawQuery != "x=1" || r.Header.Get("Accept-Encoding") != "" {
		t.Errorf("arrived %+v with %q", r, body)
	}
	if try.Status != 302 || string(try.Body) != "answer" || try.Header.Get("X-Own") != "1" || try.Err != "" || !try.Began.Equal(noon) {
		t.Errorf("%+v", try)
	}
	if try := <-b.begin(t, Request{Method: "GET", Patience: time.Second}); try.Status != 302 {
		t.Errorf("%+v", try)
	}
	if r := <-b.arrived; r.Header.Get("Content-Type") != "" || r.Method != "GET" {
		t.Errorf("arrived %+v", r)
	}
}

func TestTry_PatienceEndsByTheClock(t *testing.T) {
	b := newBot(t, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	done := b.begin(t, Request{Method: "POST", Patience: 5 * time.Second})
	<-b.arrived
	b.clock.Advance(5 * time.Second)
	if try := <-done; !try.TimedOut || try.Took != 5*time.Second || try.Status != 0 || !strings.Contains(try.Err, "in time") {
		t.Errorf("%+v", try)
	}
}

func TestTry_LostNeverArrives(t *testing.T) {
	b := newBot(t, func(http.ResponseWriter, *http.Request) {})
	done := b.begin(t, Request{Method: "POST", Patience: time.Second, Lost: true})
	if err := b.clock.Wait(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	b.clock.Advance(time.Second)
	if try := <-done; !try.TimedOut || len(b.arrived) != 0 {
		t.Errorf("%+v", try)
	}
}

func TestTry_DelayComesOffThePatience(t *testing.T) {
	b := newBot(t, func(http.ResponseWriter, *http.Request) {})
	done := b.begin(t, Request{Method: "POST", Patience: 5 * time.Second, Delay: 3 * time.Second})
	if err := b.clock.Wait(t.Context(), 2); err != nil {
		t.Fatal(err)
	}
	b.clock.Advance(3 * time.Second)
	if try := <-done; try.TimedOut || try.Status != 200 || try.Took != 3*time.Second {
		t.Errorf("%+v", try)
	}
	done = b.begin(t, Request{Method: "POST", Patience: time.Second, Delay: time.Minute})
	if err := b.clock.Wait(t.Context(), 2); err != nil {
		t.Fatal(err)
	}
	b.clock.Advance(time.Second)
	if try := <-done; !try.TimedOut || len(b.arrived) != 1 {
		t.Errorf("%+v", try)
	}
}

func TestTry_NobodyThere(t *testing.T) {
	b := newBot(t, func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
	if try := <-b.begin(t, Request{Method: "POST", Patience: time.Second}); try.TimedOut || try.Err == "" || try.Status != 0 {
		t.Errorf("%+v", try)
	}
	b.url = "http://127.0.0.1:1/"
	if try := <-b.begin(t, Request{Method: "POST", Patience: time.Second}); !strings.Contains(try.Err, "refused") {
		t.Errorf("%+v", try)
	}
	b.url = "://"
	if try := <-b.begin(t, Request{Method: "POST", Patience: time.Second}); try.Err == "" {
		t.Errorf("%+v", try)
	}
}

func TestTry_EndsWithItsContext(t *testing.T) {
	b := newBot(t, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan Try, 1)
	go func() { done <- b.Try(ctx, Request{Method: "POST", URL: b.url, Patience: time.Second}) }()
	<-b.arrived
	cancel()
	if try := <-done; try.TimedOut || try.Err == "" {
		t.Errorf("%+v", try)
	}
}

func TestTry_AnswersAreBounded(t *testing.T) {
	b := newBot(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(make([]byte, 3<<20)) })
	if try := <-b.begin(t, Request{Method: "POST", Patience: time.Minute}); len(try.Body) != 1<<20 {
		t.Errorf("%d bytes", len(try.Body))
	}
}

func TestQueue_OneFaultForEachPush(t *testing.T) {
	var q Queue
	if got := q.Next(); got != (Fault{}) {
		t.Errorf("an empty one has %+v", got)
	}
	q.Add(Fault{Lost: 1}, 2)
	q.Add(Fault{Large: true}, 0) // Once.
	if got := q.List(); len(got) != 2 || got[0].Times != 2 || got[1].Times != 1 {
		t.Errorf("%+v", got)
	}
	for i, want := range []Fault{{Lost: 1}, {Lost: 1}, {Large: true}, {}} {
		if got := q.Next(); got != want {
			t.Errorf("push %d: %+v", i, got)
		}
	}
	q.Add(Fault{Lost: 1}, 1)
	q.Back(Fault{Large: true})
	q.Back(Fault{})
	if first, second := q.Next(), q.Next(); first != (Fault{Large: true}) || second != (Fault{Lost: 1}) {
		t.Errorf("put back: %+v, then %+v", first, second)
	}
	q.Add(Fault{Lost: 1}, 5)
	q.Clear()
	if got := q.Next(); got != (Fault{}) || len(q.List()) != 0 {
		t.Errorf("%+v is left", got)
	}
}

func TestFault_Spoil(t *testing.T) {
	body := []byte("<xml><a>1</a></xml>")
	for name, test := range map[string]struct {
		fault Fault
		is    func(string) bool
	}{
		"none":      {Fault{}, func(s string) bool { return s == string(body) }},
		"truncated": {Fault{Truncated: true}, func(s string) bool { return s == string(body[:9]) }},
		"doctype":   {Fault{Doctype: true}, func(s string) bool { return strings.HasPrefix(s, "<!DOCTYPE") && strings.HasSuffix(s, string(body)) }},
		"large":     {Fault{Large: true}, func(s string) bool { return len(s) == 1<<20+len(body) }},
	} {
		if got := string(test.fault.Spoil(body)); !test.is(got) {
			t.Errorf("%s: %.100q", name, got)
		}
	}
}

func TestWithQuery(t *testing.T) {
	for address, want := range map[string]string{"http://h/wx": "http://h/wx?a=1", "http://h/wx?x=1": "http://h/wx?x=1&a=1"} {
		if got := WithQuery(address, "a=1"); got != want {
			t.Errorf("%s: %s", address, got)
		}
	}
}
