package mp

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/chuanhuabot/bot/channels/internal/wx"
	"github.com/chuanhuabot/bot/sdk"
)

func TestPlainTextIsAnswered(t *testing.T) {
	c, in, _ := answering(t, config(ModePlain), sdk.Text{Text: "one"}, sdk.Text{Text: "two ]]> <b>"})
	w := callPlain(t.Context(), c, textBody(1, "hello"))
	wantText(t, w, "one\ntwo ]]> <b>")
	if got := w.Header().Get("Content-Type"); got != "text/xml; charset=utf-8" {
		t.Errorf("Content-Type is %q", got)
	}
	m := in.last(t)
	if m.Content != (sdk.Text{Text: "hello"}) || m.Channel != "wx" || m.Account != account || m.Sender != person {
		t.Errorf("got %+v", m)
	}
	if left := time.Until(m.AnswerBy); left < 4*time.Second || left > 4500*time.Millisecond {
		t.Errorf("AnswerBy is %s away", left)
	}
	root, _ := wx.Parse(w.Body.Bytes())
	if root.Get("ToUserName") != person || root.Get("FromUserName") != account || len(root.Get("CreateTime")) != 10 {
		t.Errorf("got %s", w.Body)
	}
}

func TestSilenceIsSuccess(t *testing.T) {
	for _, mode := range []string{ModePlain, ModeSafe} {
		c, _, _ := answering(t, config(mode))
		w := callIn(t, c, mode, textBody(1, "hello"))
		wantSuccess(t, w)
	}
}

// callIn makes a callback as the platform does in the mode.
func callIn(t *testing.T, c *Channel, mode, body string) *httptest.ResponseRecorder {
	t.Helper()
	if mode == ModePlain {
		return callPlain(t.Context(), c, body)
	}
	q, sealed := sealedCall(t, body, testApp, testKey)
	if mode == ModeCompatible {
		sealed = compatible(body, sealed)
	}
	return call(t.Context(), c, q, sealed)
}

func TestEncryptedReplyIsSignedAndReadable(t *testing.T) {
	for _, mode := range []string{ModeCompatible, ModeSafe} {
		c, in, _ := answering(t, config(mode), sdk.Text{Text: "hi"})
		w := callIn(t, c, mode, textBody(1, "你好"))
		wantText(t, opened(t, w, testKey), "hi")
		if m := in.last(t); m.Text() != "你好" {
			t.Errorf("%s: got %q", mode, m.Text())
		}
	}
}

// opened returns the reply that is inside an encrypted one, after all checks that the platform makes.
func opened(t *testing.T, w *httptest.ResponseRecorder, key string) *httptest.ResponseRecorder {
	t.Helper()
	root, err := wx.Parse(w.Body.Bytes())
	if err != nil {
		t.Fatalf("%q: %v", w.Body, err)
	}
	timestamp, encrypted := root.Get("TimeStamp"), root.Get("Encrypt")
	if !wx.Signed(root.Get("MsgSignature"), testToken, timestamp, root.Get("Nonce"), encrypted) || len(root.Fields) != 4 {
		t.Errorf("wrong MsgSignature in %s", w.Body)
	}
	if !wx.Fresh(timestamp, time.Now(), time.Minute) {
		t.Errorf("TimeStamp %s is not the present in seconds", timestamp)
	}
	k, err := wx.NewKey(key)
	if err != nil {
		t.Fatal(err)
	}
	message, _, err := wx.NewEnvelope(testApp, nil, k).Open(encrypted)
	if err != nil {
		t.Fatal(err)
	}
	inner := httptest.NewRecorder()
	_, _ = inner.Write(message)
	return inner
}

func TestReplyUsesTheKeyThatThePlatformHas(t *testing.T) {
	c, _, _ := answering(t, config(ModeSafe), sdk.Text{Text: "hi"})
	q, body := sealedCall(t, textBody(1, "hello"), testApp, previousKey)
	wantText(t, opened(t, call(t.Context(), c, q, body), previousKey), "hi")
}

func TestCompatibleModePrefersWhatIsEncrypted(t *testing.T) {
	c, in, _ := answering(t, config(ModeCompatible))
	q, body := sealedCall(t, textBody(1, "true"), testApp, testKey)
	wantSuccess(t, call(t.Context(), c, q, compatible(textBody(2, "forged"), body)))
	if m := in.last(t); m.Text() != "true" {
		t.Errorf("the forged field %q was believed", m.Text())
	}
}

func TestBrokenMessagesOfThePlatformAreAcknowledged(t *testing.T) {
	bodies := map[string]string{
		"empty": "", "truncated": "<xml><ToUserName>", "DOCTYPE": "<!DOCTYPE xml>" + textBody(1, "x"), "JSON": "{}",
		"no type": "<xml><ToUserName>a</ToUserName><FromUserName>b</FromUserName></xml>", "no fields": "<xml></xml>",
		"no sender": "<xml><ToUserName>a</ToUserName><MsgType>text</MsgType></xml>",
	}
	for name, body := range bodies {
		for _, mode := range []string{ModePlain, ModeSafe} {
			c, in, log := answering(t, config(mode), sdk.Text{Text: "hi"})
			w := callIn(t, c, mode, body)
			wantSuccess(t, w)
			if turns, _ := in.count(); turns > 0 || !strings.Contains(log.String(), "message not understood") {
				t.Errorf("%s in mode %s: %d turns, log %s", name, mode, turns, log)
			}
		}
	}
}

func TestUnknownTypeReachesTheInbox(t *testing.T) {
	c, in, _ := answering(t, config(ModePlain))
	wantSuccess(t, callPlain(t.Context(), c, head("hologram")+"<MsgId>7</MsgId></xml>"))
	if raw, ok := in.last(t).Content.(sdk.Raw); !ok || raw.Type != "hologram" || !strings.Contains(string(raw.Fields), `"MsgId":"7"`) {
		t.Errorf("got %+v", in.last(t).Content)
	}
}

func TestNoReplyAfterUnsubscribe(t *testing.T) {
	c, _, log := answering(t, config(ModePlain), sdk.Text{Text: "come back"})
	wantSuccess(t, callPlain(t.Context(), c, eventBody("unsubscribe", "<EventKey></EventKey>")))
	if !strings.Contains(log.String(), errLeft.Error()) {
		t.Errorf("Send did not say why: %s", log)
	}
}

func TestOtherMethodsAreNotAllowed(t *testing.T) {
	c, _, _ := answering(t, config(ModePlain))
	for _, method := range []string{http.MethodPut, http.MethodHead, http.MethodDelete, "PROPFIND"} {
		w := httptest.NewRecorder()
		c.ServeHTTP(w, httptest.NewRequest(method, "/wx", nil))
		if w.Code != http.StatusMethodNotAllowed || w.Header().Get("Allow") != "GET, POST" {
			t.Errorf("%s: got %d", method, w.Code)
		}
	}
}
