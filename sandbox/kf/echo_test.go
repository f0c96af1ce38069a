package kf_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chuanhuabot/bot/sandbox/clock"
	"github.com/chuanhuabot/bot/sandbox/kf"
	"github.com/chuanhuabot/bot/sandbox/kf/kftest"
	"github.com/chuanhuabot/bot/sandbox/traffic"
	"github.com/chuanhuabot/bot/sandbox/transcript"
)

// path is a platform and the least bot that there is, with nothing between them but HTTP.
type path struct {
	*kf.Platform
	t       testing.TB
	corp    *kf.Corp
	account *kf.Account
	clock   *clock.Moved
	traffic *traffic.Log
	bot     *kftest.Echo
}

func newPath(t testing.TB, rules kf.Rules) *path {
	t.Helper()
	p := &path{t: t, clock: clock.NewMoved(noon), traffic: traffic.New(10_000)}
	p.Platform = kf.New(kf.Options{Clock: p.clock, Traffic: p.traffic, Rules: rules})
	host := httptest.NewServer(p.Platform)
	s := settings()
	p.bot = kftest.NewEcho(kftest.Options{APIBase: host.URL, CorpID: s.CorpID, Secret: s.Secret, Token: s.Token, AESKey: s.AESKey})
	bot := httptest.NewServer(p.bot)
	s.URL = bot.URL
	t.Cleanup(func() {
		p.bot.Close()
		bot.Close()
		host.Close()
		p.Platform.Close()
	})
	var err error
	if p.corp, err = p.AddCorp(s); err != nil {
		t.Fatal(err)
	}
	p.account = p.corp.AddAccount("客服")
	p.corp.AddServicer(zhang, "张三")
	return p
}

// saw waits until a customer sees a text.
func (p *path) saw(customer, text string) transcript.Entry {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	e, err := p.Transcript().Wait(ctx, 0, func(e transcript.Entry) bool {
		return e.Kind == transcript.Saw && e.Person == customer && e.Text == text
	})
	if err != nil {
		p.t.Fatalf("%s never sees %q: %v; the bot's last error: %v\n%s", customer, text, err, p.bot.Err(), seen(p.account.Transcript(customer)))
	}
	return e
}

func (p *path) push(push kf.Push) *kf.Outcome {
	p.t.Helper()
	out, err := p.account.Push(context.Background(), push)
	if err != nil {
		p.t.Fatal(err)
	}
	return out
}

func TestPath_VerifyWelcomeAndAnswer(t *testing.T) {
	p := newPath(t, kf.Rules{})
	if err := p.corp.Verify(t.Context()); err != nil {
		t.Error(err)
	}
	p.push(kf.Push{Customer: ann, Content: kf.Enter("shop", "")})
	p.saw(ann, "welcome")
	p.push(kf.Push{Customer: ann, Content: kf.Text("你好")})
	p.saw(ann, "echo: 你好")
	if got := seen(p.account.Transcript(ann)); got != "said enter_session shop | saw text welcome | said text 你好 | saw text echo: 你好" {
		t.Error(got)
	}
	if err := p.bot.Err(); err != nil && !strings.Contains(err.Error(), "41001") {
		t.Error(err)
	}
}

// TestPath_EveryMessageOnce goes through what bots fail at: short and empty pages, lost and doubled bells, strangers in the log.
func TestPath_EveryMessageOnce(t *testing.T) {
	for name, rules := range map[string]kf.Rules{
		"plain": {}, "short": {ShortPages: 1}, "empty": {EmptyPages: 2, ShortPages: 2}, "strange": {Strange: 1}, "new cursors": {NewCursors: true},
		"bare": {BareEvents: true}, "no AgentID": {NoAgentID: true}, "newest first": {NewestFirst: true, ShortPages: 1},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPath(t, rules)
			var all []kf.Push
			for i := range 5 {
				all = append(all, kf.Push{Customer: ann, Content: kf.Text("same"), NoBell: i%2 == 0}, kf.Push{Customer: fmt.Sprint("wm", i), Content: kf.Text("hello")})
			}
			all = append(all, kf.Push{Customer: bob, Content: kf.Image("x")}, kf.Push{Customer: bob, Content: kf.Text("last"), Fault: kf.Fault{Duplicates: 3}})
			for _, push := range all {
				p.push(push)
			}
			p.saw(bob, "echo: last")
			if got := strings.Count(seen(p.account.Transcript(ann)), "saw text echo: same"); got != 5 {
				t.Errorf("5 equal texts got %d answers", got)
			}
			for i := range 5 {
				if got := seen(p.account.Transcript(fmt.Sprint("wm", i))); got != "said text hello | saw text echo: hello" {
					t.Error(got)
				}
			}
		})
	}
}

func TestPath_LateBellAndLostToken(t *testing.T) {
	p := newPath(t, kf.Rules{})
	p.push(kf.Push{Customer: ann, Content: kf.Text("1")})
	p.saw(ann, "echo: 1")
	p.corp.InvalidateTokens()
	pending, err := p.account.Begin(kf.Push{Customer: ann, Content: kf.Text("2")})
	if err != nil {
		t.Fatal(err)
	}
	p.clock.Advance(11 * time.Minute) // Longer than the bell's token is valid.
	if _, err := pending.Deliver(t.Context()); err != nil {
		t.Fatal(err)
	}
	p.saw(ann, "echo: 2")
}

// TestPath_AHumanTakesOver holds that the servicer's words are not taken for the customer's.
func TestPath_AHumanTakesOver(t *testing.T) {
	p := newPath(t, kf.Rules{})
	ctx := t.Context()
	p.push(kf.Push{Customer: ann, Content: kf.Text("1")})
	p.saw(ann, "echo: 1")
	for _, err := range []error{
		p.account.Take(ctx, zhang, ann), p.account.SeatSay(ctx, zhang, ann, kf.Text("a human here")), p.account.End(ctx, zhang, ann),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	p.push(kf.Push{Customer: ann, Content: kf.Text("2")})
	p.saw(ann, "echo: 2")
	if got := seen(p.account.Transcript(ann)); strings.Contains(got, "echo: a human") {
		t.Error(got)
	}
}

func TestPath_EchoTakesOnlyTheRightBells(t *testing.T) {
	p := newPath(t, kf.Rules{})
	for name, fault := range map[string]kf.Fault{
		"signature": {WrongSignature: true}, "id": {WrongID: true}, "key": {OldKey: true}, "truncated": {Truncated: true}, "large": {Large: true},
	} {
		if out := p.push(kf.Push{Customer: ann, Content: kf.Text("x"), Fault: fault}); out.Answered || out.Tries[0].Status != http.StatusForbidden {
			t.Errorf("%s: %+v", name, out.Tries[0])
		}
	}
	if out, err := p.account.SetGranted(t.Context(), true); err != nil || !out.Answered {
		t.Errorf("%+v, %v", out, err)
	}
	wrong := kftest.NewEcho(kftest.Options{AESKey: "short"})
	defer wrong.Close()
	w := httptest.NewRecorder()
	if wrong.ServeHTTP(w, httptest.NewRequest("GET", "/?echostr=x", nil)); w.Code != http.StatusForbidden || wrong.Err() == nil {
		t.Errorf("%d, %v", w.Code, wrong.Err())
	}
}

// TestPath_Traffic holds that a page can find what belongs to a message.
func TestPath_Traffic(t *testing.T) {
	p := newPath(t, kf.Rules{})
	out := p.push(kf.Push{Customer: ann, Content: kf.Text("hi")})
	answer := p.saw(ann, "echo: hi")
	found := map[string]traffic.Exchange{}
	all, more := p.traffic.After(0)
	for !strings.Contains(all[len(all)-1].URL, "/kf/send_msg") { // It is kept when the customer sees it already.
		<-more
		all, more = p.traffic.After(0)
	}
	for _, e := range all {
		u, err := url.Parse(e.URL)
		if err != nil {
			t.Fatal(err)
		}
		found[u.Path] = e
		if strings.Contains(e.URL+e.Response, "secret=secret") || strings.Contains(e.URL, "access_token=") && !strings.Contains(e.URL, "***") && !strings.HasSuffix(e.URL, "access_token=") {
			t.Errorf("a secret shows: %s", e.URL)
		}
	}
	bell, sync, send := found[""], found["/cgi-bin/kf/sync_msg"], found["/cgi-bin/kf/send_msg"]
	if bell.Message != out.Message || bell.Person != ann || bell.Account != p.account.ID() || bell.Try != 1 || bell.RequestPlain != string(out.Plain) || bell.Platform != "kf" {
		t.Errorf("the bell: %+v", bell)
	}
	if sync.Account != p.account.ID() || !strings.Contains(sync.Response, out.Message) {
		t.Errorf("sync_msg: %+v", sync)
	}
	if send.Account != p.account.ID() || send.Person != ann || send.Message != answer.Message || send.Code != 0 {
		t.Errorf("send_msg: %+v", send)
	}
}

// TestPath_ManyCustomersAtOnce is for the race detector: everything that can happen at once happens at once.
func TestPath_ManyCustomersAtOnce(t *testing.T) {
	p := newPath(t, kf.Rules{CallsPerMinute: -1, ShortPages: 7})
	var all sync.WaitGroup
	for i := range 20 {
		all.Go(func() {
			who := fmt.Sprint("wmMany", i)
			p.push(kf.Push{Customer: who, Content: kf.Enter("", "")})
			for j := range 5 {
				p.push(kf.Push{Customer: who, Content: kf.Text(fmt.Sprint(j)), NoBell: j == 2})
				p.account.Session(who)
				p.corp.Keep("image", "a.png", nil)
			}
		})
	}
	all.Go(func() {
		for i := range 50 {
			p.corp.AddServicer(fmt.Sprint("s", i%5), "S")
			p.corp.AddAccount("A")
			s := p.corp.Settings()
			if err := p.corp.Set(s); err != nil {
				t.Error(err)
			}
		}
	})
	all.Go(func() {
		ctx := context.Background()
		for range 10 {
			p.push(kf.Push{Customer: bob, Content: kf.Text("x")})
			_ = p.account.Take(ctx, zhang, bob) // Each may come too late.
			_ = p.account.SeatSay(ctx, zhang, bob, kf.Text("y"))
			_ = p.account.End(ctx, zhang, bob)
		}
	})
	all.Wait()
	for i := range 20 {
		who := fmt.Sprint("wmMany", i)
		for j := range 5 {
			p.saw(who, fmt.Sprint("echo: ", j))
		}
		if got := seen(p.account.Transcript(who)); strings.Count(got, "saw text echo") != 5 || strings.Count(got, "said text") != 5 {
			t.Error(got)
		}
	}
}
