package mp

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/chuanhuabot/bot/sdk"
)

func visit(c *Channel, q url.Values) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	c.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/wx?"+q.Encode(), nil))
	return w
}

// published is the example of developers.weixin.qq.com/doc/subscription/guide/dev/push/.
func published(echo string) url.Values {
	return url.Values{"signature": {"f464b24fc39322e44b38aa78f5edd27bd1441696"}, "timestamp": {"1714036504"},
		"nonce": {"1514711492"}, "echostr": {echo}}
}

func TestVerificationEchoesByteForByte(t *testing.T) {
	for _, mode := range []string{ModePlain, ModeCompatible, ModeSafe} {
		conf := config(mode)
		conf.Token = sdk.NewSecret("AAAAA")
		c := newChannel(t, conf, &safeBuffer{})
		for _, echo := range []string{"4375120948345356249", "", "<script>", " a\n", "%00\xff"} {
			w := visit(c, published(echo))
			if w.Code != http.StatusOK || w.Body.String() != echo {
				t.Errorf("%s: got %d %q, want %q", mode, w.Code, w.Body, echo)
			}
			h := w.Header()
			if !strings.HasPrefix(h.Get("Content-Type"), "text/plain") || h.Get("X-Content-Type-Options") != "nosniff" {
				t.Errorf("got the header %v", h)
			}
		}
	}
}

func TestVerificationWithAWrongSignatureIsRefused(t *testing.T) {
	c := newChannel(t, config(ModePlain), &safeBuffer{}) // another token
	wantRefused(t, visit(c, published("1")))
	wantRefused(t, visit(c, url.Values{"echostr": {"1"}}))
	wantRefused(t, visit(c, url.Values{"signature": {""}}))
}

func TestPlainVisitGetsAPage(t *testing.T) {
	c := newChannel(t, config(ModeSafe), &safeBuffer{})
	w := visit(c, url.Values{"utm_source": {"x"}})
	body := w.Body.String()
	if w.Code != http.StatusOK || !strings.Contains(body, "此地址工作正常") || !strings.Contains(body, "This address works") {
		t.Errorf("got %d %s", w.Code, body)
	}
	if got := w.Header().Get("Content-Type"); got != "text/html; charset=utf-8" {
		t.Errorf("Content-Type is %q", got)
	}
}
