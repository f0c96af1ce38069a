package apihost_test

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/chuanhuabot/bot/sandbox/apihost"
	"github.com/chuanhuabot/bot/sandbox/clock"
	"github.com/chuanhuabot/bot/sandbox/traffic"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var noon = time.Date(2026, 10, 1, 12, 0, 0, 0, time.UTC)

type call = apihost.Call[string]

// host is one whose owners are called as their tokens.
type host struct {
	*apihost.Host[string]
	t       *testing.T
	clock   *clock.Moved
	traffic *traffic.Log
	url     string
}

func newHost(t *testing.T) *host {
	t.Helper()
	h := &host{t: t, clock: clock.NewMoved(noon), traffic: traffic.New(100)}
	h.Host = apihost.New(apihost.Options[string]{
		Platform: "mp", Clock: h.clock, Log: slog.New(slog.DiscardHandler), Traffic: h.traffic,
		Endpoints: map[string]apihost.Endpoint[string]{
			"/whose": {Do: func(c *call) (any, *apihost.Refusal) {
				c.Account, c.Person, c.Message = "a", "p", "m"
				return map[string]string{"owner": c.Owner, "base": c.Base, "from": c.From}, nil
			}},
			"/read": {Method: "POST", Open: true, Do: func(c *call) (any, *apihost.Refusal) {
				var in struct{ A string }
				if refused := c.Read(&in, 40033, 47001); refused != nil {
					return nil, refused
				}
				return map[string]string{"a": in.A}, nil
			}},
			"/file": {Open: true, Do: func(c *call) (any, *apihost.Refusal) {
				f := apihost.File{Type: "audio/amr", Name: `a".amr`, Data: []byte("#!AMR")}
				if c.Query.Get("part") != "" {
					f.Data, f.From, f.Total = []byte("AMR"), 2, 5
				}
				return f, nil
			}},
			"/text": {Open: true, Do: func(*call) (any, *apihost.Refusal) { return map[string]string{"errcode": "0"}, nil }},
			"/done": {Open: true, Do: func(*call) (any, *apihost.Refusal) { return apihost.OK() }},
		},
		Owner: func(c *call) (string, *apihost.Refusal) {
			if token := c.Query.Get("access_token"); token != "" {
				return token, nil
			}
			return "", apihost.Refuse(41001)
		},
		Limit: func(owner, path string) apihost.Rate {
			if owner == "limited" {
				return apihost.Rate{Most: 2, Per: time.Hour, Code: 45009}
			}
			return apihost.Rate{}
		},
		Text:      func(_ *call, r *apihost.Refusal) string { return fmt.Sprint("refused ", r.Code, r.Detail) },
		WrongVerb: func(string) *apihost.Refusal { return apihost.Refuse(43002) },
	})
	server := httptest.NewServer(http.StripPrefix("/below", h))
	t.Cleanup(server.Close)
	t.Cleanup(http.DefaultClient.CloseIdleConnections)
	h.url = server.URL + "/below"
	return h
}

func (h *host) do(method, path, body string) (*http.Response, string) {
	h.t.Helper()
	r, err := http.NewRequestWithContext(h.t.Context(), method, h.url+path, strings.NewReader(body))
	if err != nil {
		h.t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		return nil, err.Error()
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err != nil {
		h.t.Fatal(err)
	}
	return response, string(answer)
}

// code is the errcode of a call of whose.
func (h *host) code(token string) int {
	h.t.Helper()
	_, answer := h.do("GET", "/whose?access_token="+token, "")
	var with struct {
		Code int `json:"errcode"`
	}
	if err := json.Unmarshal([]byte(answer), &with); err != nil {
		h.t.Fatalf("%v in %q", err, answer)
	}
	return with.Code
}

func TestHost_AnswersAndRefuses(t *testing.T) {
	h := newHost(t)
	for name, test := range map[string]struct{ method, path, body, want string }{
		"owner":        {"GET", "/whose?access_token=ann", "", `{"base":"` + h.url + `","from":"127.0.0.1","owner":"ann"}`},
		"no token":     {"GET", "/whose", "", `{"errcode":41001,"errmsg":"refused 41001"}`},
		"JSON":         {"POST", "/read", `{"a":"好<>&"}`, `{"a":"好<>&"}`},
		"escaped":      {"POST", "/read", `{"a":"\u597d"}`, `{"errcode":40033,"errmsg":"refused 40033"}`},
		"no escape":    {"POST", "/read", `{"a":"\\u597d"}`, `{"a":"\\u597d"}`},
		"half":         {"POST", "/read", `{"a"`, `{"errcode":47001,"errmsg":"refused 47001"}`},
		"wrong method": {"GET", "/read", "", `{"errcode":43002,"errmsg":"refused 43002"}`},
		"done":         {"POST", "/done", "", `{"errcode":0,"errmsg":"ok"}`},
	} {
		response, got := h.do(test.method, test.path, test.body)
		if got != test.want || response.StatusCode != 200 || !strings.HasPrefix(response.Header.Get("Content-Type"), "application/json") {
			t.Errorf("%s: %s", name, got)
		}
	}
	if response, _ := h.do("GET", "/nothing", ""); response.StatusCode != http.StatusNotFound {
		t.Errorf("an address that is none: %s", response.Status)
	}
	if response, _ := h.do("POST", "/done", strings.Repeat("x", 25<<20)); response != nil && response.StatusCode != http.StatusRequestEntityTooLarge {
		t.Errorf("25 MiB: %s", response.Status)
	}
}

func TestHost_Files(t *testing.T) {
	h := newHost(t)
	response, got := h.do("GET", "/file", "")
	if got != "#!AMR" || response.Header.Get("Content-Type") != "audio/amr" || response.Header.Get("Content-disposition") != `attachment; filename="a\".amr"` {
		t.Errorf("%q, %v", got, response.Header)
	}
	response, got = h.do("GET", "/file?part=1", "")
	if got != "AMR" || response.StatusCode != 206 || response.Header.Get("Content-Range") != "bytes 2-4/5" {
		t.Errorf("%q, %v", got, response.Header)
	}
}

func TestHost_KeepsTheTraffic(t *testing.T) {
	h := newHost(t)
	h.do("GET", "/whose?access_token=hush", "")
	h.do("POST", "/read", `{"a"`)
	h.do("GET", "/file", "")
	h.do("GET", "/text", "")
	all, _ := h.traffic.After(0)
	if len(all) != 4 {
		t.Fatalf("%d exchanges", len(all))
	}
	first, second, third := all[0], all[1], all[2]
	if first.URL != h.url+"/whose?access_token=***" || first.Account != "a" || first.Person != "p" || first.Message != "m" ||
		first.Direction != traffic.Call || first.Platform != "mp" || !first.Time.Equal(noon) || !strings.Contains(first.Response, "owner") {
		t.Errorf("%+v", first)
	}
	if second.Code != 47001 || second.Request != `{"a"` || second.Method != "POST" || second.Status != 200 {
		t.Errorf("%+v", second)
	}
	if third.Response != "(5 bytes of audio/amr)" || all[3].Code != 0 {
		t.Errorf("%+v", third)
	}
}

func TestFail_NextCallsOfAPath(t *testing.T) {
	h := newHost(t)
	h.Fail(apihost.Failure{Path: "/whose", Code: 45009, Times: 2})
	h.FailNext("", -1)
	h.FailNext("/nothing", 1)
	if failures, _ := h.Faults(); len(failures) != 3 || failures[0].Times != 2 || failures[1].Times != 1 {
		t.Errorf("%+v", failures)
	}
	for i, want := range []int{45009, 45009, -1, 0} {
		if got := h.code("ann"); got != want {
			t.Errorf("call %d: %d", i, got)
		}
	}
	h.Heal()
	if failures, _ := h.Faults(); len(failures) != 0 {
		t.Errorf("%+v are left", failures)
	}
}

func TestSuffer_DownAndSlow(t *testing.T) {
	h := newHost(t)
	h.Suffer(apihost.Outage{Down: true})
	if response, err := h.do("GET", "/whose", ""); response != nil || !strings.Contains(err, "EOF") {
		t.Errorf("down: %v, %s", response, err)
	}
	h.Suffer(apihost.Outage{Slow: 3 * time.Second})
	code := make(chan int)
	go func() { code <- h.code("ann") }()
	if err := h.clock.Wait(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	h.clock.Advance(3 * time.Second)
	if got := <-code; got != 0 {
		t.Errorf("slow: %d", got)
	}
	all, _ := h.traffic.After(0)
	if len(all) != 2 || !strings.Contains(all[0].Error, "down") || all[0].Status != 0 || time.Duration(all[1].Took) != 3*time.Second {
		t.Errorf("%+v", all)
	}
	if _, o := h.Faults(); o.Slow != 3*time.Second || o.Down {
		t.Errorf("%+v", o)
	}
	h.Heal()
	if got := h.code("ann"); got != 0 {
		t.Errorf("healed: %d", got)
	}
}

func TestLimit_CountsEachOwnerAndPeriod(t *testing.T) {
	h := newHost(t)
	for i, want := range []int{0, 0, 45009, 45009} {
		if got := h.code("limited"); got != want {
			t.Errorf("call %d: %d", i, got)
		}
	}
	if got := h.code("other"); got != 0 {
		t.Errorf("somebody else: %d", got)
	}
	h.ResetCounts("limited")
	if got := h.code("limited"); got != 0 {
		t.Errorf("after the reset: %d", got)
	}
	h.code("limited")
	h.clock.Advance(time.Hour)
	if got := h.code("limited"); got != 0 {
		t.Errorf("an hour later: %d", got)
	}
}
