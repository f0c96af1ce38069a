package kf

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/chuanhuabot/bot/core"
	"github.com/chuanhuabot/bot/internal/logtest"
	"github.com/chuanhuabot/bot/sandbox/wire"
	"github.com/chuanhuabot/bot/sdk"
)

// FuzzReadEntry plays a platform whose entries are anything: each is passed over, or a message that a store can write and a plugin can
// read.
func FuzzReadEntry(f *testing.F) {
	for _, raw := range inbound(f) {
		f.Add(raw)
	}
	f.Add([]byte(`{"msgtype":"event","event":{"event_type":"enter_session","welcome_code":"c"},"send_time":1e300}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		e, err := readEntry(account, raw, "c#0")
		if err != nil {
			return
		}
		if again, err := readEntry(account, raw, "c#0"); err != nil || again.id != e.id || e.id == "" {
			t.Fatalf("%q and then %q, %v", e.id, again.id, err)
		}
		m, err := handedIn(t, raw)
		if err != nil {
			t.Fatal(err)
		}
		wantText(t, "fuzz", m)
		if _, err := json.Marshal(m); err != nil {
			t.Fatal(err)
		}
		if m.Window.Until.Before(m.Time) && m.Window != (sdk.Window{}) {
			t.Errorf("the window of %v ends %v", m.Time, m.Window.Until)
		}
	})
}

// FuzzCallback plays anybody, who knows the address and nothing else.
func FuzzCallback(f *testing.F) {
	v := vectorOf(f, "A1")
	f.Add(true, v.query().Encode()+"&echostr="+url.QueryEscape(v.Encrypt), "")
	f.Add(false, v.query().Encode(), outer(v.Encrypt))
	f.Add(false, "msg_signature=%zz&timestamp=1;nonce=2", "<xml><Encrypt>")
	f.Add(true, "msg_signature=", "")
	log := &logtest.Buffer{}
	c := newChannel(f, testConfig(), log)
	f.Fuzz(func(t *testing.T, get bool, query, body string) {
		r := &http.Request{Method: http.MethodPost, URL: &url.URL{Path: "/kf", RawQuery: query}, Header: http.Header{}}
		r = r.WithContext(t.Context())
		if r.Body = http.NoBody; !get {
			r.Body = httptest.NewRequest(http.MethodPost, "/kf", strings.NewReader(body)).Body
		} else {
			r.Method = http.MethodGet
		}
		w := httptest.NewRecorder()
		c.ServeHTTP(w, r)
		shown := get && w.Code == http.StatusOK && w.Body.String() == page && !isVerification(r.URL.Query())
		refused := (w.Code == http.StatusForbidden || w.Code == http.StatusRequestEntityTooLarge) && w.Body.Len() == 0
		if !shown && !refused || len(c.accounts.readers) > 0 {
			t.Errorf("%d %q for somebody", w.Code, w.Body)
		}
	})
}

// FuzzSealed plays a platform whose own words are anything.
func FuzzSealed(f *testing.F) {
	f.Add([]byte(bellOf(time.Now(), news1+"<OpenKfId>wka</OpenKfId>")), "1760000000", "nonce")
	f.Add([]byte("<xml><Event>kf_account_auth_change</Event><AuthAddOpenKfId>\xff</AuthAddOpenKfId></xml>"), "", "")
	config := testConfig()
	config.Freshness = 100 * 365 * 24 * time.Hour
	f.Fuzz(func(t *testing.T, plain []byte, timestamp, nonce string) {
		if len(plain) > 1<<19 {
			return // Encrypted it would be refused for its size.
		}
		c := newChannel(t, config, &logtest.Buffer{})
		_, sealed := signed(t, string(plain), time.Now())
		q := url.Values{"timestamp": {timestamp}, "nonce": {nonce}, "echostr": {sealed}}
		q.Set("msg_signature", wire.Sign(testToken, timestamp, nonce, sealed))
		wantStatus(t, "GET", visit(c, q.Encode()), http.StatusOK, string(plain))
		w := post(c, q, outer(sealed))
		if w.Code != http.StatusOK && !(w.Code == http.StatusForbidden && len(c.accounts.readers) == 0) {
			t.Errorf("got %d for what the platform signed", w.Code)
		}
		for id := range c.accounts.readers {
			if !accountPattern.MatchString(id) {
				t.Errorf("account %q is read", id)
			}
		}
	})
}

// FuzzOutgoing plays a plugin that sends anything: it is an error, or JSON that the platform can read, within its limits.
func FuzzOutgoing(f *testing.F) {
	f.Add("msgmenu", []byte(`{"list":[{"type":"click","click":{"id":"1","content":"a"}}]}`), "head", "choice")
	f.Add("link", []byte(`{"title":"T","url":"https://a","thumb_media_id":"M","desc":"\ud800"}`), "\xff", "\u2028")
	f.Add("handoff", []byte(`{"reason":"r"}`), strings.Repeat("\xff", 400), " ")
	c := newChannel(f, testConfig(), &logtest.Buffer{})
	f.Fuzz(func(t *testing.T, kind string, object []byte, head, choice string) {
		for _, content := range []sdk.Content{
			sdk.Raw{Type: kind, Fields: object}, sdk.Menu{Head: head, Choices: []sdk.Choice{{ID: choice, Text: choice}, {Text: head}}},
			sdk.Link{URL: choice, Title: head}, sdk.Image{Media: sdk.Media{ID: head, URL: choice}}, sdk.Location{Label: head}, sdk.Text{Text: head},
		} {
			if text, isText := c.shown(&core.Delivery{Content: content}).(sdk.Text); isText {
				if !utf8.ValidString(text.Text) || strings.ContainsAny(text.Text, "\x00\x08\u2028") || text.Text != "" && blank(text.Text) {
					t.Errorf("%#v is shown as %q", content, text.Text)
				}
				continue
			}
			o, _, err := c.outgoing(content)
			if (err == nil) != (o.body != nil) {
				t.Errorf("%#v: %v, %v", content, o, err)
			}
			data, err := json.Marshal(o.body)
			if err != nil || strings.Contains(strings.ReplaceAll(string(data), `\\`, ""), `\u2028`) {
				t.Errorf("%#v: %s, %v", content, data, err)
			}
			m, isMenu := o.body["msgmenu"].(map[string]any)
			if isMenu && content.Kind() == sdk.KindMenu {
				first := m["list"].([]map[string]any)[0]["click"].(map[string]any)
				if said, _ := m["head_content"].(string); len(said) > 1024 || len(first["content"].(string)) > 128 {
					t.Errorf("%#v: %s", content, data)
				}
			}
		}
	})
}
