package examine_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/chuanhuabot/bot/channels/internal/examine"
	"github.com/chuanhuabot/bot/channels/internal/wx"
	"github.com/chuanhuabot/bot/internal/report"
	"github.com/chuanhuabot/bot/sdk"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// serve returns the address of a server.
func serve(t *testing.T, answer http.HandlerFunc) string {
	t.Helper()
	server := httptest.NewServer(answer)
	t.Cleanup(server.Close)
	return server.URL
}

// begin returns an examination of the account of a platform whose API is at base.
func begin(t *testing.T, base string) *examine.Examination {
	t.Helper()
	api, err := wx.NewAPI(base, "", func(context.Context, *wx.API, bool) (wx.Token, error) {
		return wx.Token{Value: sdk.NewSecret("T"), Expires: time.Hour}, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(api.Close)
	return &examine.Examination{
		API: api, Base: base, Freshness: 5 * time.Minute, Platform: report.Say("平台", "Platform"), Pushes: report.Say("平台的消息", "messages of Platform"),
		Means: func(r *wx.Refusal) report.Meaning {
			return report.Meaning{Why: report.Say("因为", "because "+r.Text), Cure: report.Say("修", "mend it")}
		},
	}
}

// wantLast holds an examination to its newest finding, and that to both languages.
func wantLast(t *testing.T, e *examine.Examination, level report.Level, says string) {
	t.Helper()
	all := e.Findings()
	if len(all) == 0 {
		t.Errorf("nothing is found, want %q", says)
		return
	}
	f := all[len(all)-1]
	if f.Level != level || !strings.Contains(f.What.EN, says) || f.What.ZH == "" || (f.Cure.ZH == "") != (f.Cure.EN == "") || strings.Contains(fmt.Sprint(f), "%!") {
		t.Errorf("%+v, want %d and %q", f, level, says)
	}
}

func TestHost(t *testing.T) {
	at := func(ahead time.Duration) []string {
		return []string{time.Now().Add(-ahead).UTC().Format(http.TimeFormat)}
	}
	for name, test := range map[string]struct {
		date  []string
		level report.Level
		says  string
	}{
		"the same time": {at(0), report.OK, "agrees with Platform's"},
		"slow":          {at(-2 * time.Minute), report.Warning, "2m0s behind"},
		"fast":          {at(2 * time.Minute), report.Warning, "2m0s ahead"},
		"wrong":         {at(time.Hour), report.Fault, "1h0m0s ahead, more than freshness (5m0s): messages of Platform are refused"},
		"untold":        {nil, report.Hint, "not compared"},
	} {
		t.Run(name, func(t *testing.T) {
			e := begin(t, serve(t, func(w http.ResponseWriter, _ *http.Request) { w.Header()["Date"] = test.date }))
			if !e.Host(t.Context()) || len(e.Findings()) != 2 {
				t.Errorf("got %+v", e.Findings())
			}
			wantLast(t, e, test.level, test.says)
		})
	}
}

func TestHost_ThatDoesNotAnswer(t *testing.T) {
	e := begin(t, "http://127.0.0.1:1")
	if e.Host(t.Context()) || len(e.Findings()) != 1 {
		t.Errorf("got %+v", e.Findings())
	}
	wantLast(t, e, report.Fault, "the API's host http://127.0.0.1:1 does not answer: the connection is refused")
	if zh := e.Findings()[0].What.ZH; !strings.HasPrefix(zh, "连不上平台的接口服务器 http://127.0.0.1:1：") {
		t.Errorf("in Chinese: %s", zh)
	}
}

func TestSources(t *testing.T) {
	level := func(err error) report.Level {
		if wx.CodeOf(err) == 1 {
			return report.Hint
		}
		return report.Fault
	}
	for name, test := range map[string]struct {
		answer  string
		level   report.Level
		says    string
		details []string
	}{
		"told":    {`{"ip_list":["203.0.113.1","203.0.113.2"]}`, report.OK, "Platform calls the bot from these 2 addresses", []string{"203.0.113.1", "203.0.113.2"}},
		"many":    {`{"ip_list":["a"` + strings.Repeat(`,"a"`, 600) + `]}`, report.OK, "these 601 addresses", slices.Repeat([]string{"a"}, 500)},
		"a hint":  {`{"errcode":1,"errmsg":"no"}`, report.Hint, "are not told: because no (errcode 1)", nil},
		"a fault": {`{"errcode":2,"errmsg":"no"}`, report.Fault, "(errcode 2)", nil},
	} {
		t.Run(name, func(t *testing.T) {
			e := begin(t, serve(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, test.answer) }))
			if got := e.Sources(t.Context(), level); got != test.level {
				t.Errorf("got %d", got)
			}
			wantLast(t, e, test.level, test.says)
			if got := e.Findings()[0].Details; !slices.Equal(got, test.details) {
				t.Errorf("got %q", got)
			}
		})
	}
}

func TestKnock(t *testing.T) {
	e := begin(t, "")
	e.Local = serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet && r.URL.Path == "/wx" {
			_, _ = io.WriteString(w, r.URL.Query().Get("echostr"))
		}
	})
	a, ok := e.Knock(t.Context(), "/wx", url.Values{"echostr": {"a b"}})
	if !ok || !a.Is("a b") || a.Is("ab") || a.At != e.Local+"/wx" || len(e.Findings()) != 0 {
		t.Errorf("%+v, %t, %+v", a, ok, e.Findings())
	}
	wanted, compare := report.Say("回声", "the echo"), report.Say("核对", "compare")
	e.Unexpected(a, wanted, compare)
	wantLast(t, e, report.Fault, "/wx does not answer the echo (status 200)")
	a.Status = http.StatusForbidden
	if a.Is("a b") {
		t.Error("what was refused is an answer")
	}
	e.Unexpected(a, wanted, compare)
	wantLast(t, e, report.Fault, "/wx does not take the token")
}

func TestKnock_WhereNothingAnswers(t *testing.T) {
	for name, test := range map[string]struct {
		local string
		level report.Level
		says  string
	}{
		"not known":      {"", report.Hint, "no port of its own"},
		"nobody listens": {"http://127.0.0.1:1", report.Warning, "nothing listens at http://127.0.0.1:1"},
		"it hangs up":    {serve(t, func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }), report.Fault, "does not answer properly"},
		"no address":     {"http://[", report.Fault, "does not answer properly"},
	} {
		t.Run(name, func(t *testing.T) {
			e := begin(t, "")
			e.Local = test.local
			if a, ok := e.Knock(t.Context(), "/wx", url.Values{"signature": {"hush"}}); ok || a.Is("") {
				t.Errorf("%+v, %t", a, ok)
			}
			wantLast(t, e, test.level, test.says)
			if strings.Contains(fmt.Sprint(e.Findings()), "hush") {
				t.Errorf("the signature shows: %+v", e.Findings())
			}
		})
	}
}

func TestUnanswered(t *testing.T) {
	means := func(*wx.Refusal) report.Meaning {
		return report.Meaning{Why: report.Say("冻结", "it is frozen"), Cure: report.Say("解冻", "thaw it")}
	}
	what := report.Say("没有", "there is none")
	f := examine.Unanswered(report.Warning, what, fmt.Errorf("ask: %w", &wx.Refusal{Code: 7}), false, means)
	if f.Level != report.Warning || f.What.EN != "there is none: it is frozen (errcode 7)" || f.Cure.EN != "thaw it" || f.Details != nil {
		t.Errorf("refused: %+v", f)
	}
	f = examine.Unanswered(report.Fault, what, errors.New("Bad Gateway"), true, means)
	if f.Level != report.Fault || !strings.Contains(f.What.EN, "there is none: the proxy") || f.Cure.ZH == "" || !slices.Equal(f.Details, []string{"Bad Gateway"}) {
		t.Errorf("by a proxy: %+v", f)
	}
}
