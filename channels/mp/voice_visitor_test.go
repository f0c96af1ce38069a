package mp

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/chuanhuabot/bot/sdk"
)

const (
	voiceAt  = "/wx/voice"
	saidID   = "0123456789abcdef"
	original = "gh_0123456789ab"
	weChat   = "Mozilla/5.0 (iPhone) MicroMessenger/8.0.47"
)

// voiceConfig has a voice page whose visitors are guests.
func voiceConfig() Config {
	c := config(ModePlain)
	c.VoicePage = voiceAt
	return c
}

// oauthConfig has a voice page whose visitors are named by the platform at base.
func oauthConfig(base string) Config {
	c := voiceConfig()
	c.Account, c.OAuth, c.OriginalID, c.PublicURL = "verified", true, original, "https://bot.example.com"
	c.APIBase, c.OAuthBase = base, "https://open.weixin.qq.com"
	return c
}

// visitor is a browser on the voice page.
type visitor struct {
	t       testing.TB
	c       *Channel
	agent   string
	headers map[string]string
	cookie  string
}

// visitorOf opens the page, which gives a session.
func visitorOf(t testing.TB, c *Channel) *visitor {
	t.Helper()
	v := &visitor{t: t, c: c, headers: map[string]string{"Sec-Fetch-Site": "same-origin"}}
	if w := v.get(""); w.Code != http.StatusOK || v.cookie == "" {
		t.Fatalf("got %d and the cookie %q", w.Code, v.cookie)
	}
	return v
}

func (v *visitor) do(ctx context.Context, method, path, kind string, body io.Reader) *httptest.ResponseRecorder {
	r := httptest.NewRequestWithContext(ctx, method, "http://bot.example.com"+voiceAt+path, body)
	for name, value := range v.headers {
		r.Header.Set(name, value)
	}
	if kind != "" {
		r.Header.Set("Content-Type", kind)
	}
	if v.cookie != "" {
		r.Header.Set("Cookie", sessionCookie+"="+v.cookie)
	}
	r.Header.Set("User-Agent", v.agent)
	w := httptest.NewRecorder()
	v.c.ServeHTTP(w, r)
	for _, c := range w.Result().Cookies() {
		v.cookie = c.Value
	}
	return w
}

func (v *visitor) get(path string) *httptest.ResponseRecorder {
	return v.do(v.t.Context(), http.MethodGet, path, "", nil)
}

func (v *visitor) post(path, kind, body string) *httptest.ResponseRecorder {
	return v.do(v.t.Context(), http.MethodPost, path, kind, strings.NewReader(body))
}

func said(id, text string) string {
	body, _ := json.Marshal(map[string]string{"id": id, "text": text, "serverId": "SERVER_1"}) // Texts can always be written.
	return string(body)
}

// say posts what was recognised.
func (v *visitor) say(id, text string) *httptest.ResponseRecorder {
	return v.post("/said", "application/json", said(id, text))
}

// wantReplies fails unless w shows just these texts.
func wantReplies(t testing.TB, w *httptest.ResponseRecorder, over bool, texts ...string) {
	t.Helper()
	var got struct {
		Replies []struct{ Text string }
		Over    bool
	}
	if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil || w.Code != http.StatusOK {
		t.Fatalf("got %d %s", w.Code, w.Body)
	}
	var all []string
	for _, r := range got.Replies {
		all = append(all, r.Text)
	}
	if fmt.Sprint(all) != fmt.Sprint(texts) || got.Over != over {
		t.Errorf("got %q, over: %v; want %q, over: %v", all, got.Over, texts, over)
	}
}

// wantFailure fails unless w is an error.
func wantFailure(t testing.TB, w *httptest.ResponseRecorder, status int, what string) {
	t.Helper()
	if want := `{"error":"` + what + `"}`; w.Code != status || w.Body.String() != want {
		t.Errorf("got %d %.300s, want %d %s", w.Code, w.Body, status, want)
	}
}

// recorded is a WAV of some seconds.
func recorded(seconds float64) string {
	sound := make([]byte, int(seconds*wavRate)*wavBytes)
	b := []byte("RIFF....WAVEfmt ")
	b = binary.LittleEndian.AppendUint32(b, 16)
	b = binary.LittleEndian.AppendUint16(b, 1)
	b = binary.LittleEndian.AppendUint16(b, 1)
	b = binary.LittleEndian.AppendUint32(b, wavRate)
	b = binary.LittleEndian.AppendUint32(b, wavRate*wavBytes)
	b = binary.LittleEndian.AppendUint16(b, wavBytes)
	b = binary.LittleEndian.AppendUint16(b, 8*wavBytes)
	b = append(b, "data"...)
	b = binary.LittleEndian.AppendUint32(b, uint32(len(sound)))
	return string(append(b, sound...))
}

// fakeAPI is the platform's API as far as the page needs it. It names a person by a code that is their OpenID.
type fakeAPI struct {
	mu    sync.Mutex
	calls map[string]int
	sent  []string // The bodies of customer-service messages.
	fails int      // The errcode of everything but tokens; 0 for none.
}

func newFakeAPI(t testing.TB) (*fakeAPI, string) {
	f := &fakeAPI{calls: map[string]int{}}
	server := httptest.NewServer(f)
	t.Cleanup(server.Close)
	return f, server.URL
}

func (f *fakeAPI) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var body bytes.Buffer
	_, _ = body.ReadFrom(r.Body)
	f.mu.Lock()
	defer f.mu.Unlock()
	f.calls[r.URL.Path]++
	q := r.URL.Query()
	switch {
	case r.URL.Path == "/cgi-bin/stable_token":
		_, _ = io.WriteString(w, `{"access_token":"token","expires_in":7200}`)
	case f.fails != 0:
		_, _ = fmt.Fprintf(w, `{"errcode":%d,"errmsg":"no"}`, f.fails)
	case r.URL.Path == "/cgi-bin/ticket/getticket" && q.Get("type") == "jsapi" && q.Get("access_token") == "token":
		_, _ = io.WriteString(w, `{"errcode":0,"errmsg":"ok","ticket":"mock-ticket","expires_in":7200}`)
	case r.URL.Path == "/sns/oauth2/access_token" && q.Get("secret") == "appsecret-hush" && q.Get("grant_type") == "authorization_code":
		_, _ = fmt.Fprintf(w, `{"access_token":"x","openid":%q}`, q.Get("code"))
	case r.URL.Path == "/cgi-bin/message/custom/send":
		f.sent = append(f.sent, body.String())
		_, _ = io.WriteString(w, `{"errcode":0,"errmsg":"ok"}`)
	default:
		_, _ = io.WriteString(w, `{"errcode":-1,"errmsg":"what?"}`)
	}
}

func (f *fakeAPI) count(path string) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.calls[path]
}

// voiceOf returns the voice in a message.
func voiceOf(t testing.TB, m *sdk.Message) sdk.Voice {
	t.Helper()
	v, ok := m.Content.(sdk.Voice)
	if !ok {
		t.Fatalf("the message has a %T", m.Content)
	}
	return v
}
