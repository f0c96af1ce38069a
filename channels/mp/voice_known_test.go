package mp

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/chuanhuabot/bot/channels/internal/wx"
	"github.com/chuanhuabot/bot/sdk"
)

// named opens the page within WeChat, and comes back from WeChat as person.
func named(t *testing.T, c *Channel) *visitor {
	t.Helper()
	v := &visitor{t: t, c: c, agent: weChat, headers: map[string]string{"Sec-Fetch-Site": "same-origin"}}
	state := asked(t, v)
	w := v.get("/back?code=" + person + "&state=" + state)
	if w.Code != http.StatusFound || w.Header().Get("Location") != voiceAt {
		t.Fatalf("got %d to %s", w.Code, w.Header().Get("Location"))
	}
	return v
}

// asked opens the page, holds that WeChat is asked as it must be, and returns the state.
func asked(t *testing.T, v *visitor) string {
	t.Helper()
	w := v.get("?from=menu")
	to, err := url.Parse(w.Header().Get("Location"))
	if err != nil || w.Code != http.StatusFound {
		t.Fatalf("got %d to %s, %v", w.Code, to, err)
	}
	q := to.Query()
	if to.Host != "open.weixin.qq.com" || to.Path != "/connect/oauth2/authorize" || to.Fragment != "wechat_redirect" || q.Get("appid") != testApp ||
		q.Get("redirect_uri") != "https://bot.example.com/wx/voice/back" || q.Get("response_type") != "code" || q.Get("scope") != "snsapi_base" {
		t.Errorf("asked %s", to)
	}
	return q.Get("state")
}

func TestVoice_KnownPerson(t *testing.T) {
	_, base := newFakeAPI(t)
	c, in, _ := answering(t, oauthConfig(base), sdk.Text{Text: "ok"})
	v := named(t, c)
	if w := v.get(""); w.Code != http.StatusOK {
		t.Fatalf("the page: %d", w.Code)
	}
	wantReplies(t, v.say(saidID, "hi"), true, "ok")
	m := in.last(t)
	written, err := newMessage("wx", parsed(t, textBody(1, "hi")), time.Now())
	if err != nil || m.Sender != person || m.Account != written.Account || m.Conversation != written.Conversation {
		t.Errorf("said %+v, written %+v, %v", m, written, err)
	}
}

// TestVoice_KnownPersonWhosePageIsGone gets the reply in the chat.
func TestVoice_KnownPersonWhosePageIsGone(t *testing.T) {
	api, base := newFakeAPI(t)
	conf := oauthConfig(base)
	c := newChannel(t, conf, io.Discard)
	release, sent := make(chan bool), make(chan error, 1)
	in := newInbox(func(m *sdk.Message) {
		<-release
		sent <- c.Send(context.Background(), reply(m, sdk.Text{Text: "late"}))
	})
	t.Cleanup(started(t, c, in))
	v := named(t, c)
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		for in.kept() == 0 { // The browser hangs up when the turn runs.
			if turns, _ := in.count(); turns > 0 {
				cancel()
			}
			time.Sleep(time.Millisecond)
		}
		one := c.voice.exchanges.find(in.last(t).ID)
		c.voice.exchanges.mu.Lock()
		one.gone = true // As after pagePatience.
		c.voice.exchanges.mu.Unlock()
		release <- true
	}()
	v.do(ctx, http.MethodPost, "/said", "application/json", strings.NewReader(said(saidID, "hi")))
	if err := <-sent; err != nil {
		t.Fatal(err)
	}
	if len(api.sent) != 1 || !strings.Contains(api.sent[0], `"late"`) || !strings.Contains(api.sent[0], person) || in.kept() != 1 {
		t.Errorf("sent %q, kept %d times", api.sent, in.kept())
	}
}

// TestVoice_StatesThatAreRefused: nobody can have another person named as themselves.
func TestVoice_StatesThatAreRefused(t *testing.T) {
	api, base := newFakeAPI(t)
	c, _, _ := answering(t, oauthConfig(base))
	other := &visitor{t: t, c: c, agent: weChat}
	foreign := asked(t, other)
	for name, spoil := range map[string]func(v *visitor, state string) string{
		"none":               func(*visitor, string) string { return "" },
		"of another session": func(*visitor, string) string { return foreign },
		"forged": func(_ *visitor, s string) string {
			return s[:39] + string("0123456789abcdef"[(strings.IndexByte("0123456789abcdef", s[39])+1)%16])
		},
		"with more time":    func(_ *visitor, s string) string { return "ffffffff" + s[8:] },
		"not hexadecimal":   func(_ *visitor, s string) string { return strings.Repeat("x", 40) },
		"without a session": func(v *visitor, s string) string { v.cookie = ""; return s },
		"too late": func(v *visitor, s string) string {
			one, _ := c.voice.sessions.of(&http.Request{Header: http.Header{"Cookie": {sessionCookie + "=" + v.cookie}}})
			return c.voice.sessions.state(one, time.Now().Add(-stateLife-time.Second))
		},
	} {
		t.Run(name, func(t *testing.T) {
			v := &visitor{t: t, c: c, agent: weChat}
			state := spoil(v, asked(t, v))
			if w := v.get("/back?code=" + person + "&state=" + state); w.Code != http.StatusForbidden {
				t.Errorf("got %d", w.Code)
			}
		})
	}
	if n := api.count("/sns/oauth2/access_token"); n != 0 {
		t.Errorf("the platform was asked %d times", n)
	}
}

// TestVoice_WhomWeChatDoesNotName is a guest, and is not sent to WeChat again and again.
func TestVoice_WhomWeChatDoesNotName(t *testing.T) {
	for name, test := range map[string]struct {
		code  string
		fails int
	}{"refused": {person, 40029}, "cancelled": {"", 0}, "a strange openid": {"a%20b", 0}, "as a guest": {"guest-ABC", 0}, "a huge code": {strings.Repeat("x", 600), 0}} {
		t.Run(name, func(t *testing.T) {
			api, base := newFakeAPI(t)
			api.fails = test.fails
			c, in, log := answering(t, oauthConfig(base), sdk.Text{Text: "ok"})
			v := &visitor{t: t, c: c, agent: weChat}
			if w := v.get("/back?code=" + test.code + "&state=" + asked(t, v)); w.Code != http.StatusFound {
				t.Fatalf("got %d", w.Code)
			}
			if w := v.get(""); w.Code != http.StatusOK {
				t.Errorf("the page: %d", w.Code)
			}
			wantReplies(t, v.say(saidID, "hi"), true, "ok")
			if !strings.HasPrefix(in.last(t).Sender, guest) || strings.Contains(log.String(), "appsecret-hush") {
				t.Errorf("the sender is %s; the log: %s", in.last(t).Sender, log)
			}
		})
	}
}

// TestVoice_OutsideOfWeChatNobodyIsAsked, as it works there only.
func TestVoice_OutsideOfWeChatNobodyIsAsked(t *testing.T) {
	_, base := newFakeAPI(t)
	c, _, _ := answering(t, oauthConfig(base))
	visitorOf(t, c)
	plain, _, _ := answering(t, voiceConfig())
	v := &visitor{t: t, c: plain, agent: weChat}
	if w := v.get(""); w.Code != http.StatusOK {
		t.Errorf("without oauth: %d", w.Code)
	}
	if w := v.get("/back?code=x&state=y"); w.Code != http.StatusForbidden {
		t.Errorf("back without oauth: %d", w.Code)
	}
}

// TestVoice_GuestWhosePageIsGone: the delivery fails for ever, with words for the operator.
func TestVoice_GuestWhosePageIsGone(t *testing.T) {
	c, _, _ := answering(t, voiceConfig())
	m := c.voice.message(newSession(""), saidID)
	if err := c.Send(t.Context(), reply(m, sdk.Text{Text: "late"})); !errors.Is(err, errPageGone) {
		t.Errorf("got %v", err)
	}
	if err := c.Prompt(t.Context(), reply(m, sdk.Text{Text: "late"})); !errors.Is(err, errPageGone) {
		t.Errorf("beside others: %v", err)
	}
}

func parsed(t *testing.T, body string) *wx.Field {
	t.Helper()
	root, err := wx.Parse([]byte(body))
	if err != nil {
		t.Fatal(err)
	}
	return root
}
