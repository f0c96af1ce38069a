package kf

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chuanhuabot/bot/internal/report"
	wecom "github.com/chuanhuabot/bot/sandbox/kf"
	"github.com/chuanhuabot/bot/sdk"
)

// examine returns what the doctor finds out about a stage, and holds that nothing of it is secret or in one language only.
func (s *stage) examine() []report.Finding {
	s.t.Helper()
	local := ""
	if s.bot != nil {
		local = s.bot.hook.URL
	}
	return s.examineAt(local)
}

func (s *stage) examineAt(local string) []report.Finding {
	s.t.Helper()
	c, err := New("work", s.config, s.store, "this machine", s.log.Logger())
	if err != nil {
		s.t.Fatal(err)
	}
	found := c.Examine(s.t.Context(), local)
	for _, f := range found {
		all := fmt.Sprint(f)
		for _, hidden := range []string{"hush", testToken, testKey, "access_token=", "echostr="} {
			if strings.Contains(all, hidden) {
				s.t.Errorf("a secret shows: %s", all)
			}
		}
		if f.What.ZH == "" || f.What.EN == "" || (f.Cure.ZH == "") != (f.Cure.EN == "") || f.Level >= report.Warning && f.Cure.EN == "" && !strings.Contains(all, "errcode") {
			s.t.Errorf("not in both languages, or without a cure: %+v", f)
		}
	}
	return found
}

// finding returns the finding that says something.
func finding(t *testing.T, all []report.Finding, says string) report.Finding {
	t.Helper()
	i := slices.IndexFunc(all, func(f report.Finding) bool { return strings.Contains(f.What.EN, says) })
	if i < 0 {
		t.Errorf("nothing says %q in %+v", says, all)
		return report.Finding{Level: -1}
	}
	return all[i]
}

// worst returns how bad it is.
func worst(all []report.Finding) (l report.Level) {
	for _, f := range all {
		l = max(l, f.Level)
	}
	return l
}

// answer lets the API answer one call with something of its own.
func (s *stage) answer(path, answer string) {
	s.intercept(func(w http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path != path {
			return false
		}
		_, _ = fmt.Fprint(w, answer)
		return true
	})
}

func TestDoctor_Well(t *testing.T) {
	s := newStage(t, wecom.Rules{})
	s.start(echo)
	found := s.examine()
	if worst(found) != report.Hint {
		t.Errorf("got %+v", found)
	}
	for says, level := range map[string]report.Level{
		"answers": report.OK, "clock agrees": report.OK, "corp_id and secret are right": report.OK, "from these 2 addresses": report.OK,
		"app sees: 1": report.OK, "servicers receive customers": report.Hint, "no WeChat Channels account": report.Hint, "passes the check of the URL": report.OK,
	} {
		if f := finding(t, found, says); f.Level != level {
			t.Errorf("%s: %+v", says, f)
		}
	}
	if f := finding(t, found, "app sees: 1"); !slices.Equal(f.Details, []string{"客服小助手 (" + s.account.ID() + ")"}) {
		t.Errorf("got %q", f.Details)
	}
	if f := finding(t, found, "servicers receive"); len(f.Details) != 1 || !strings.HasSuffix(f.Details[0], ": "+zhang+", "+li) {
		t.Errorf("got %q", f.Details)
	}
}

// TestDoctor_EveryCode lets each call of the doctor be refused with each code.
func TestDoctor_EveryCode(t *testing.T) {
	const never = report.Level(-1)
	s := newStage(t, wecom.Rules{})
	for path, test := range map[string]struct {
		says string
		as   func(code int) report.Level
	}{
		"/cgi-bin/gettoken": {"no access token", func(int) report.Level { return report.Fault }},
		"/cgi-bin/getcallbackip": {"callbacks come from are not told", func(code int) report.Level {
			if code == 60020 || code == 45009 {
				return report.Fault
			}
			return report.Hint
		}},
		"/cgi-bin/kf/account/list":  {"accounts are not told", levelOfCode},
		"/cgi-bin/kf/servicer/list": {"cannot be used", levelOfCode},
		"/cgi-bin/kf/get_corp_qualification": {"how many customers", func(code int) report.Level {
			if code == 43009 {
				return never // It has words of its own.
			}
			return report.Hint
		}},
	} {
		for _, code := range []int{
			-1, 6000, 40001, 40013, 40014, 40091, 42001, 43009, 45009, 45033, 48002, 48007, 50003, 60011, 60020, 95000, 95004, 95011, 95012, 95017, 95023, 99999,
		} {
			s.answer(path, fmt.Sprintf(`{"errcode":%d,"errmsg":"refused, hint: [1], from ip: 203.0.113.7, more info at https://"}`, code))
			level := test.as(code)
			if level == never {
				continue
			}
			f := finding(t, s.examine(), test.says)
			if f.Level != level || !strings.Contains(f.What.EN, fmt.Sprint("errcode ", code)) || !strings.Contains(f.What.ZH, fmt.Sprint("errcode ", code)) {
				t.Errorf("%s: %d: %+v", path, code, f)
			}
			if level == report.Fault && code != 99999 && f.Cure.ZH == "" {
				t.Errorf("%s: %d has no cure: %+v", path, code, f)
			}
			if code == 60020 && (!strings.Contains(f.What.EN, "203.0.113.7") || !strings.Contains(f.Cure.ZH, "203.0.113.7")) {
				t.Errorf("%s: the address does not show: %+v", path, f)
			}
		}
	}
}

func levelOfCode(code int) report.Level {
	if slices.Contains([]int{-1, 6000, 45033, 99999}, code) {
		return report.Warning
	}
	return report.Fault
}

func TestDoctor_GoesNoFurtherThanItCan(t *testing.T) {
	for name, spoil := range map[string]func(*stage){
		"no secret":    func(s *stage) { s.config.Secret = sdk.Secret{} },
		"wrong secret": func(s *stage) { s.config.Secret = sdk.NewSecret("another-hush") },
		"wrong corp":   func(s *stage) { s.config.CorpID = "wwffffffffffffffff" },
		"not trusted":  func(s *stage) { set(s, func(c *wecom.Settings) { c.Addresses = []string{"203.0.113.7"} }) },
		"no host":      func(s *stage) { s.config.APIBase = "http://127.0.0.1:1" },
		"no proxy":     func(s *stage) { s.config.Proxy = sdk.NewSecret("http://user:hush@127.0.0.1:1") },
	} {
		t.Run(name, func(t *testing.T) {
			s := newStage(t, wecom.Rules{})
			spoil(s)
			found := s.examine()
			if f := finding(t, found, "were not examined"); f.Level != report.Hint {
				t.Errorf("got %+v", f)
			}
			if slices.ContainsFunc(found, func(f report.Finding) bool { return strings.Contains(f.What.EN, "customers in all") }) {
				t.Errorf("it asks on: %+v", found)
			}
			if want := map[bool]report.Level{true: report.Warning, false: report.Fault}[name == "no secret"]; worst(found) != want {
				t.Errorf("got %+v", found)
			}
		})
	}
}

func set(s *stage, change func(*wecom.Settings)) {
	s.t.Helper()
	settings := s.corp.Settings()
	change(&settings)
	if err := s.corp.Set(settings); err != nil {
		s.t.Fatal(err)
	}
}

func TestDoctor_WithoutASecret(t *testing.T) {
	s := newStage(t, wecom.Rules{})
	s.config.Secret = sdk.Secret{}
	s.start(echo)
	found := s.examine()
	f := finding(t, found, "there is no secret")
	if f.Level != report.Warning || !strings.Contains(f.Cure.EN, "only after it has verified the URL") || !strings.Contains(f.Cure.ZH, "验证通过之后") {
		t.Errorf("got %+v", f)
	}
	if f := finding(t, found, "passes the check of the URL"); f.Level != report.OK {
		t.Errorf("got %+v", f)
	}
}

func TestDoctor_Clock(t *testing.T) {
	s := newStage(t, wecom.Rules{})
	for off, test := range map[time.Duration]struct {
		says  string
		level report.Level
	}{
		0: {"agrees", report.OK}, -2 * time.Minute: {"2m0s ahead", report.Warning}, 2 * time.Minute: {"2m0s behind", report.Warning}, time.Hour: {"1h0m0s behind", report.Fault},
	} {
		s.intercept(func(w http.ResponseWriter, _ *http.Request) bool {
			w.Header().Set("Date", time.Now().Add(off).UTC().Format(http.TimeFormat))
			return false
		})
		if f := finding(t, s.examine(), "clock"); f.Level != test.level || !strings.Contains(f.What.EN, test.says) {
			t.Errorf("%s: %+v", off, f)
		}
	}
	s.intercept(func(w http.ResponseWriter, _ *http.Request) bool {
		w.Header()["Date"] = nil
		return false
	})
	if f := finding(t, s.examine(), "clock"); f.Level != report.Hint {
		t.Errorf("no time: %+v", f)
	}
}

// TestDoctor_DisturbsNobody holds it to what it promises: it reads and sends nothing, and the bot keeps its token.
func TestDoctor_DisturbsNobody(t *testing.T) {
	s := newStage(t, wecom.Rules{})
	s.start(echo)
	s.say(ann, wecom.Text("hi"))
	s.sees(ann, "re hi")
	s.stop()
	var mu sync.Mutex
	var calls []string
	s.intercept(func(_ http.ResponseWriter, r *http.Request) bool {
		mu.Lock()
		defer mu.Unlock()
		calls = append(calls, r.Method+" "+r.URL.Path)
		return false
	})
	before, logged := len(s.account.Transcript(ann)), s.log.String()
	for range 2 {
		s.examineAt("")
	}
	want := []string{
		"GET /cgi-bin/getcallbackip", "GET /cgi-bin/gettoken", "GET /cgi-bin/kf/servicer/list", "POST /cgi-bin/kf/account/list", "POST /cgi-bin/kf/get_corp_qualification",
	}
	slices.Sort(calls)
	if got := slices.Compact(calls); !slices.Equal(got, want) {
		t.Errorf("the doctor called %q", got)
	}
	if after := len(s.account.Transcript(ann)); after != before || s.log.String() != logged {
		t.Errorf("%d entries after %d; log: %s", after, before, strings.TrimPrefix(s.log.String(), logged))
	}
}

func TestDoctor_EndsWithItsContext(t *testing.T) {
	s := newStage(t, wecom.Rules{})
	c, err := New("work", s.config, s.store, "this machine", s.log.Logger())
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	s.intercept(func(_ http.ResponseWriter, r *http.Request) bool {
		cancel()
		<-r.Context().Done()
		return true
	})
	if found := c.Examine(ctx, ""); worst(found) != report.Fault {
		t.Errorf("got %+v", found)
	}
}
