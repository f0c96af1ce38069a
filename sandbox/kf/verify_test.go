package kf_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/chuanhuabot/bot/sandbox/kf"
	"github.com/chuanhuabot/bot/sandbox/wire"
)

// echoes answers a check as it should be, and then what comes behind.
func echoes(t *testing.T, behind string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		q := r.URL.Query()
		if !wire.Signed(q.Get("msg_signature"), "testtoken", q.Get("timestamp"), q.Get("nonce"), q.Get("echostr")) {
			t.Error("the signature does not fit")
		}
		plain, err := mustCipher(t, aesKey, "ww0123456789abcdef").Open(q.Get("echostr"))
		if err != nil || len(plain) != 19 {
			t.Errorf("opened %q, %v", plain, err)
		}
		says(string(plain)+behind)(w, r)
	}
}

func TestVerify(t *testing.T) {
	for name, test := range map[string]struct {
		bot http.HandlerFunc
		why string
	}{
		"right":   {echoes(t, ""), ""},
		"newline": {echoes(t, "\n"), "not the text"},
		"JSON":    {says(`{"echostr":"1"}`), "not the text"},
		"sealed":  {func(w http.ResponseWriter, r *http.Request) { says(r.URL.Query().Get("echostr"))(w, r) }, "not the text"},
		"empty":   {says(""), "not the text"},
		"403":     {fails(403), "403"},
		"aborts":  {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, "EOF"},
	} {
		w := newWorld(t, settings(), kf.Rules{}, test.bot)
		for range 2 {
			err := w.corp.Verify(t.Context())
			if (err == nil) != (test.why == "") || err != nil && !strings.Contains(err.Error(), test.why) {
				t.Errorf("%s: %v", name, err)
			}
		}
		one, other := <-w.arrived, <-w.arrived
		if one.Method != http.MethodGet || !strings.Contains(one.RequestURI, "%2B") || !strings.Contains(other.RequestURI, "%2B") ||
			one.URL.Query().Get("echostr") == other.URL.Query().Get("echostr") {
			t.Errorf("%s: %s %s", name, one.Method, one.RequestURI)
		}
	}
}

func TestVerify_HangsUpAfterASecond(t *testing.T) {
	w := newWorld(t, settings(), kf.Rules{}, hangs)
	ended := make(chan error)
	go func() { ended <- w.corp.Verify(t.Context()) }()
	w.arrive(1)
	w.clock.Advance(time.Second)
	if err := <-ended; err == nil || !strings.Contains(err.Error(), "in time") {
		t.Errorf("got %v", err)
	}
	if err := quiet(t, kf.Rules{}).corp.Verify(t.Context()); err == nil || !strings.Contains(err.Error(), "URL") {
		t.Errorf("got %v", err)
	}
}

func TestSettings_Refused(t *testing.T) {
	p := kf.New(kf.Options{})
	t.Cleanup(p.Close)
	for name, change := range map[string]func(*kf.Settings){
		"no id": func(s *kf.Settings) { s.CorpID = "" }, "long token": func(s *kf.Settings) { s.Token = strings.Repeat("a", 33) },
		"odd token": func(s *kf.Settings) { s.Token = "a-b" }, "kind": func(s *kf.Settings) { s.Kind = "big" },
		"wrong key": func(s *kf.Settings) { s.AESKey = "short" }, "wrong old key": func(s *kf.Settings) { s.PreviousAESKey = "short" },
		"URL": func(s *kf.Settings) { s.URL = "example.com/kf" }, "URL without a key": func(s *kf.Settings) { s.URL, s.AESKey = "http://a/", "" },
		"URL without a token": func(s *kf.Settings) { s.URL, s.Token = "http://a/", "" },
	} {
		s := settings()
		change(&s)
		if _, err := p.AddCorp(s); err == nil {
			t.Errorf("%s is taken", name)
		}
	}
	for i := range 2 {
		if _, err := p.AddCorp(settings()); (err == nil) != (i == 0) {
			t.Errorf("corp %d: %v", i, err)
		}
	}
	if got := p.Corps()[0].Settings().Kind; got != kf.Verified {
		t.Errorf("the kind is %q", got)
	}
}

// TestSettings_TakeEffectAtOnce changes key and token of a corp that runs.
func TestSettings_TakeEffectAtOnce(t *testing.T) {
	w := newWorld(t, settings(), kf.Rules{}, says(""))
	s := w.corp.Settings()
	s.AESKey, s.PreviousAESKey = oldKey, aesKey
	w.did(w.corp.Set(s))
	w.say(ann, kf.Text("x"))
	opened(t, w.arrive(1)[0].URL.Query(), w.sent()[0], oldKey, "ww0123456789abcdef")
	s.AESKey = "too short"
	if err := w.corp.Set(s); err == nil || w.corp.Settings().AESKey != oldKey {
		t.Errorf("a wrong key is taken: %v", err)
	}
}
