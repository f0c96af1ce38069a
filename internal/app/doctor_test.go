package app_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chuanhuabot/bot/internal/app"
	"github.com/chuanhuabot/bot/internal/golden"
	"github.com/chuanhuabot/bot/internal/report"
	"github.com/chuanhuabot/bot/sandbox"
	"github.com/chuanhuabot/bot/sandbox/apihost"
	"github.com/chuanhuabot/bot/sandbox/mp"
)

const secret = "0123456789abcdef0123456789abcdef"

// examined is a bot.yaml whose account is of the simulated platform.
const examined = `
listen: "LISTEN"
channels:
  wx:
    mp: {path: /wx, app_id: wx0123456789abcdef, app_secret: ` + secret + `, token: testtoken, account: verified, api_base: "API", mode: safe, aes_key: ` + aesKey + `}
plugins: {echo: {}}
routes: [{to: [echo]}]
`

// clinic is a platform, the account of bot.yaml on it, and the bot behind it.
type clinic struct {
	t       *testing.T
	box     *sandbox.Sandbox
	account *mp.Account
	bot     *bot
	api     string // What bot.yaml has as api_base.
	listen  string // What it has as listen.
	text    string
}

func newClinic(t *testing.T) *clinic {
	t.Helper()
	box, err := sandbox.Start(sandbox.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := box.Close(); err != nil {
			t.Error(err)
		}
	})
	c := &clinic{t: t, box: box, api: box.APIBase("mp"), text: examined}
	c.account, err = box.World().AddMP("wx", mp.Settings{
		ID: "gh_test", AppID: "wx0123456789abcdef", Secret: secret, Token: "testtoken", AESKey: aesKey, Mode: mp.ModeSafe, Kind: mp.Verified,
	})
	if err != nil {
		t.Fatal(err)
	}
	c.bot = run(t, c.filled("127.0.0.1:0"))
	c.listen = strings.TrimSuffix(strings.TrimPrefix(c.bot.url, "http://"), "/wx")
	c.set(func(s *mp.Settings) { s.URL = c.bot.url })
	return c
}

func (c *clinic) filled(listen string) string {
	return strings.NewReplacer("LISTEN", listen, "API", c.api).Replace(c.text)
}

func (c *clinic) set(change func(*mp.Settings)) {
	c.t.Helper()
	s := c.account.Settings()
	change(&s)
	if err := c.account.Set(s); err != nil {
		c.t.Fatal(err)
	}
}

// write changes bot.yaml after the bot was started.
func (c *clinic) write(old, text string) {
	c.t.Helper()
	if !strings.Contains(c.text, old) {
		c.t.Fatalf("no %q in bot.yaml", old)
	}
	c.text = strings.Replace(c.text, old, text, 1)
}

// examine returns what the doctor says, with what is the same in each run.
func (c *clinic) examine(l report.Language) (string, error) {
	c.t.Helper()
	var out bytes.Buffer
	path := write(c.t, c.filled(c.listen))
	err := app.Doctor(c.t.Context(), path, l, &out)
	host, _, _ := strings.Cut(strings.TrimPrefix(c.api, "http://"), "/")
	text := strings.NewReplacer(c.api, "https://API", host, "API", c.listen, "BOT", filepath.Dir(path)+"/", "").Replace(out.String())
	if strings.Contains(text, secret) || strings.Contains(text, aesKey) || strings.Contains(text, "testtoken") || strings.Contains(text, "access_token=") {
		c.t.Errorf("a secret shows:\n%s", text)
	}
	return text, err
}

// late answers in the platform's name at another time.
func (c *clinic) late(off time.Duration) {
	at, err := url.Parse(c.box.URL())
	if err != nil {
		c.t.Fatal(err)
	}
	proxy := httputil.NewSingleHostReverseProxy(at)
	transport := &http.Transport{DisableKeepAlives: true}
	proxy.Transport = transport
	proxy.ModifyResponse = func(r *http.Response) error {
		r.Header.Set("Date", time.Now().Add(off).UTC().Format(http.TimeFormat))
		return nil
	}
	server := httptest.NewServer(proxy)
	c.t.Cleanup(server.Close)
	c.api = server.URL + c.api[strings.LastIndex(c.api, "/"):]
}

// closed returns an address at which nothing listens.
func closed(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return fmt.Sprint(l.Addr())
}

// Each case is named as its golden files, which are what an operator reads.
func TestDoctor(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func(*clinic)
		fault bool
	}{
		"well":         {func(*clinic) {}, false},
		"wrong-secret": {func(c *clinic) { c.write(secret, strings.Repeat("0", 32)) }, true},
		"wrong-app-id": {func(c *clinic) { c.write("wx0123456789abcdef", "wxffffffffffffffff") }, true},
		"not-on-the-ip-list": {func(c *clinic) {
			c.set(func(s *mp.Settings) { s.Addresses = []string{"203.0.113.7"} })
		}, true},
		"frozen-secret": {func(c *clinic) { c.fail("/cgi-bin/stable_token", 40243) }, true},
		"not-verified":  {func(c *clinic) { c.set(func(s *mp.Settings) { s.Kind = mp.Unverified }) }, true},
		"verified-after-all": {func(c *clinic) {
			c.write("account: verified", "account: unverified")
		}, false},
		"no-app-secret":        {func(c *clinic) { c.write("app_secret: "+secret+", ", "") }, true},
		"clock-slow":           {func(c *clinic) { c.late(2 * time.Minute) }, false},
		"clock-wrong":          {func(c *clinic) { c.late(-time.Hour) }, true},
		"api-down":             {func(c *clinic) { c.box.World().MP.Host().Suffer(apihost.Outage{Down: true}) }, true},
		"api-refuses":          {func(c *clinic) { c.api = "http://" + closed(c.t) + "/mp" }, true},
		"api-behind-no-proxy":  {func(c *clinic) { c.write("mode: safe", "mode: safe, proxy: 'http://127.0.0.1:1'") }, true},
		"no-callback-url":      {func(c *clinic) { c.set(func(s *mp.Settings) { s.URL = "" }) }, true},
		"callback-out-of-ping": {func(c *clinic) { c.set(func(s *mp.Settings) { s.URL = "https://203.0.113.8/wx" }) }, false},
		"callback-out-of-dns":  {func(c *clinic) { c.set(func(s *mp.Settings) { s.URL = "https://bot.invalid/wx" }) }, false},
		"bot-not-running":      {func(c *clinic) { c.listen = closed(c.t) }, false},
		"bot-has-another-token": {func(c *clinic) {
			c.write("testtoken", "othertoken")
		}, true},
		"bot-at-another-path": {func(c *clinic) { c.write("path: /wx", "path: /weixin") }, true},
		"port-of-the-system":  {func(c *clinic) { c.listen = "127.0.0.1:0" }, false},
		"quota-used-up":       {func(c *clinic) { c.fail("/cgi-bin/getcallbackip", 45009, 2) }, true},
		"busy":                {func(c *clinic) { c.fail("/cgi-bin/message/custom/typing", -1) }, false},
		"menu-not-allowed": {func(c *clinic) {
			c.set(func(s *mp.Settings) { s.Kind = mp.Unverified })
			c.write("account: verified", "account: unverified, menu: [{name: 帮助, key: HELP}]")
		}, true},
		"menu-not-pushed": {func(c *clinic) { c.write("mode: safe", "mode: safe, menu: [{name: 帮助, key: HELP}]") }, false},
		"test-account-in-safe-mode": {func(c *clinic) {
			c.write("account: verified", "account: test")
		}, false},
		"plugin-broken": {func(c *clinic) { c.write("echo: {}", "echo: {config: {prefx: a}}") }, true},
		"plain-mode":    {func(c *clinic) { c.write("mode: safe", "mode: plain") }, false},
	} {
		t.Run(name, func(t *testing.T) {
			for _, l := range []report.Language{report.Chinese, report.English} {
				clinic := newClinic(t)
				c.spoil(clinic)
				got, err := clinic.examine(l)
				if wrong := errors.Is(err, app.ErrProblems); wrong != c.fault || err != nil && !wrong {
					t.Errorf("error %v", err)
				}
				golden.Compare(t, filepath.Join("testdata", "doctor", name+"."+string(l)), got)
			}
		})
	}
}

// fail refuses the next call of path, or the one after some: the first visit of the doctor has no token.
func (c *clinic) fail(path string, code int, times ...int) {
	f := apihost.Failure{Path: path, Code: code}
	for _, n := range times {
		f.Times = n
	}
	c.box.World().MP.Host().Fail(f)
}

// TestDoctor_DisturbsNobody holds it to what it promises: no person sees anything, the bot gets no message, and keeps its token.
func TestDoctor_DisturbsNobody(t *testing.T) {
	c := newClinic(t)
	if out, err := c.account.Say(t.Context(), "oAnn", mp.Text("hi")); err != nil || out.Reply == nil {
		t.Fatalf("%+v, %v", out, err)
	}
	until(t, "the end of the turn in the log", func() bool { return strings.Contains(c.bot.log.String(), "delivery sent") })
	c.account.InvalidateTokens() // Somebody would replace the token by force now.
	before, logged := len(c.account.Transcript("oAnn")), c.bot.log.String()
	for range 2 { // With a refresh by force, the second one would be refused.
		if out, err := c.examine(report.English); err != nil {
			t.Errorf("%v: %s", err, out)
		}
	}
	exchanges, _ := c.box.World().Traffic.After(0)
	for _, exchange := range exchanges {
		if strings.Contains(exchange.Request, `"force_refresh":true`) || strings.Contains(exchange.URL, "custom/send") {
			t.Errorf("the doctor called %s with %s", exchange.URL, exchange.Request)
		}
	}
	if after := len(c.account.Transcript("oAnn")); after != before || c.bot.log.String() != logged {
		t.Errorf("%d entries after %d; the bot logged %s", after, before, strings.TrimPrefix(c.bot.log.String(), logged))
	}
}

func TestDoctor_NeverForcesAToken(t *testing.T) {
	c := newClinic(t)
	c.fail("/cgi-bin/menu/get", 40001, 3)
	if out, err := c.examine(report.English); err != nil || !strings.Contains(out, "errcode 40001") {
		t.Errorf("%v: %s", err, out)
	}
	if failures, _ := c.box.World().MP.Host().Faults(); len(failures) != 1 || failures[0].Times != 1 {
		t.Errorf("left: %+v", failures)
	}
	exchanges, _ := c.box.World().Traffic.After(0)
	for _, exchange := range exchanges {
		if strings.Contains(exchange.Request, `"force_refresh":true`) {
			t.Errorf("the doctor called %s with %s", exchange.URL, exchange.Request)
		}
	}
}

func TestDoctor_Interrupted(t *testing.T) {
	c := newClinic(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := app.Doctor(ctx, write(t, c.filled(c.listen)), report.English, io.Discard); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestDoctor_FileThatIsWrong(t *testing.T) {
	var out bytes.Buffer
	err := app.Doctor(t.Context(), write(t, strings.Replace(plain, "app_id", "appid", 1)), report.English, &out)
	if !errors.Is(err, app.ErrProblems) || !strings.Contains(out.String(), "channels.wx.mp.app_id: missing") {
		t.Errorf("%v: %s", err, out.String())
	}
}
