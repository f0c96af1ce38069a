package mp_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/chuanhuabot/bot/sandbox/mp"
	"github.com/chuanhuabot/bot/sandbox/wire"
)

func TestFault_Bodies(t *testing.T) {
	for name, test := range map[string]struct {
		fault mp.Fault
		is    func(body string) bool
	}{
		"truncated": {mp.Fault{Truncated: true}, func(b string) bool { return !strings.HasSuffix(strings.TrimSpace(b), "</xml>") }},
		"DOCTYPE":   {mp.Fault{Doctype: true}, func(b string) bool { return strings.HasPrefix(b, "<!DOCTYPE") }},
		"large":     {mp.Fault{Large: true}, func(b string) bool { return len(b) > 1<<20 }},
	} {
		for _, mode := range []string{"plain", "compatible", "safe"} {
			w := newWorld(t, settings(mode), mp.Rules{}, says("success"))
			<-w.push(t, mp.Push{Person: ann, Content: mp.Text("hello"), Fault: test.fault})
			if !test.is(w.sent()[0]) {
				t.Errorf("%s, %s: %.200q", name, mode, w.sent()[0])
			}
		}
	}
}

func TestFault_Keys(t *testing.T) {
	open := func(t *testing.T, fault mp.Fault, key, id string) {
		t.Helper()
		w := newWorld(t, settings("safe"), mp.Rules{}, says("success"))
		<-w.push(t, mp.Push{Person: ann, Content: mp.Text("hello"), Fault: fault})
		_, rest, _ := strings.Cut(w.sent()[0], "<Encrypt><![CDATA[")
		encrypted, _, _ := strings.Cut(rest, "]]>")
		q := (<-w.arrived).URL.Query()
		if wire.Signed(q.Get("msg_signature"), "testtoken", q.Get("timestamp"), q.Get("nonce"), encrypted) == fault.WrongSignature {
			t.Errorf("%+v: msg_signature", fault)
		}
		if wire.Signed(q.Get("signature"), "testtoken", q.Get("timestamp"), q.Get("nonce")) == fault.WrongSignature {
			t.Errorf("%+v: signature", fault)
		}
		c, err := wire.NewCipher(key, id)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := c.Open(encrypted); err != nil {
			t.Errorf("%+v: %v", fault, err)
		}
	}
	open(t, mp.Fault{WrongSignature: true}, aesKey, "wx0123456789abcdef")
	open(t, mp.Fault{OldKey: true}, oldKey, "wx0123456789abcdef")
	open(t, mp.Fault{WrongID: true}, aesKey, "wxffffffffffffffff")
	s := settings("safe")
	s.PreviousAESKey = ""
	w := newWorld(t, s, mp.Rules{}, nil)
	if _, err := w.account.Push(t.Context(), mp.Push{Person: ann, Content: mp.Text("x"), Fault: mp.Fault{OldKey: true}}); err == nil {
		t.Error("an account without an old key has used it")
	}
}

func TestFault_LostTriesAreWaitedFor(t *testing.T) {
	w := newWorld(t, settings("plain"), mp.Rules{}, says(textReply("hi")))
	done := w.push(t, mp.Push{Person: ann, Content: mp.Text("hello"), Fault: mp.Fault{Lost: 1}})
	if err := w.clock.Wait(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	w.clock.Advance(5 * time.Second)
	if out := <-done; len(out.Tries) != 2 || !out.Tries[0].TimedOut || out.Reply == nil || len(w.sent()) != 1 {
		t.Errorf("%+v", out)
	}
}

func TestFault_DelayIsPartOfTheFiveSeconds(t *testing.T) {
	w := newWorld(t, settings("plain"), mp.Rules{}, hangs)
	done := w.push(t, mp.Push{Person: ann, Content: mp.Text("hello"), Fault: mp.Fault{Delay: 4 * time.Second}})
	for i := range 3 {
		if err := w.clock.Wait(t.Context(), 2); err != nil { // Of the patience and of the way.
			t.Fatal(err)
		}
		w.clock.Advance(4 * time.Second)
		w.arrive(1)
		w.clock.Advance(time.Second)
		if len(w.sent()) != i+1 {
			t.Errorf("%d arrived", len(w.sent()))
		}
	}
	if out := <-done; !out.Fault || out.Tries[0].Took != 5*time.Second {
		t.Errorf("%+v", out)
	}
}

func TestFault_DuplicatesShowOneReply(t *testing.T) {
	w := newWorld(t, settings("plain"), mp.Rules{}, says(textReply("hi")))
	out := <-w.push(t, mp.Push{Person: ann, Content: mp.Text("hello"), Fault: mp.Fault{Duplicates: 2}})
	if len(out.Duplicates) != 2 || len(out.Tries) != 1 || w.sent()[0] != w.sent()[1] || w.sent()[1] != w.sent()[2] {
		t.Errorf("%+v", out)
	}
	if got := seen(w.account.Transcript(ann)); strings.Count(got, "saw text hi") != 1 || strings.Count(got, "note") != 2 {
		t.Error(got)
	}
}

func TestPushReversed(t *testing.T) {
	w := newWorld(t, settings("plain"), mp.Rules{}, func(w http.ResponseWriter, r *http.Request) { says("success")(w, r) })
	outs, err := w.account.PushReversed(t.Context(), mp.Push{Person: ann, Content: mp.Text("1")}, mp.Push{Person: ann, Content: mp.Text("2")})
	if err != nil || outs[0].Message >= outs[1].Message || !strings.Contains(w.sent()[0], "[2]") || !strings.Contains(w.sent()[1], "[1]") {
		t.Errorf("%v, %v", w.sent(), err)
	}
}

func TestVerify(t *testing.T) {
	echo := func(w http.ResponseWriter, r *http.Request) { says(r.URL.Query().Get("echostr"))(w, r) }
	for name, test := range map[string]struct {
		bot http.HandlerFunc
		why string
	}{
		"echo":    {echo, ""},
		"quoted":  {func(w http.ResponseWriter, r *http.Request) { says(`"`+r.URL.Query().Get("echostr")+`"`)(w, r) }, "not the echostr"},
		"newline": {func(w http.ResponseWriter, r *http.Request) { echo(w, r); says("\n")(w, r) }, "not the echostr"},
		"empty":   {says(""), "not the echostr"},
		"403":     {func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(403); echo(w, r) }, "403"},
		"aborts":  {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, "EOF"},
	} {
		w := newWorld(t, settings("safe"), mp.Rules{}, test.bot)
		for range 2 {
			err := w.account.Verify(t.Context())
			if (err == nil) != (test.why == "") || err != nil && !strings.Contains(err.Error(), test.why) {
				t.Errorf("%s: %v", name, err)
			}
		}
		one, other := <-w.arrived, <-w.arrived
		q := one.URL.Query()
		if one.Method != http.MethodGet || !wire.Signed(q.Get("signature"), "testtoken", q.Get("timestamp"), q.Get("nonce")) ||
			q.Has("openid") || q.Get("echostr") == other.URL.Query().Get("echostr") {
			t.Errorf("%s: %s %s", name, one.Method, one.RequestURI)
		}
	}
}

func TestVerify_HangsUpAfterFiveSeconds(t *testing.T) {
	w := newWorld(t, settings("plain"), mp.Rules{}, hangs)
	ended := make(chan error)
	go func() { ended <- w.account.Verify(t.Context()) }()
	w.arrive(1)
	w.clock.Advance(5 * time.Second)
	if err := <-ended; err == nil || !strings.Contains(err.Error(), "in time") {
		t.Errorf("got %v", err)
	}
}
