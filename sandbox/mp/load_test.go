package mp_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/chuanhuabot/bot/sandbox/mp"
	"github.com/chuanhuabot/bot/sandbox/transcript"
)

// TestPlatform_ManyPeopleAtOnce is about what accounts, people, tokens and the transcript have in common.
func TestPlatform_ManyPeopleAtOnce(t *testing.T) {
	c := newClient(t, mp.Verified, mp.Rules{})
	var all sync.WaitGroup
	for i := range 40 {
		all.Go(func() {
			who := fmt.Sprintf("oPerson%02d", i%20)
			for range 3 {
				if out, err := c.account.Say(t.Context(), who, mp.Text("hello")); err != nil || !out.Answered {
					t.Errorf("%s: %+v, %v", who, out, err)
				}
				if code := c.post(send, text(who, "hi"))["errcode"]; code != 0.0 {
					t.Errorf("%s: %v", who, code)
				}
				c.account.Keep("image", "a.png", nil)
			}
		})
	}
	all.Wait()
	for i := range 20 {
		said, saw := 0, 0
		for _, e := range c.account.Transcript(fmt.Sprintf("oPerson%02d", i)) {
			switch e.Kind {
			case transcript.Said:
				said++
			case transcript.Saw:
				saw++
			}
		}
		if said != 6 || saw != 6 {
			t.Errorf("person %d said %d and saw %d", i, said, saw)
		}
	}
}

// TestPlatform_TwoAccountsAreApart holds that tokens, media and people of one account are nothing to another.
func TestPlatform_TwoAccountsAreApart(t *testing.T) {
	c := newClient(t, mp.Verified, mp.Rules{})
	s := settings("plain")
	s.ID, s.AppID, s.Secret, s.URL = "gh_other", "wxother", "othersecret", c.account.Settings().URL
	other, err := c.Add(s)
	if err != nil {
		t.Fatal(err)
	}
	c.refused(c.get("/cgi-bin/token?grant_type=client_credential&appid=wxother&secret=secret"), 40125)
	c.say(t, mp.Text("hello"))
	media := c.account.Keep("image", "a.png", []byte("png"))
	c.token = c.get("/cgi-bin/token?grant_type=client_credential&appid=wxother&secret=othersecret")["access_token"].(string)
	c.refused(c.post(send, text(ann, "hi")), 40003)
	c.refused(c.get("/cgi-bin/media/get?access_token=TOKEN&media_id="+media), 40007)
	if other.Follows(ann) || !c.account.Follows(ann) {
		t.Error("who follows one account follows the other")
	}
	c.account.InvalidateTokens()
	if c.works(c.token) != 0 {
		t.Error("the other account's token was taken back")
	}
	if got := seen(other.Transcript(ann)); got != "note text hi" {
		t.Errorf("got %s", got)
	}
}

// TestSettings_TakeEffectAtOnce changes key, mode and token of an account that runs.
func TestSettings_TakeEffectAtOnce(t *testing.T) {
	w := newWorld(t, settings("plain"), mp.Rules{}, says("success"))
	w.say(t, mp.Text("one"))
	s := w.account.Settings()
	s.Mode, s.AESKey, s.PreviousAESKey = mp.ModeSafe, oldKey, aesKey
	if err := w.account.Set(s); err != nil {
		t.Fatal(err)
	}
	w.say(t, mp.Text("[two]"))
	s.AESKey = "too short"
	if err := w.account.Set(s); err == nil {
		t.Error("a wrong key is taken")
	}
	if got := w.account.Settings().AESKey; got != oldKey {
		t.Errorf("the key is %s after a refused change", got)
	}
	if got := w.sent(); !strings.Contains(got[0], "one") || strings.Contains(got[1], "[two]") || !strings.Contains(got[1], "<Encrypt>") {
		t.Errorf("sent %q", got)
	}
}

// BenchmarkPush is how many callbacks the engine sends to a bot that costs nothing; the goal is 1,000 a second on two cores.
func BenchmarkPush(b *testing.B) {
	for _, mode := range []string{"plain", "safe"} {
		for _, alive := range []bool{true, false} {
			b.Run(fmt.Sprintf("%s/keep-alive=%t", mode, alive), func(b *testing.B) {
				p := mp.New(mp.Options{Rules: mp.Rules{KeepAlive: alive}})
				defer p.Close()
				server := httptest.NewServer(says("success"))
				defer server.Close()
				s := settings(mode)
				s.URL = server.URL
				a, err := p.Add(s)
				if err != nil {
					b.Fatal(err)
				}
				b.RunParallel(func(pb *testing.PB) {
					for pb.Next() {
						if out, err := a.Say(context.Background(), ann, mp.Text("hello")); err != nil || !out.Answered {
							b.Errorf("%+v, %v", out, err)
						}
					}
				})
				b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "callbacks/s")
			})
		}
	}
}

// BenchmarkSend is how many calls the API answers.
func BenchmarkSend(b *testing.B) {
	p := mp.New(mp.Options{})
	defer p.Close()
	s := settings("plain")
	bot := httptest.NewServer(says("success"))
	defer bot.Close()
	s.URL = bot.URL
	a, err := p.Add(s)
	if err != nil {
		b.Fatal(err)
	}
	if _, err := a.Say(b.Context(), ann, mp.Text("hello")); err != nil {
		b.Fatal(err)
	}
	server := httptest.NewServer(p)
	defer server.Close()
	defer http.DefaultClient.CloseIdleConnections()
	response, err := http.Get(server.URL + "/cgi-bin/token?grant_type=client_credential&appid=" + s.AppID + "&secret=" + s.Secret)
	if err != nil {
		b.Fatal(err)
	}
	answer, err := io.ReadAll(response.Body)
	_ = response.Body.Close()
	if err != nil {
		b.Fatal(err)
	}
	token := strings.Split(string(answer), `"`)[3]
	b.ResetTimer()
	for b.Loop() {
		response, err := http.Post(server.URL+strings.Replace(send, "TOKEN", token, 1), "application/json", strings.NewReader(text(ann, "hi")))
		if err != nil {
			b.Fatal(err)
		}
		_, _ = io.Copy(io.Discard, response.Body)
		_ = response.Body.Close()
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "calls/s")
}
