package kf

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/chuanhuabot/bot/internal/logtest"
	"github.com/chuanhuabot/bot/sandbox/wire"
	"github.com/chuanhuabot/bot/sdk"
)

// vector is one example: A1 and A2 are of the official sample code, C1 of wechatpy's tests; S1, a bell of customer service, was
// made with the official @wecom/crypto.
type vector struct{ ID, TS, Nonce, Sig, Encrypt, Plain string }

func vectorOf(t testing.TB, id string) vector {
	t.Helper()
	file, err := os.Open("testdata/vectors.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for lines := bufio.NewScanner(file); lines.Scan(); {
		var v vector
		if err := json.Unmarshal(lines.Bytes(), &v); err != nil {
			t.Fatal(err)
		}
		if v.ID == id {
			return v
		}
	}
	t.Fatal("there is no vector", id)
	return vector{}
}

func (v vector) query() url.Values {
	return url.Values{"msg_signature": {v.Sig}, "timestamp": {v.TS}, "nonce": {v.Nonce}}
}

// config has the token and key with which the vector was made. It is years old.
func (v vector) config() Config {
	set := map[string][3]string{
		"A": {"QDG6eK", "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C", "wx5823bf96d3bd56c7"},
		"C": {"123456", "kWxPEV2UEDyxWpmPdKC3F4dgPDmOvfKX1HGnEUDS1aR", "wx49f0ab532d5d035a"},
		"S": {"QDG6eK", "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C", "ww12345678910"},
	}[v.ID[:1]]
	c := testConfig()
	c.Token, c.AESKey, c.CorpID, c.Freshness = sdk.NewSecret(set[0]), sdk.NewSecret(set[1]), set[2], 100*365*24*time.Hour
	return c
}

// outer is the body of a callback.
func outer(encrypt string) string {
	return "<xml><ToUserName><![CDATA[" + corpID + "]]></ToUserName><AgentID><![CDATA[]]></AgentID><Encrypt><![CDATA[" + encrypt +
		"]]></Encrypt></xml>"
}

func visit(c *Channel, query string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	c.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/kf?"+query, nil))
	return w
}

func post(c *Channel, q url.Values, body string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	c.ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/kf?"+q.Encode(), strings.NewReader(body)))
	return w
}

func wantStatus(t *testing.T, name string, w *httptest.ResponseRecorder, status int, body string) {
	t.Helper()
	if w.Code != status || w.Body.String() != body {
		t.Errorf("%s: got %d %q, want %d %q", name, w.Code, w.Body, status, body)
	}
}

func TestVerify_EchoesVectorsByteForByte(t *testing.T) {
	for _, id := range []string{"A1", "C1"} {
		v := vectorOf(t, id)
		c := newChannel(t, v.config(), &logtest.Buffer{})
		q := v.query()
		q.Set("echostr", v.Encrypt)
		escaped := q.Encode()
		raw := v.query().Encode() + "&echostr=" + v.Encrypt // What stands between has unescaped it, so that a plus becomes a blank.
		for name, query := range map[string]string{"escaped": escaped, "not escaped": raw} {
			w := visit(c, query)
			wantStatus(t, id+" "+name, w, http.StatusOK, v.Plain)
			if h := w.Header(); h.Get("Content-Type") != "text/plain; charset=utf-8" || h.Get("X-Content-Type-Options") != "nosniff" {
				t.Errorf("%s: %v", id, h)
			}
		}
		if !strings.Contains(v.Encrypt, "+") || !strings.Contains(escaped, "%2B") || !strings.Contains(raw, "+") {
			t.Errorf("%s has no plus: %s", id, escaped)
		}
	}
}

// TestVerify_EchoesAnyBytes: what is inside is opaque, and never a page that a browser would run.
func TestVerify_EchoesAnyBytes(t *testing.T) {
	c := newChannel(t, testConfig(), &logtest.Buffer{})
	for _, text := range []string{"ECHO", "", "<script>alert(1)</script>", " a\r\n", "\xef\xbb\xbf\x00\xff", long(5000)} {
		q, sealed := signed(t, text, time.Now().Add(-time.Hour)) // As old as the owner's patience.
		q.Set("echostr", sealed)
		w := visit(c, q.Encode())
		wantStatus(t, text, w, http.StatusOK, text)
		if got := w.Header().Get("Content-Type"); !strings.HasPrefix(got, "text/plain") {
			t.Errorf("%q is %s", text, got)
		}
	}
}

func TestVerify_WhatIsNotProvedIsRefused(t *testing.T) {
	a1, c1 := vectorOf(t, "A1"), vectorOf(t, "C1")
	capitals := strings.ToUpper(a1.Sig)
	for name, test := range map[string]struct {
		v      vector
		change func(c *Config, q url.Values)
		want   int
	}{
		"another nonce":          {c1, func(_ *Config, q url.Values) { q.Set("nonce", "437374424") }, http.StatusForbidden},
		"another timestamp":      {a1, func(_ *Config, q url.Values) { q.Set("timestamp", "1409659588") }, http.StatusForbidden},
		"another token":          {a1, func(c *Config, _ url.Values) { c.Token = sdk.NewSecret("QDG6eL") }, http.StatusForbidden},
		"no signature":           {a1, func(_ *Config, q url.Values) { q.Del("msg_signature") }, http.StatusForbidden},
		"signature in capitals":  {a1, func(_ *Config, q url.Values) { q.Set("msg_signature", capitals) }, http.StatusForbidden},
		"no echostr":             {a1, func(_ *Config, q url.Values) { q.Del("echostr") }, http.StatusForbidden},
		"nothing but a nonce":    {a1, func(_ *Config, q url.Values) { clear(q); q.Set("nonce", "") }, http.StatusForbidden},
		"one character":          {a1, func(_ *Config, q url.Values) { q.Set("echostr", "Q"+a1.Encrypt[1:]) }, http.StatusForbidden},
		"another company":        {a1, func(c *Config, _ url.Values) { c.CorpID = "wx5823bf96d3bd56c8" }, http.StatusBadRequest},
		"another key":            {a1, func(c *Config, _ url.Values) { c.AESKey = sdk.NewSecret(testKey) }, http.StatusBadRequest},
		"no Base64, though good": {a1, func(_ *Config, q url.Values) { sign(q, "QDG6eK", "%%%%") }, http.StatusBadRequest},
		"no block, though good":  {a1, func(_ *Config, q url.Values) { sign(q, "QDG6eK", "AAAA") }, http.StatusBadRequest},
		"nothing, though good":   {a1, func(_ *Config, q url.Values) { sign(q, "QDG6eK", "") }, http.StatusForbidden},
	} {
		config, q, log := test.v.config(), test.v.query(), &logtest.Buffer{}
		q.Set("echostr", test.v.Encrypt)
		test.change(&config, q)
		wantStatus(t, name, visit(newChannel(t, config, log), q.Encode()), test.want, "")
		if !strings.Contains(log.String(), "request refused") || strings.Contains(log.String(), test.v.Plain) {
			t.Errorf("%s: the log says %s", name, log)
		}
	}
}

// sign makes q a good query of an echostr.
func sign(q url.Values, token, echo string) {
	q.Set("echostr", echo)
	q.Set("msg_signature", wire.Sign(token, q.Get("timestamp"), q.Get("nonce"), echo))
}

// TestVerify_WithThePreviousKey: while the owner changes the key, the console checks with either.
func TestVerify_WithThePreviousKey(t *testing.T) {
	config := vectorOf(t, "A1").config()
	config.AESKey, config.PreviousAESKey = sdk.NewSecret(testKey), config.AESKey
	q := vectorOf(t, "A1").query()
	q.Set("echostr", vectorOf(t, "A1").Encrypt)
	wantStatus(t, "A1", visit(newChannel(t, config, &logtest.Buffer{}), q.Encode()), http.StatusOK, vectorOf(t, "A1").Plain)
}

func TestGuard_OpensVectorsByteForByte(t *testing.T) {
	for _, id := range []string{"A2", "S1"} {
		v := vectorOf(t, id)
		g, err := newGuard(v.config())
		if err != nil {
			t.Fatal(err)
		}
		if plain, err := g.open(v.query(), v.Encrypt); err != nil || string(plain) != v.Plain {
			t.Errorf("%s: %q, %v", id, plain, err)
		}
		root, err := g.callback(v.query(), []byte(outer(v.Encrypt)), time.Now())
		if err != nil || !strings.Contains(v.Plain, root.Get("ToUserName")) || root.Get("CreateTime") == "" {
			t.Errorf("%s: %+v, %v", id, root, err)
		}
		c := v.config()
		c.Freshness = time.Hour
		if g, err = newGuard(c); err != nil {
			t.Fatal(err)
		}
		if root, err := g.callback(v.query(), []byte(outer(v.Encrypt)), time.Now()); !errors.Is(err, errStale) || root != nil {
			t.Errorf("%s: %+v, %v", id, root, err)
		}
	}
}

// TestGuard_ScannersCannotFloodTheLog also holds that they cannot hide that the owner's own key is wrong.
func TestGuard_ScannersCannotFloodTheLog(t *testing.T) {
	log := &logtest.Buffer{}
	c := newChannel(t, testConfig(), log)
	for range 50 {
		wantStatus(t, "scan", post(c, url.Values{"msg_signature": {"x"}}, outer("AAAA")), http.StatusForbidden, "")
	}
	q, sealed := sealedBy(t, "<xml/>", time.Now(), strings.Repeat("x", 43), corpID)
	wantStatus(t, "another key", post(c, q, outer(sealed)), http.StatusBadRequest, "")
	if n := strings.Count(log.String(), "level=WARN"); n != 2 {
		t.Errorf("%d warnings for two reasons: %s", n, log)
	}
}

// TestGuard_UnsignedBodiesAreNotParsed: whoever has no token costs little.
func TestGuard_UnsignedBodiesAreNotParsed(t *testing.T) {
	c := newChannel(t, testConfig(), &logtest.Buffer{})
	body := "<xml " + strings.Repeat(`a="b" `, 150_000) + "><Encrypt>x</Encrypt></xml>"
	w, r := httptest.NewRecorder(), httptest.NewRequest(http.MethodPost, "/kf?msg_signature=x", strings.NewReader(body))
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	c.ServeHTTP(w, r)
	runtime.ReadMemStats(&after)
	wantStatus(t, "long", w, http.StatusForbidden, "")
	if used := after.TotalAlloc - before.TotalAlloc; used > 10<<20 {
		t.Errorf("%d MB for a caller who may be anybody", used>>20)
	}
}

// signed encrypts and signs as the platform does.
func signed(t testing.TB, plain string, at time.Time) (q url.Values, sealed string) {
	t.Helper()
	return sealedBy(t, plain, at, testKey, corpID)
}

func sealedBy(t testing.TB, plain string, at time.Time, key, company string) (q url.Values, sealed string) {
	t.Helper()
	c, err := wire.NewCipher(key, company)
	if err != nil {
		t.Fatal(err)
	}
	if sealed, err = c.Seal(strings.NewReader(wire.RandomHex()), []byte(plain)); err != nil {
		t.Fatal(err)
	}
	q = url.Values{"timestamp": {fmt.Sprint(at.Unix())}, "nonce": {"263014780"}}
	q.Set("msg_signature", wire.Sign(testToken, q.Get("timestamp"), q.Get("nonce"), sealed))
	return q, sealed
}
