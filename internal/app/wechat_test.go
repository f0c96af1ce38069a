package app_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/chuanhuabot/bot/sandbox/mp"
	"github.com/chuanhuabot/bot/sandbox/wire"
)

const aesKey = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"

// phone is people who chat with a bot through the simulated platform.
type phone struct{ *mp.Account }

// call returns a phone for the bot at url, whose platform is in the given mode.
func call(t *testing.T, url, mode string) phone {
	t.Helper()
	platform := mp.New(mp.Options{})
	t.Cleanup(platform.Close)
	account, err := platform.Add(mp.Settings{ID: "gh_test", AppID: "wx0000000000000000", Token: "testtoken", AESKey: aesKey, Mode: mode, URL: url})
	if err != nil {
		t.Fatal(err)
	}
	return phone{account}
}

var errSilent = errors.New("the person sees nothing")

// say returns what the person sees in answer to a text. The error is errSilent for `success`, and otherwise why there is no
// answer.
func (p phone) say(t *testing.T, person, text string) (string, error) {
	out, err := p.Say(t.Context(), person, mp.Text(text))
	switch {
	case err != nil:
		return "", err
	case out.Reply != nil:
		return out.Reply.Content, nil
	case out.Answered:
		return "", errSilent
	}
	return "", errors.New(out.Why)
}

func TestMP_TextInAllThreeModes(t *testing.T) {
	for _, mode := range []string{"plain", "compatible", "safe"} {
		t.Run(mode, func(t *testing.T) {
			b := run(t, strings.Replace(plain, "token: testtoken", "token: testtoken, aes_key: "+aesKey+", mode: "+mode, 1))
			p := call(t, b.url, mode)
			if err := p.Verify(t.Context()); err != nil {
				t.Error(err)
			}
			out, err := p.Say(t.Context(), "oTestUser", mp.Text("你好 & <b>"))
			if err != nil || out.Reply == nil || out.Reply.Content != "你发送的消息是: 你好 & <b>" || len(out.Tries) != 1 {
				t.Fatalf("%+v, %v", out, err)
			}
			if sealed := len(out.Tries[0].Plain) > 0; sealed != (mode != "plain") {
				t.Errorf("encrypted: %t", sealed)
			}
			if age := time.Since(time.Unix(out.Reply.CreateTime, 0)); age < 0 || age > time.Minute {
				t.Errorf("CreateTime %d", out.Reply.CreateTime)
			}
		})
	}
}

func TestMP_OtherKindsAreNamed(t *testing.T) {
	p := call(t, run(t, plain).url, "plain")
	for want, in := range map[string]mp.Inbound{
		"收到一条语音消息":        mp.Voice("M", "W"),
		"收到一条图片消息":        mp.Image("http://x/0", "M"),
		"收到一条位置消息":        mp.Location(39.9, 116.3, 16, "L"),
		"收到一个事件: CLICK":   mp.Click("K"),
		"收到一条消息, 类型: odd": mp.Message("odd", wire.Text("A", "1")),
	} {
		out, err := p.Say(t.Context(), "o1", in)
		if err != nil || out.Reply == nil || out.Reply.Content != want {
			t.Errorf("got %+v, %v, want %q", out, err, want)
		}
	}
}

func TestMP_VerificationAndPlainVisit(t *testing.T) {
	b := run(t, plain)
	p := call(t, b.url, "plain")
	if err := p.Verify(t.Context()); err != nil {
		t.Error(err)
	}
	s := p.Settings()
	s.Token = "othertoken"
	if err := p.Set(s); err != nil {
		t.Fatal(err)
	}
	if err := p.Verify(t.Context()); err == nil || !strings.Contains(err.Error(), "403") {
		t.Errorf("another token: %v", err)
	}
	response, err := http.Get(b.url)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	page := make([]byte, 1000)
	n, _ := response.Body.Read(page)
	if response.StatusCode != http.StatusOK || !strings.Contains(string(page[:n]), "WeChat") {
		t.Errorf("%s: %s", response.Status, page[:n])
	}
}
