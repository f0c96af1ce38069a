package kf

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chuanhuabot/bot/internal/logtest"
	wecom "github.com/chuanhuabot/bot/sandbox/kf"
	"github.com/chuanhuabot/bot/sdk"
)

// bellOf is the inside of a callback.
func bellOf(at time.Time, rest string) string {
	return fmt.Sprintf("<xml><ToUserName><![CDATA[%s]]></ToUserName><CreateTime>%d</CreateTime><MsgType>event</MsgType>%s</xml>",
		corpID, at.Unix(), rest)
}

const news1 = "<Event><![CDATA[kf_msg_or_event]]></Event><Token><![CDATA[ENCtoken]]></Token>"

// rung returns the bells of the accounts that a callback has rung, and the log. Its accounts are a and b from the beginning.
func rung(t *testing.T, plain string) (map[string]bell, *logtest.Buffer) {
	t.Helper()
	config, log := testConfig(), &logtest.Buffer{}
	c := newChannel(t, config, log)
	c.accounts.begin([]string{"wka", "wkb"})
	q, sealed := signed(t, plain, time.Now())
	wantStatus(t, plain, post(c, q, outer(sealed)), http.StatusOK, "success")
	all := map[string]bell{}
	for id, r := range c.accounts.readers {
		if b := r.rung(); !b.at.IsZero() {
			all[id] = b
		}
	}
	return all, log
}

func TestReceive_RingsWhoseBellItIs(t *testing.T) {
	made := time.Unix(time.Now().Unix()-100, 0)
	for name, test := range map[string]struct {
		rest  string
		token string
		want  []string
	}{
		"a known account":      {news1 + "<OpenKfId><![CDATA[wka]]></OpenKfId>", "ENCtoken", []string{"wka"}},
		"an account not known": {news1 + "<OpenKfId><![CDATA[wkc]]></OpenKfId>", "ENCtoken", []string{"wkc"}},
		"without CDATA":        {"<OpenKfId>wka</OpenKfId><Event>kf_msg_or_event</Event><Token>ENCt</Token>", "ENCt", []string{"wka"}},
		"no account":           {news1, "ENCtoken", []string{"wka", "wkb"}}, // As the platform did years ago.
		"no token":             {"<Event>kf_msg_or_event</Event><OpenKfId>wka</OpenKfId>", "", []string{"wka"}},
		"a strange account":    {news1 + "<OpenKfId><![CDATA[../../x]]></OpenKfId>", "", nil},
		"accounts granted": {"<FromUserName><![CDATA[sys]]></FromUserName><Event><![CDATA[kf_account_auth_change]]></Event>" +
			"<AuthAddOpenKfId><![CDATA[wkb]]></AuthAddOpenKfId><AuthAddOpenKfId><![CDATA[wkc]]></AuthAddOpenKfId>" +
			"<AuthDelOpenKfId><![CDATA[wka]]></AuthDelOpenKfId>", "", []string{"wkb", "wkc"}},
		"no account granted": {"<Event>kf_account_auth_change</Event><AuthAddOpenKfId></AuthAddOpenKfId>", "", nil},
		"another event":      {"<Event><![CDATA[change_contact]]></Event><OpenKfId>wka</OpenKfId>", "", nil},
		"no event":           {"<Content>hello</Content>", "", nil},
	} {
		got, _ := rung(t, bellOf(made, test.rest))
		for _, id := range test.want {
			if b := got[id]; b.token != test.token || !b.made.Equal(made) || time.Since(b.at) > patience {
				t.Errorf("%s: the bell of %s is %+v", name, id, b)
			}
		}
		if len(got) != len(test.want) {
			t.Errorf("%s: %d accounts were rung, want %v", name, len(got), test.want)
		}
	}
}

// TestReceive_WhenItWasMade: a time that nobody can believe is none.
func TestReceive_WhenItWasMade(t *testing.T) {
	for seconds, known := range map[string]bool{
		"1348831860": true, "0": false, "-1": false, "": false, "soon": false, "1348831860000": false, "9223372036854775807": false,
		"99999999999999999999": false,
	} {
		got, _ := rung(t, "<xml>"+news1+"<OpenKfId>wka</OpenKfId><CreateTime>"+seconds+"</CreateTime></xml>")
		made := got["wka"].made
		if is := !made.IsZero(); is != known {
			t.Errorf("%q was %v", seconds, made)
		}
		if _, err := made.Add(-time.Hour).MarshalJSON(); err != nil { // It goes into the store.
			t.Errorf("%q: %v", seconds, err)
		}
	}
}

func TestReceive_TellsOfAccountsThatAreTakenAway(t *testing.T) {
	_, log := rung(t, bellOf(time.Now(), "<Event>kf_account_auth_change</Event><AuthDelOpenKfId>wka</AuthDelOpenKfId>"))
	if got := log.String(); !strings.Contains(got, "may not use an account any more") || !strings.Contains(got, "account=wka") {
		t.Errorf("the log says %s", got)
	}
}

// TestReceive_Vectors: A2 is the message of another kind of app, S1 a bell.
func TestReceive_Vectors(t *testing.T) {
	for id, want := range map[string]string{"A2": "nothing to do with customer service", "S1": ""} {
		v, log := vectorOf(t, id), &logtest.Buffer{}
		c := newChannel(t, v.config(), log)
		plain := "<xml><ToUserName>x</ToUserName>\n<AgentID>218</AgentID>\n<Encrypt>" + v.Encrypt + "</Encrypt></xml>"
		for name, body := range map[string]string{"CDATA": outer(v.Encrypt), "no CDATA": plain} {
			wantStatus(t, id+" "+name, post(c, v.query(), body), http.StatusOK, "success")
		}
		if !strings.Contains(log.String(), want) {
			t.Errorf("%s: the log says %s", id, log)
		}
		r := c.accounts.readers["wkxxxxxxx"]
		if (r != nil) != (id == "S1") {
			t.Fatalf("%s: %+v", id, r)
		}
		if r == nil {
			continue
		}
		const token = "ENCApHxnGDNAVNY4AaSJKj4Tb5mwsEMzxhFmHVGcra996NR"
		if b := r.rung(); b.token != token || !b.made.Equal(time.Unix(1348831860, 0)) {
			t.Errorf("%s: %+v", id, b)
		}
	}
}

func TestReceive_WhatIsNotProvedIsRefused(t *testing.T) {
	plain := bellOf(time.Now(), news1+"<OpenKfId>wka</OpenKfId>")
	at := func(age time.Duration) (url.Values, string) {
		q, sealed := signed(t, plain, time.Now().Add(-age))
		return q, outer(sealed)
	}
	by := func(key, company string) (url.Values, string) {
		q, sealed := sealedBy(t, plain, time.Now(), key, company)
		return q, outer(sealed)
	}
	body := func(change func(string) string) func() (url.Values, string) {
		return func() (url.Values, string) {
			q, b := at(0)
			return q, change(b)
		}
	}
	query := func(change func(url.Values)) func() (url.Values, string) {
		return func() (url.Values, string) {
			q, b := at(0)
			change(q)
			return q, b
		}
	}
	replaced := func(old, by string) func(string) string {
		return func(b string) string { return strings.ReplaceAll(b, old, by) }
	}
	for name, test := range map[string]struct {
		make func() (url.Values, string)
		want int
	}{
		"all good":          {func() (url.Values, string) { return at(0) }, http.StatusOK},
		"a little late":     {func() (url.Values, string) { return at(4 * time.Minute) }, http.StatusOK},
		"stale":             {func() (url.Values, string) { return at(6 * time.Minute) }, http.StatusForbidden},
		"from the future":   {func() (url.Values, string) { return at(-6 * time.Minute) }, http.StatusForbidden},
		"another company":   {func() (url.Values, string) { return by(testKey, "wwffffffffffffffff") }, http.StatusBadRequest},
		"another key":       {func() (url.Values, string) { return by(strings.Repeat("x", 43), corpID) }, http.StatusBadRequest},
		"no body":           {body(func(string) string { return "" }), http.StatusForbidden},
		"not encrypted":     {body(func(string) string { return plain }), http.StatusForbidden},
		"no Encrypt":        {body(replaced("Encrypt", "Clear")), http.StatusForbidden},
		"another before it": {body(replaced("<Encrypt>", "<Encrypt>AAAA</Encrypt><Encrypt>")), http.StatusForbidden},
		"too long":          {body(func(b string) string { return b + strings.Repeat("\n", 1<<20) }), http.StatusRequestEntityTooLarge},
		"no signature":      {query(func(q url.Values) { q.Del("msg_signature") }), http.StatusForbidden},
		"no parameters":     {query(func(q url.Values) { clear(q) }), http.StatusForbidden},
		"another nonce":     {query(func(q url.Values) { q.Set("nonce", "1") }), http.StatusForbidden},
		"another timestamp": {query(func(q url.Values) { q.Set("timestamp", "1") }), http.StatusForbidden},
		"no Base64, though good": {func() (url.Values, string) {
			q := url.Values{}
			sign(q, testToken, "%%")
			return q, outer("%%")
		}, http.StatusBadRequest},
	} {
		log := &logtest.Buffer{}
		c := newChannel(t, testConfig(), log)
		q, body := test.make()
		w := post(c, q, body)
		if w.Code != test.want || w.Code != http.StatusOK && w.Body.Len() > 0 {
			t.Errorf("%s: %d %q", name, w.Code, w.Body)
		}
		refused, bells := strings.Contains(log.String(), "request refused"), len(c.accounts.readers)
		if refused != (test.want != http.StatusOK) || (bells > 0) == refused {
			t.Errorf("%s: %d bells, the log says %s", name, bells, log)
		}
	}
}

// TestReceive_DamagedCallbacksAreAcknowledged: they are the platform's own words, and a repeat would be the same.
func TestReceive_DamagedCallbacksAreAcknowledged(t *testing.T) {
	for _, plain := range []string{"", "hello", "<xml><Event>", `{"Event":"x"}`, "<!DOCTYPE xml><xml></xml>", "<xml>a<b/></xml>"} {
		got, log := rung(t, plain)
		if len(got) > 0 || !strings.Contains(log.String(), "callback not understood") {
			t.Errorf("%q: %v, log %s", plain, got, log)
		}
	}
}

func TestServeHTTP_Methods(t *testing.T) {
	c := newChannel(t, testConfig(), &logtest.Buffer{})
	for _, method := range []string{http.MethodPut, http.MethodHead, http.MethodDelete, "PROPFIND"} {
		w := httptest.NewRecorder()
		c.ServeHTTP(w, httptest.NewRequest(method, "/kf", nil))
		wantStatus(t, method, w, http.StatusMethodNotAllowed, "")
		if got := w.Header().Get("Allow"); got != "GET, POST" {
			t.Errorf("%s: allowed is %q", method, got)
		}
	}
}

func TestServeHTTP_APersonSeesAPage(t *testing.T) {
	w := visit(newChannel(t, testConfig(), &logtest.Buffer{}), "utm_source=x")
	body := w.Body.String()
	if w.Code != http.StatusOK || !strings.Contains(body, "此地址工作正常") || !strings.Contains(body, "This address works") {
		t.Errorf("got %d %s", w.Code, body)
	}
	if h := w.Header(); h.Get("Content-Type") != "text/html; charset=utf-8" || h.Get("X-Content-Type-Options") != "nosniff" {
		t.Errorf("got %v", h)
	}
}

// TestReceive_NeverWaitsForTheAPI: the platform gives up after five seconds and rings again.
func TestReceive_NeverWaitsForTheAPI(t *testing.T) {
	s := newStage(t, wecom.Rules{})
	hang := make(chan struct{})
	t.Cleanup(sync.OnceFunc(func() { close(hang) }))
	asked := make(chan struct{}, 1)
	s.intercept(func(http.ResponseWriter, *http.Request) bool {
		select {
		case asked <- struct{}{}:
		default:
		}
		<-hang
		return false
	})
	s.start(echo)
	<-asked
	var all sync.WaitGroup
	for n := range 20 {
		all.Go(func() {
			q, sealed := signed(t, bellOf(time.Now(), fmt.Sprintf("%s<OpenKfId>wk%d</OpenKfId>", news1, n%5)), time.Now())
			began := time.Now()
			response, err := http.Post(s.bot.hook.URL+"/kf?"+q.Encode(), "text/xml", bytes.NewReader([]byte(outer(sealed))))
			if err != nil {
				t.Error(err)
				return
			}
			response.Body.Close()
			if took := time.Since(began); response.StatusCode != http.StatusOK || took > time.Second { // The race detector takes its time.
				t.Errorf("%s after %v", response.Status, took)
			}
		})
	}
	all.Wait()
	http.DefaultClient.CloseIdleConnections()
}

// TestVerify_ByTheConsole has the simulated console check the URL, without a secret: it shows that only then (kf.weixin.qq.com).
func TestVerify_ByTheConsole(t *testing.T) {
	s := newStage(t, wecom.Rules{})
	s.config.Secret = sdk.Secret{}
	s.start(echo)
	if err := s.corp.Verify(t.Context()); err != nil {
		t.Error(err)
	}
	settings := s.corp.Settings()
	settings.Token = "another"
	if err := s.corp.Set(settings); err != nil {
		t.Fatal(err)
	}
	if err := s.corp.Verify(t.Context()); err == nil {
		t.Error("another token is good too")
	}
}

// TestReceive_Faults has the simulated platform ring in every wrong way: what it says later is answered all the same.
func TestReceive_Faults(t *testing.T) {
	for name, fault := range map[string]wecom.Fault{
		"lost": {Lost: 1}, "twice": {Duplicates: 2}, "cut off": {Truncated: true}, "another token": {WrongSignature: true},
		"another company": {WrongID: true}, "a DOCTYPE": {Doctype: true}, "long": {Large: true},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStage(t, wecom.Rules{TryTimeout: 100 * time.Millisecond, Tries: 2})
			s.start(echo)
			s.say(ann, wecom.Text("one"))
			s.sees(ann, "re one")
			if _, err := s.account.Push(t.Context(), wecom.Push{Customer: ann, Content: wecom.Text("two"), Fault: fault}); err != nil {
				t.Fatal(err)
			}
			s.say(ann, wecom.Text("three"))
			s.sees(ann, "re one", "re two", "re three")
		})
	}
}
