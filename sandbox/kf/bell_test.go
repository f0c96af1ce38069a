package kf_test

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/chuanhuabot/bot/sandbox/kf"
	"github.com/chuanhuabot/bot/sandbox/wire"
)

var (
	inner = regexp.MustCompile(`^<xml><ToUserName><!\[CDATA\[ww0123456789abcdef\]\]></ToUserName><CreateTime>1790856000</CreateTime>` +
		`<MsgType><!\[CDATA\[event\]\]></MsgType><Event><!\[CDATA\[kf_msg_or_event\]\]></Event><Token><!\[CDATA\[ENC[\w-]{20,120}\]\]></Token>` +
		`<OpenKfId><!\[CDATA\[wk[\w-]{30}\]\]></OpenKfId></xml>$`)
	outer = regexp.MustCompile(`^<xml><ToUserName><!\[CDATA\[ww0123456789abcdef\]\]></ToUserName><AgentID><!\[CDATA\[\]\]></AgentID>` +
		`<Encrypt><!\[CDATA\[([\w+/=]+)\]\]></Encrypt></xml>$`)
	query = regexp.MustCompile(`^/kf\?msg_signature=[0-9a-f]{40}&timestamp=1790856000&nonce=\d{9,10}$`)
)

// opened checks the signature of a callback and returns what is encrypted in it.
func opened(t *testing.T, q url.Values, body, key, id string) string {
	t.Helper()
	_, rest, _ := strings.Cut(body, "<Encrypt><![CDATA[")
	sealed, _, _ := strings.Cut(rest, "]]>")
	if !wire.Signed(q.Get("msg_signature"), "testtoken", q.Get("timestamp"), q.Get("nonce"), sealed) {
		t.Error("the signature does not fit")
	}
	plain, err := mustCipher(t, key, id).Open(sealed)
	if err != nil {
		t.Error(err)
	}
	return string(plain)
}

func TestBell_OverTheWire(t *testing.T) {
	w := newWorld(t, settings(), kf.Rules{}, says("any words"))
	out := w.say(ann, kf.Text("hello"))
	r, body := w.arrive(1)[0], w.sent()[0]
	if !query.MatchString(r.RequestURI) || r.Method != http.MethodPost || r.Header.Get("User-Agent") != "Mozilla/4.0" {
		t.Errorf("%s %s", r.Method, r.RequestURI)
	}
	if !outer.MatchString(body) || string(out.Request) != body {
		t.Errorf("outer: %s", body)
	}
	plain := opened(t, r.URL.Query(), body, aesKey, "ww0123456789abcdef")
	if !inner.MatchString(plain) || string(out.Plain) != plain || !strings.Contains(plain, "["+w.account.ID()+"]") || strings.Contains(plain, "hello") {
		t.Errorf("inner: %s", plain)
	}
	if !out.Answered || out.Why != "" || len(out.Tries) != 1 || out.Message != w.last()["msgid"] {
		t.Errorf("%+v", out)
	}
	again := w.say(ann, kf.Text("hello"))
	if string(again.Plain) == plain {
		t.Error("two bells have the same Token")
	}
}

func TestBell_NoAgentIDAndAQuery(t *testing.T) {
	w := newWorld(t, settings(), kf.Rules{NoAgentID: true}, says(""))
	s := w.corp.Settings()
	s.URL += "?tenant=1"
	w.did(w.corp.Set(s))
	if out := w.say(ann, kf.Text("x")); !out.Answered || strings.Contains(string(out.Request), "AgentID") {
		t.Errorf("%+v", out)
	}
	if got := w.arrive(1)[0].RequestURI; !strings.HasPrefix(got, "/kf?tenant=1&msg_signature=") {
		t.Error(got)
	}
}

func TestBell_SilenceIsAskedThreeTimes(t *testing.T) {
	w := newWorld(t, settings(), kf.Rules{}, hangs)
	done := w.push(kf.Push{Customer: ann, Content: kf.Text("hello")})
	var addresses []string
	for range 3 {
		addresses = append(addresses, w.arrive(1)[0].RequestURI)
		w.clock.Advance(5 * time.Second)
	}
	out := <-done
	if len(out.Tries) != 3 || out.Answered || !strings.Contains(out.Why, "in time") {
		t.Errorf("%+v", out)
	}
	for i, try := range out.Tries {
		if !try.TimedOut || try.Took != 5*time.Second || addresses[i] != addresses[0] || w.sent()[i] != w.sent()[0] {
			t.Errorf("try %d: %+v", i+1, try)
		}
	}
}

func TestBell_OnlyA200Counts(t *testing.T) {
	for _, status := range []int{201, 204, 302, 400, 403, 500, 503} {
		w := newWorld(t, settings(), kf.Rules{}, fails(status))
		out := w.say(ann, kf.Text("hello"))
		if len(out.Tries) != 3 || out.Answered || out.Tries[2].Status != status || !strings.Contains(out.Why, "200") {
			t.Errorf("%d: %+v", status, out)
		}
	}
}

func TestBell_Rules(t *testing.T) {
	w := newWorld(t, settings(), kf.Rules{TryTimeout: time.Second, Tries: 4, TryPause: time.Minute}, fails(500))
	done := w.push(kf.Push{Customer: ann, Content: kf.Text("hello")})
	for n := range uint64(3) {
		w.exchanged(n)                      // The try is over:
		w.did(w.clock.Wait(t.Context(), 1)) // what is set now is the pause.
		w.clock.Advance(time.Minute)
	}
	out := <-done
	if len(out.Tries) != 4 || out.Answered || out.Tries[3].Began.Sub(noon) != 3*time.Minute {
		t.Errorf("%+v", out)
	}
	w = newWorld(t, settings(), kf.Rules{TryTimeout: time.Second, Tries: 1}, hangs)
	done = w.push(kf.Push{Customer: ann, Content: kf.Text("hello")})
	w.arrive(1)
	w.clock.Advance(time.Second)
	if out := <-done; len(out.Tries) != 1 || out.Tries[0].Took != time.Second {
		t.Errorf("%+v", out)
	}
}

func TestBell_Faults(t *testing.T) {
	for name, test := range map[string]struct {
		fault kf.Fault
		is    func(t *testing.T, body string, q url.Values) bool
	}{
		"truncated": {kf.Fault{Truncated: true}, func(_ *testing.T, b string, _ url.Values) bool { return !strings.HasSuffix(b, "</xml>") }},
		"DOCTYPE":   {kf.Fault{Doctype: true}, func(_ *testing.T, b string, _ url.Values) bool { return strings.HasPrefix(b, "<!DOCTYPE") }},
		"large":     {kf.Fault{Large: true}, func(_ *testing.T, b string, _ url.Values) bool { return len(b) > 1<<20 }},
		"old key": {kf.Fault{OldKey: true}, func(t *testing.T, b string, q url.Values) bool {
			return inner.MatchString(opened(t, q, b, oldKey, "ww0123456789abcdef"))
		}},
		"wrong id": {kf.Fault{WrongID: true}, func(t *testing.T, b string, q url.Values) bool {
			return inner.MatchString(opened(t, q, b, aesKey, "wwffffffffffffffff"))
		}},
		"wrong signature": {kf.Fault{WrongSignature: true}, func(_ *testing.T, b string, q url.Values) bool {
			return !wire.Signed(q.Get("msg_signature"), "testtoken", q.Get("timestamp"), q.Get("nonce"), outer.FindStringSubmatch(b)[1])
		}},
	} {
		w := newWorld(t, settings(), kf.Rules{}, says(""))
		w.corp.Faults.Add(test.fault, 1)
		w.say(ann, kf.Text("hello"))
		if r := w.arrive(1)[0]; !test.is(t, w.sent()[0], r.URL.Query()) {
			t.Errorf("%s: %.300q", name, w.sent()[0])
		}
		if w.say(ann, kf.Text("fine")); !outer.MatchString(w.sent()[1]) {
			t.Errorf("%s: the next bell: %.300q", name, w.sent()[1])
		}
	}
}

func TestBell_LostDelayedAndDoubled(t *testing.T) {
	w := newWorld(t, settings(), kf.Rules{}, says(""))
	done := w.push(kf.Push{Customer: ann, Content: kf.Text("1"), Fault: kf.Fault{Lost: 1}})
	w.did(w.clock.Wait(t.Context(), 1))
	w.clock.Advance(5 * time.Second)
	if out := <-done; len(out.Tries) != 2 || !out.Tries[0].TimedOut || !out.Answered || len(w.sent()) != 1 {
		t.Errorf("lost: %+v", out)
	}
	done = w.push(kf.Push{Customer: ann, Content: kf.Text("2"), Fault: kf.Fault{Delay: 4 * time.Second}})
	w.did(w.clock.Wait(t.Context(), 2)) // Of the patience and of the way.
	w.clock.Advance(4 * time.Second)
	if out := <-done; len(out.Tries) != 1 || out.Tries[0].Took != 4*time.Second || !out.Answered {
		t.Errorf("delayed: %+v", out)
	}
	before := len(w.sent())
	out := <-w.push(kf.Push{Customer: ann, Content: kf.Text("3"), Fault: kf.Fault{Duplicates: 2}})
	if all := w.sent()[before:]; len(all) != 3 || all[0] != all[1] || all[1] != all[2] || len(out.Duplicates) != 2 || len(out.Tries) != 1 {
		t.Errorf("doubled: %+v", out)
	}
	if got := len(w.messages()); got != 3 {
		t.Errorf("the log has %d messages", got)
	}
}

func TestBell_NoneRings(t *testing.T) {
	w := newWorld(t, settings(), kf.Rules{}, says(""))
	out := <-w.push(kf.Push{Customer: ann, Content: kf.Text("quiet"), NoBell: true})
	if len(w.sent()) != 0 || out.Why == "" || len(out.Tries) != 0 || w.last()["msgid"] != out.Message {
		t.Errorf("%+v", out)
	}
	if out := quiet(t, kf.Rules{}).say(ann, kf.Text("x")); !strings.Contains(out.Why, "URL") {
		t.Errorf("%+v", out)
	}
	s := settings()
	s.PreviousAESKey = ""
	w = newWorld(t, s, kf.Rules{}, says(""))
	if _, err := w.account.Begin(kf.Push{Customer: ann, Content: kf.Text("x"), Fault: kf.Fault{OldKey: true}}); err == nil || len(w.messages()) != 0 {
		t.Errorf("a corp without an old key has used it: %v", err)
	}
}

func TestBell_EndsWithItsContext(t *testing.T) {
	w := newWorld(t, settings(), kf.Rules{}, hangs)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() {
		_, err := w.account.Say(ctx, ann, kf.Text("hello"))
		done <- err
	}()
	w.arrive(1)
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

// TestPending_TheMessageIsThereBeforeTheBell pulls between Begin and Deliver, as a bot does that polls.
func TestPending_TheMessageIsThereBeforeTheBell(t *testing.T) {
	w := newWorld(t, settings(), kf.Rules{}, says(""))
	p, err := w.account.Begin(kf.Push{Customer: ann, Content: kf.Text("hello")})
	if err != nil || w.last()["msgid"] != p.Message() || len(w.sent()) != 0 {
		t.Fatalf("%v, %v", w.last(), err)
	}
	if out, err := p.Deliver(t.Context()); err != nil || out.Message != p.Message() || len(w.sent()) != 1 {
		t.Errorf("%+v, %v", out, err)
	}
}

func TestSetGranted_RingsAnotherBell(t *testing.T) {
	w := newWorld(t, settings(), kf.Rules{}, says(""))
	w.say(ann, kf.Text("hello"))
	change := func(granted bool, field string) {
		out, err := w.account.SetGranted(t.Context(), granted)
		want := "<FromUserName><![CDATA[sys]]></FromUserName><CreateTime>1790856000</CreateTime><MsgType><![CDATA[event]]></MsgType>" +
			"<Event><![CDATA[kf_account_auth_change]]></Event><" + field + "><![CDATA[" + w.account.ID() + "]]></" + field + "></xml>"
		if err != nil || !out.Answered || !strings.HasSuffix(string(out.Plain), want) {
			t.Errorf("%s, %v", out.Plain, err)
		}
	}
	change(false, "AuthDelOpenKfId")
	w.refused(w.sendText("hi"), 48007)
	if out := w.say(ann, kf.Text("hello")); len(out.Tries) != 0 || !strings.Contains(out.Why, "may not use") {
		t.Errorf("%+v", out)
	}
	if got := w.post("kf/account/list", object{})["account_list"].([]any); len(got) != 0 {
		t.Errorf("it is listed: %v", got)
	}
	change(true, "AuthAddOpenKfId")
	w.accepted(w.sendText("hi"))
}
