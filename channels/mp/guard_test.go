package mp

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/chuanhuabot/bot/channels/internal/wx"
	"github.com/chuanhuabot/bot/sdk"
)

func TestWhatIsNotProvedIsRefused(t *testing.T) {
	body := textBody(1, "hello")
	plain := func(change func(url.Values)) func(*testing.T) (url.Values, string) {
		return func(*testing.T) (url.Values, string) {
			q := plainQuery(time.Now())
			change(q)
			return q, body
		}
	}
	safe := func(app, key string, change func(url.Values)) func(*testing.T) (url.Values, string) {
		return func(t *testing.T) (url.Values, string) {
			q, sealed := sealedCall(t, body, app, key)
			change(q)
			return q, sealed
		}
	}
	nothing := func(url.Values) {}
	cases := []struct {
		name, mode string
		make       func(*testing.T) (url.Values, string)
	}{
		{"no signature", ModePlain, plain(func(q url.Values) { q.Del("signature") })},
		{"no parameters", ModePlain, plain(func(q url.Values) { clear(q) })},
		{"wrong signature", ModePlain, plain(func(q url.Values) { q.Set("signature", strings.Repeat("0", 40)) })},
		{"signature of another nonce", ModePlain, plain(func(q url.Values) { q.Set("nonce", "1") })},
		{"stale", ModePlain, func(*testing.T) (url.Values, string) { return plainQuery(time.Now().Add(-6 * time.Minute)), body }},
		{"from the future", ModePlain, func(*testing.T) (url.Values, string) { return plainQuery(time.Now().Add(6 * time.Minute)), body }},
		{"encrypted in plain mode", ModePlain, safe(testApp, testKey, nothing)},
		{"encrypted in plain mode, not said", ModePlain, safe(testApp, testKey, func(q url.Values) { q.Del("encrypt_type") })},
		{"plain in safe mode", ModeSafe, plain(nothing)},
		{"plain in safe mode, said to be encrypted", ModeSafe, plain(func(q url.Values) { q.Set("encrypt_type", "aes") })},
		{"empty in safe mode, unsigned", ModeSafe, func(*testing.T) (url.Values, string) { return url.Values{}, "" }},
		{"DOCTYPE in safe mode, unsigned", ModeSafe, func(t *testing.T) (url.Values, string) {
			q, sealed := sealedCall(t, body, testApp, testKey)
			q.Del("signature")
			return q, "<!DOCTYPE xml>" + sealed
		}},
		{"signature instead of msg_signature", ModeSafe, safe(testApp, testKey, func(q url.Values) {
			q.Set("msg_signature", q.Get("signature"))
		})},
		{"no msg_signature", ModeSafe, safe(testApp, testKey, func(q url.Values) { q.Del("msg_signature") })},
		{"stale in safe mode", ModeSafe, func(t *testing.T) (url.Values, string) {
			q, sealed := sealedCall(t, body, testApp, testKey)
			root, _ := wx.Parse([]byte(sealed))
			q.Set("timestamp", "1409735669")
			q.Set("msg_signature", wx.Signature(testToken, "1409735669", q.Get("nonce"), root.Get("Encrypt")))
			return q, sealed
		}},
		{"another account inside", ModeSafe, safe("wxffffffffffffffff", testKey, nothing)},
		{"another key", ModeSafe, safe(testApp, strings.Repeat("x", 43), nothing)},
		{"compatible with a wrong msg_signature", ModeCompatible, func(t *testing.T) (url.Values, string) {
			q, sealed := sealedCall(t, body, testApp, testKey)
			q.Set("msg_signature", q.Get("signature"))
			return q, compatible(body, sealed)
		}},
		{"plain in compatible mode", ModeCompatible, plain(nothing)},
		{"plain in compatible mode, said to be encrypted", ModeCompatible, plain(func(q url.Values) { q.Set("encrypt_type", "aes") })},
	}
	for _, one := range cases {
		t.Run(one.name, func(t *testing.T) {
			c, in, log := answering(t, config(one.mode), sdk.Text{Text: "hi"})
			q, body := one.make(t)
			wantRefused(t, call(t.Context(), c, q, body))
			if turns, _ := in.count(); turns > 0 {
				t.Error("it reached the inbox")
			}
			if !strings.Contains(log.String(), "request refused") {
				t.Error("nothing was logged")
			}
		})
	}
}

func TestBodyOverOneMiBIsNotRead(t *testing.T) {
	for _, mode := range []string{ModePlain, ModeCompatible, ModeSafe} {
		c, in, _ := answering(t, config(mode), sdk.Text{Text: "hi"})
		w := call(t.Context(), c, plainQuery(time.Now()), textBody(1, strings.Repeat("x", 1<<20)))
		if w.Code != http.StatusRequestEntityTooLarge || w.Body.Len() > 0 {
			t.Errorf("%s: %d %q", mode, w.Code, w.Body)
		}
		if turns, _ := in.count(); turns > 0 {
			t.Errorf("%s: it reached the inbox", mode)
		}
	}
}

func TestDamagedBodyWithAGoodSignatureIsAcknowledgedInEveryMode(t *testing.T) {
	for _, mode := range []string{ModePlain, ModeCompatible, ModeSafe} {
		for _, body := range []string{"", "<xml><Encrypt>", "<!DOCTYPE xml><xml></xml>"} {
			c, in, log := answering(t, config(mode), sdk.Text{Text: "hi"})
			wantSuccess(t, call(t.Context(), c, plainQuery(time.Now()), body))
			if turns, _ := in.count(); turns > 0 || !strings.Contains(log.String(), "message not understood") {
				t.Errorf("%s, %q: %d turns, log %s", mode, body, turns, log)
			}
		}
	}
}

func TestPlainBodyRefusedInSafeMode(t *testing.T) {
	// A triple that was seen once is valid for every body: that is why safe mode must not take plain ones.
	c, in, _ := answering(t, config(ModeSafe), sdk.Text{Text: "hi"})
	q, _ := sealedCall(t, textBody(1, "hello"), testApp, testKey)
	wantRefused(t, call(t.Context(), c, q, textBody(2, "forged")))
	if turns, _ := in.count(); turns > 0 {
		t.Error("a forged message reached the inbox")
	}
}

func TestScannersCannotFloodTheLog(t *testing.T) {
	c, _, log := answering(t, config(ModePlain))
	for range 50 {
		wantRefused(t, call(t.Context(), c, url.Values{"signature": {"x"}}, "x"))
	}
	if n := strings.Count(log.String(), "level=WARN"); n != 1 {
		t.Errorf("%d warnings for 50 scans, want 1", n)
	}
}

func TestScannersCannotHideAWrongKey(t *testing.T) {
	c, _, log := answering(t, config(ModeSafe))
	wantRefused(t, call(t.Context(), c, url.Values{"signature": {"x"}}, "x"))
	q, body := sealedCall(t, textBody(1, "hello"), testApp, strings.Repeat("x", 43))
	wantRefused(t, call(t.Context(), c, q, body))
	if n := strings.Count(log.String(), "level=WARN"); n != 2 {
		t.Errorf("%d warnings for two reasons: %s", n, log)
	}
}

func TestUnsignedBodyIsNotParsed(t *testing.T) {
	c, _, _ := answering(t, config(ModeSafe))
	body := "<xml " + strings.Repeat(`a="b" `, 150_000) + "><Encrypt>x</Encrypt></xml>"
	q := url.Values{"signature": {strings.Repeat("0", 40)}, "msg_signature": {strings.Repeat("0", 40)}}
	w, r := httptest.NewRecorder(), httptest.NewRequest(http.MethodPost, "/wx?"+q.Encode(), strings.NewReader(body))
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	c.ServeHTTP(w, r)
	runtime.ReadMemStats(&after)
	wantRefused(t, w)
	if used := after.TotalAlloc - before.TotalAlloc; used > 10<<20 {
		t.Errorf("%d MB for a caller who may be anybody", used>>20)
	}
}

// publishedCall is the callback in compatible mode of the official sample code
// (developers.weixin.qq.com/doc/subscription/guide/dev/push/encryption), with the parameters of its URL.
func publishedCall(t *testing.T) (Config, url.Values, string) {
	t.Helper()
	body, err := os.ReadFile("testdata/published_V10.xml")
	if err != nil {
		t.Fatal(err)
	}
	c := config(ModeCompatible)
	c.AppID, c.Token = "wx2c2769f8efd9abc2", sdk.NewSecret("spamtest")
	c.AESKey = sdk.NewSecret("abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG")
	c.Freshness = 100 * 365 * 24 * time.Hour
	return c, url.Values{"timestamp": {"1409735669"}, "nonce": {"1320562132"}, "encrypt_type": {"aes"},
		"signature":     {"16120ec1b8dbb870f510d87ce6bc2463eae6ca1a"},
		"msg_signature": {"5d197aaffba7e9b25a30732f161a50dee96bd5fa"}}, string(body)
}

func TestPublishedCallbackIsUnderstood(t *testing.T) {
	for _, mode := range []string{ModeCompatible, ModeSafe} {
		conf, q, body := publishedCall(t)
		conf.Mode = mode
		c, in, _ := answering(t, conf)
		wantSuccess(t, call(t.Context(), c, q, body))
		if m := in.last(t); m.Text() != "abcdteT" || m.ID != "gh_10f6c3c3ac5a/oyORnuP8q7ou2gfYjqLzSIWZf0rs/6054768590064713728" {
			t.Errorf("%s: got %+v", mode, m)
		}
	}
}

func TestPublishedCallbackWithAChangeIsRefused(t *testing.T) {
	for name, change := range map[string]func(c *Config, q url.Values, body *string){
		"one character":               func(_ *Config, _ url.Values, body *string) { *body = strings.Replace(*body, "hyzAe4", "hyzAe5", 1) },
		"signature for msg_signature": func(_ *Config, q url.Values, _ *string) { q.Set("msg_signature", q.Get("signature")) },
		"its age":                     func(c *Config, _ url.Values, _ *string) { c.Freshness = time.Hour },
		"another account":             func(c *Config, _ url.Values, _ *string) { c.AppID = "wx0000000000000000" },
		"no Encrypt":                  func(_ *Config, _ url.Values, body *string) { *body = strings.ReplaceAll(*body, "Encrypt", "Clear") },
	} {
		conf, q, body := publishedCall(t)
		change(&conf, q, &body)
		c, in, _ := answering(t, conf)
		wantRefused(t, call(t.Context(), c, q, body))
		if turns, _ := in.count(); turns > 0 {
			t.Errorf("%s: it reached the inbox", name)
		}
	}
}
