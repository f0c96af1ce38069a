package app_test

import (
	"context"
	"errors"
	"io"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chuanhuabot/bot/internal/app"
	"github.com/chuanhuabot/bot/internal/golden"
	"github.com/chuanhuabot/bot/internal/report"
	"github.com/chuanhuabot/bot/sandbox"
	"github.com/chuanhuabot/bot/sandbox/apihost"
	"github.com/chuanhuabot/bot/sandbox/kf"
)

// examinedKF is a bot.yaml whose company is of the simulated platform.
const examinedKF = `
listen: "LISTEN"
channels:
  work:
    kf: {path: /kf, corp_id: ww0123456789abcdef, secret: ` + secret + `, token: testtoken, api_base: "API", aes_key: ` + aesKey + `}
plugins: {echo: {}}
routes: [{to: [echo]}]
`

// clinicKF is the platform of customer service, the company of bot.yaml with an account and two servicers, and the bot behind it.
type clinicKF struct {
	*clinic
	account *kf.Account
}

func newClinicKF(t *testing.T) *clinicKF {
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
	c := &clinicKF{clinic: &clinic{t: t, box: box, api: box.APIBase("kf"), text: examinedKF}}
	c.account, err = box.World().AddKF("小助手", kf.Settings{CorpID: "ww0123456789abcdef", Secret: secret, Token: "testtoken", AESKey: aesKey})
	if err != nil {
		t.Fatal(err)
	}
	c.bot = run(t, c.filled("127.0.0.1:0"))
	c.listen = strings.TrimSuffix(strings.TrimPrefix(c.bot.url, "http://"), "/wx")
	c.set(func(s *kf.Settings) { s.URL = "http://" + c.listen + "/kf" })
	return c
}

func (c *clinicKF) set(change func(*kf.Settings)) {
	c.t.Helper()
	s := c.account.Corp().Settings()
	change(&s)
	if err := c.account.Corp().Set(s); err != nil {
		c.t.Fatal(err)
	}
}

// fail refuses the calls of path from now on. The bot makes some as well.
func (c *clinicKF) fail(path string, code int) {
	c.box.World().KF.Host().Fail(apihost.Failure{Path: path, Code: code, Times: 1000})
}

// Each case is named as its golden files, which are what an operator reads.
func TestDoctorKF(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func(*clinicKF)
		fault bool
	}{
		"well":                  {func(*clinicKF) {}, false},
		"no-secret":             {func(c *clinicKF) { c.write("secret: "+secret+", ", "") }, false},
		"wrong-secret":          {func(c *clinicKF) { c.write(secret, strings.Repeat("0", 32)) }, true},
		"wrong-corp-id":         {func(c *clinicKF) { c.write("ww0123456789abcdef", "wwffffffffffffffff") }, true},
		"not-trusted":           {func(c *clinicKF) { c.set(func(s *kf.Settings) { s.Addresses = []string{"203.0.113.7"} }) }, true},
		"quota-used-up":         {func(c *clinicKF) { c.fail("/cgi-bin/getcallbackip", 45009) }, true},
		"not-allowed":           {func(c *clinicKF) { c.fail("/cgi-bin/kf/account/list", 48002) }, true},
		"secret-of-kf-weixin":   {func(c *clinicKF) { c.fail("/cgi-bin/kf/account/list", 95011) }, true},
		"secret-of-an-app":      {func(c *clinicKF) { c.fail("/cgi-bin/kf/account/list", 95012) }, true},
		"api-switched-off":      {func(c *clinicKF) { c.fail("/cgi-bin/kf/account/list", 95017) }, true},
		"busy":                  {func(c *clinicKF) { c.fail("/cgi-bin/kf/account/list", -1) }, false},
		"no-accounts":           {func(c *clinicKF) { c.grant(false) }, false},
		"account-of-nobody":     {func(c *clinicKF) { c.write("path: /kf", "path: /kf, accounts: [wkNobody]") }, true},
		"account-not-granted":   {func(c *clinicKF) { c.write("path: /kf", "path: /kf, accounts: ["+c.account.ID()+"]"); c.grant(false) }, true},
		"not-managed-by-api":    {func(c *clinicKF) { c.account.SetManaged(false) }, false},
		"nobody-receives":       {func(c *clinicKF) { c.receives(false) }, false},
		"not-verified":          {func(c *clinicKF) { c.fail("/cgi-bin/kf/get_corp_qualification", 43009) }, false},
		"clock-wrong":           {func(c *clinicKF) { c.late(-time.Hour) }, true},
		"api-down":              {func(c *clinicKF) { c.box.World().KF.Host().Suffer(apihost.Outage{Down: true}) }, true},
		"bot-not-running":       {func(c *clinicKF) { c.listen = closed(c.t) }, false},
		"bot-has-another-token": {func(c *clinicKF) { c.write("testtoken", "othertoken") }, true},
		"bot-has-another-key":   {func(c *clinicKF) { c.write(aesKey, strings.Repeat("A", 43)) }, true},
		"bot-at-another-path":   {func(c *clinicKF) { c.write("path: /kf", "path: /wecom") }, true},
	} {
		t.Run(name, func(t *testing.T) {
			clinic := newClinicKF(t)
			c.spoil(clinic)
			for _, l := range []report.Language{report.Chinese, report.English} {
				got, err := clinic.examine(l)
				if wrong := errors.Is(err, app.ErrProblems); wrong != c.fault || err != nil && !wrong {
					t.Errorf("error %v", err)
				}
				golden.Compare(t, filepath.Join("testdata", "doctor", "kf-"+name+"."+string(l)), got)
			}
		})
	}
}

func (c *clinicKF) grant(granted bool) {
	c.t.Helper()
	if _, err := c.account.SetGranted(c.t.Context(), granted); err != nil {
		c.t.Fatal(err)
	}
}

func (c *clinicKF) receives(receiving bool) {
	c.t.Helper()
	for _, s := range c.account.Servicers() {
		if err := c.account.SetReceiving(c.t.Context(), s.ID, receiving); err != nil {
			c.t.Fatal(err)
		}
	}
}

// TestDoctorKF_DisturbsNobody holds it to what it promises: the bot that runs goes on, and no person sees anything.
func TestDoctorKF_DisturbsNobody(t *testing.T) {
	c := newClinicKF(t)
	const ann = "wmTestUser00000000000000000001"
	said := func(n int) func() bool {
		return func() bool { return len(c.account.Transcript(ann)) >= n }
	}
	say := func(n int) {
		if out, err := c.account.Say(t.Context(), ann, kf.Text("hi")); err != nil || !out.Answered {
			t.Fatalf("%+v, %v", out, err)
		}
		until(t, "an answer", said(n))
	}
	say(2)
	for range 2 {
		if out, err := c.examine(report.English); err != nil {
			t.Errorf("%v: %s", err, out)
		}
	}
	if n := len(c.account.Transcript(ann)); n != 2 {
		t.Errorf("%d entries", n)
	}
	say(4)
}

func TestDoctorKF_Interrupted(t *testing.T) {
	c := newClinicKF(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := app.Doctor(ctx, write(t, c.filled(c.listen)), report.English, io.Discard); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}
