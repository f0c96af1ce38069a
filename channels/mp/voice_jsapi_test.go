package mp

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/chuanhuabot/bot/sdk"
)

// TestJSSignature has the example of WeChat's page JS-SDK.html, and those of two other implementations.
func TestJSSignature(t *testing.T) {
	for name, test := range map[string]struct {
		ticket, nonce string
		timestamp     int64
		address, want string
	}{
		"J1": {
			"sM4AOVdWfPE4DxkXGEs8VMCPGGVi4C3VM0P37wVUCFvkVAy_90u5h9nbSlYy3-Sl-HhTdfl2fzFy1AOcHKP7qg", "Wm3WZYTPz0wzccnW", 1414587457,
			"http://mp.weixin.qq.com?params=value", "0f9de62fce790f9a083d5c99e95740ceb90c27ed",
		},
		"J2": {
			"bxLdikRXVbTPdHSM05e5u4RbEYQn7pNQMPrfzl8lJNb1foLDa3HIwI3BRMkQmSO_5F64VFa75uURcq6Uz7QHgA", "82693e11-b9bc-448e-892f-f5289f46cd0f", 1419835025,
			"http://omstest.vmall.com:23568/thirdparty/wechat/vcode/gotoshare?quantity=1&batchName=MATE7", "c6f04b64d6351d197b71bd23fb7dd2d44c0db486",
		},
		"J3": {"mock-ticket", "mock-nonce", 1601234567, "https://www.easywechat.com/", "22772d2fb393ab9f7f6a5a54168a566fbf1ab767"},
	} {
		if got := jsSignature(test.ticket, test.nonce, test.timestamp, test.address); got != test.want {
			t.Errorf("%s: %s", name, got)
		}
	}
}

func configOf(v *visitor, address string) (jsConfig, int) {
	w := v.get("/config?url=" + url.QueryEscape(address))
	var c jsConfig
	_ = json.Unmarshal(w.Body.Bytes(), &c) // An error has none.
	return c, w.Code
}

// TestVoice_SignsItsOwnAddressOnly, with one ticket for everybody.
func TestVoice_SignsItsOwnAddressOnly(t *testing.T) {
	api, base := newFakeAPI(t)
	conf := oauthConfig(base)
	c := newChannel(t, conf, io.Discard)
	for address, signed := range map[string]bool{
		"https://bot.example.com/wx/voice":                              true,
		"https://bot.example.com/wx/voice?from=single&x=%20y":           true,
		"https://bot.example.com/wx/voice#top":                          false,
		"https://bot.example.com/wx/voice/":                             false,
		"https://bot.example.com/wx/voice/back":                         false,
		"https://bot.example.com/":                                      false,
		"http://bot.example.com/wx/voice":                               false,
		"https://evil.example.com/wx/voice":                             false,
		"https://bot.example.com@evil.example.com/wx/voice":             false,
		"https://me@bot.example.com/wx/voice":                           false,
		"https://bot.example.com/wx/%76oice":                            false,
		"https://bot.example.com/wx/voice?a\nb":                         false,
		"https://bot.example.com/wx/voice?" + strings.Repeat("x", 2048): false,
		"/wx/voice": false, "": false, "::": false,
	} {
		got, status := configOf(visitorOf(t, c), address)
		if signed != (status == http.StatusOK) || !signed && status != http.StatusForbidden {
			t.Errorf("%.80q: %d", address, status)
		}
		if signed && (got.AppID != testApp || got.Signature != jsSignature("mock-ticket", got.Nonce, got.Timestamp, address)) {
			t.Errorf("%s: %+v", address, got)
		}
	}
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() { configOf(visitorOf(t, c), "https://bot.example.com/wx/voice") })
	}
	all.Wait()
	if n := api.count("/cgi-bin/ticket/getticket"); n != 1 {
		t.Errorf("the ticket was fetched %d times", n)
	}
}

// TestVoice_SignsWhereItIsCalled if bot.yaml does not say how people reach it.
func TestVoice_SignsWhereItIsCalled(t *testing.T) {
	_, base := newFakeAPI(t)
	conf := voiceConfig()
	conf.APIBase = base
	v := visitorOf(t, newChannel(t, conf, io.Discard))
	for address, want := range map[string]int{
		"https://bot.example.com/wx/voice": 200, "http://BOT.example.com/wx/voice": 200, "ftp://bot.example.com/wx/voice": 403, "http://evil.example.com/wx/voice": 403,
	} {
		if _, status := configOf(v, address); status != want {
			t.Errorf("%s: %d", address, status)
		}
	}
}

func TestVoice_WithoutATicket(t *testing.T) {
	const address = "http://bot.example.com/wx/voice"
	conf := voiceConfig()
	conf.AppSecret = sdk.Secret{}
	v := visitorOf(t, newChannel(t, conf, io.Discard))
	if _, status := configOf(v, address); status != http.StatusNotFound {
		t.Errorf("without app_secret: %d", status)
	}
	v.cookie = ""
	if _, status := configOf(v, address); status != http.StatusUnauthorized {
		t.Errorf("without a session: %d", status)
	}
	api, base := newFakeAPI(t)
	api.fails = 48001
	conf = voiceConfig()
	conf.APIBase = base
	log := &safeBuffer{}
	v = visitorOf(t, newChannel(t, conf, log))
	for n := range rateOne + 5 {
		want := http.StatusBadGateway
		if n >= rateOne {
			want = http.StatusTooManyRequests
		}
		if _, status := configOf(v, address); status != want {
			t.Errorf("refused, call %d: %d", n, status)
		}
	}
	if n := api.count("/cgi-bin/ticket/getticket"); n != 1 || !strings.Contains(log.String(), "48001") {
		t.Errorf("asked %d times; the log: %s", n, log)
	}
}
