package mp_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chuanhuabot/bot/core"
	"github.com/chuanhuabot/bot/core/jetstore"
	"github.com/chuanhuabot/bot/internal/app"
	"github.com/chuanhuabot/bot/internal/config"
	"github.com/chuanhuabot/bot/sandbox/mp"
	"github.com/chuanhuabot/bot/sdk"
)

// slow is a plugin that takes as long as a message says, answers once, or three times for "1s thrice", and writes down how often
// it was asked.
type slow struct{ log string }

func (s slow) Handle(ctx context.Context, m *sdk.Message, r sdk.Responder) error {
	f, err := os.OpenFile(s.log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, _ = fmt.Fprintln(f, m.Text())
	_ = f.Close()
	wait, times, _ := strings.Cut(m.Text(), " ")
	d, err := time.ParseDuration(wait)
	if err != nil {
		return err
	}
	select {
	case <-time.After(d):
	case <-ctx.Done():
		return ctx.Err()
	}
	if times == "" {
		return r.Reply(sdk.Text{Text: "waited " + m.Text()})
	}
	return errors.Join(r.Reply(sdk.Text{Text: "first"}), r.Reply(sdk.Link{URL: "https://example.com/", Title: "second", Description: "D",
		PictureURL: "https://example.com/p.png"}), r.Reply(sdk.Text{Text: strings.Repeat("third ", 500)}))
}

// realBot is the bot as it is shipped, with an account on a platform whose clock is the machine's.
type realBot struct {
	platform *mp.Platform
	account  *mp.Account
	dir      string
	runs     string // Where slow writes.
	stop     func()
}

const botYAML = `
listen: "127.0.0.1:0"
drain: 5s
channels: {wx: {mp: {path: /wx, app_id: wx0123456789abcdef, app_secret: secret, token: testtoken, MODE, try_timeout: TRY, api_base: "API"}}}
plugins: {echo: {}, slow: {command: [BINARY, be-slow, RUNS]}}
routes: [{when: {text: "^[0-9.]+m?s( thrice)?$"}, to: [slow]}, {to: [echo]}]
`

// start runs a bot whose platform waits for the given time. The bot's keys are those of the account unless another is given.
func start(t *testing.T, mode string, try time.Duration, keys string) *realBot {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	p := mp.New(mp.Options{Rules: mp.Rules{TryTimeout: try}})
	t.Cleanup(p.Close)
	host := httptest.NewServer(p)
	t.Cleanup(host.Close)
	b := &realBot{dir: t.TempDir(), platform: p}
	b.runs = filepath.Join(b.dir, "runs")
	text := strings.NewReplacer("BINARY", fmt.Sprintf("%q", self), "RUNS", fmt.Sprintf("%q", b.runs), "TRY", try.String(), "API", host.URL,
		"MODE", "mode: "+mode+", "+keys).Replace(botYAML)
	path := filepath.Join(b.dir, "bot.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := config.Load(path, config.Options{Bundled: app.Bundled()})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	a, err := app.New(ctx, c, slog.New(slog.DiscardHandler))
	if err != nil {
		cancel()
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- a.Run(ctx) }()
	b.stop = sync.OnceFunc(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("run: %v", err)
		}
	})
	t.Cleanup(b.stop)
	s := settings(mode)
	s.URL = "http://" + a.Addr().String() + "/wx"
	if b.account, err = p.Add(s); err != nil {
		t.Fatal(err)
	}
	return b
}

const bothKeys = "aes_key: " + aesKey + ", previous_aes_key: " + oldKey

func (b *realBot) push(t *testing.T, push mp.Push) *mp.Outcome {
	t.Helper()
	push.Person = ann
	out, err := b.account.Push(t.Context(), push)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// noBanner holds that the person has never seen the platform's fault.
func (b *realBot) noBanner(t *testing.T) {
	t.Helper()
	if got := seen(b.account.Transcript(ann)); strings.Contains(got, mp.FaultBanner) {
		t.Errorf("the person sees the fault banner: %s", got)
	}
}

func TestBot_EchoesInAllThreeModes(t *testing.T) {
	for _, mode := range []string{"plain", "compatible", "safe"} {
		t.Run(mode, func(t *testing.T) {
			b := start(t, mode, 5*time.Second, bothKeys)
			if err := b.account.Verify(t.Context()); err != nil {
				t.Error(err)
			}
			out := b.push(t, mp.Push{Content: mp.Text("你好 & <b> ]]>")})
			if out.Reply == nil || out.Reply.Content != "你发送的消息是: 你好 & <b> ]]>" || len(out.Tries) != 1 {
				t.Errorf("%+v", out)
			}
			if sealed := out.Tries[0].Plain != nil; sealed != (mode != "plain") {
				t.Errorf("sealed: %t", sealed)
			}
			b.noBanner(t)
		})
	}
}

// TestBot_TakesEveryKind holds that no kind of message and no event of the platform is answered wrongly.
func TestBot_TakesEveryKind(t *testing.T) {
	b := start(t, "safe", 5*time.Second, bothKeys)
	for _, in := range []mp.Inbound{
		mp.MenuText("满意", "101"), mp.ArticleText("a", "1_1", "1"), mp.Image("http://127.0.0.1/0", "M"), mp.Voice("M", "W"),
		mp.Voice("M", "W").Recognized(""), mp.Voice("M", "W").Recognized("你好"), mp.Video("M", "T"), mp.ShortVideo("M", "T"),
		mp.Location(39.9, 116.4, 16, "北京"), mp.Link("T", "D", "https://example.com/"), mp.Unsupported(), mp.Message("odd"),
		mp.Subscribe(), mp.SubscribeByScan("1", "T"), mp.Scan("1", "T"), mp.ReportLocation(1, 2, 3), mp.Click("K"), mp.View("u", "1"),
		mp.ViewMiniProgram("p", "1"), mp.ScanCode("K", "R", true), mp.Pictures("pic_weixin", "K", "0f"),
		mp.LocationSelect("K", "1", "2", "3", "L"), mp.TemplateSent("1", "success"), mp.MassSent("1", "send success", 2, 1),
		mp.ServicerJoins("a@b"), mp.ServicerLeaves("a@b"), mp.ServicerChanges("a@b", "c@b"), mp.Event("card_pass_check"), mp.Unsubscribe(),
	} {
		if out := b.push(t, mp.Push{Content: in}); !out.Answered || out.Fault || len(out.Tries) != 1 {
			t.Errorf("%s %s: %+v", in.Type, in.Event, out)
		}
	}
	b.noBanner(t)
}

// TestBot_SevenSecondsAreAnsweredOnTheRetry is about seven seconds of five, at a fifth of their length.
func TestBot_SevenSecondsAreAnsweredOnTheRetry(t *testing.T) {
	t.Parallel()
	b := start(t, "safe", time.Second, bothKeys)
	b.push(t, mp.Push{Content: mp.Text("1ms")}) // The plugin has started.
	out := b.push(t, mp.Push{Content: mp.Text("1400ms")})
	if len(out.Tries) != 2 || !out.Tries[0].TimedOut || out.Reply == nil || out.Reply.Content != "waited 1400ms" {
		t.Errorf("%+v", out)
	}
	runs, err := os.ReadFile(b.runs)
	if err != nil || string(runs) != "1ms\n1400ms\n" {
		t.Errorf("runs %q, %v", runs, err)
	}
	b.noBanner(t)
}

// TestBot_WithoutAnyStepSixtySecondsEndInSilenceAndAFailedDelivery is about a plugin that is slower than all tries together.
func TestBot_WithoutAnyStepSixtySecondsEndInSilenceAndAFailedDelivery(t *testing.T) {
	t.Parallel()
	b := start(t, "plain", time.Second, bothKeys+noReading)
	out := b.push(t, mp.Push{Content: mp.Text("4s")})
	if !out.Answered || out.Fault || out.Reply != nil || len(out.Tries) != 3 || string(out.Tries[2].Body) != "success" {
		t.Errorf("%+v", out)
	}
	b.stop() // It lets the turn end first.
	store, err := jetstore.Open(t.Context(), jetstore.Options{Dir: filepath.Join(b.dir, "data")})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	failed, err := store.Deliveries(t.Context(), core.StatusFailed)
	if err != nil || len(failed) != 1 || !strings.Contains(failed[0].Reason, "window") {
		t.Errorf("%+v, %v", failed, err)
	}
	b.noBanner(t)
}

func TestBot_DuplicatesRunOnceAndAreSeenOnce(t *testing.T) {
	t.Parallel()
	b := start(t, "compatible", 2*time.Second, bothKeys)
	b.push(t, mp.Push{Content: mp.Text("1ms")})
	out := b.push(t, mp.Push{Content: mp.Text("300ms"), Fault: mp.Fault{Duplicates: 3}})
	if out.Reply == nil || out.Fault {
		t.Errorf("%+v", out)
	}
	runs, err := os.ReadFile(b.runs)
	if err != nil || string(runs) != "1ms\n300ms\n" {
		t.Errorf("runs %q, %v", runs, err)
	}
	if got := seen(b.account.Transcript(ann)); strings.Count(got, "waited 300ms") != 1 {
		t.Error(got)
	}
	b.noBanner(t)
}

func TestBot_LostAndReversedPushesAreAllAnswered(t *testing.T) {
	t.Parallel()
	b := start(t, "safe", time.Second, bothKeys)
	if out := b.push(t, mp.Push{Content: mp.Text("lost"), Fault: mp.Fault{Lost: 2}}); out.Reply == nil || len(out.Tries) != 3 {
		t.Errorf("%+v", out)
	}
	outs, err := b.account.PushReversed(t.Context(), mp.Push{Person: ann, Content: mp.Text("one")}, mp.Push{Person: ann, Content: mp.Text("two")})
	if err != nil || !strings.HasSuffix(outs[0].Reply.Content, "one") || !strings.HasSuffix(outs[1].Reply.Content, "two") {
		t.Errorf("%v", err)
	}
	b.noBanner(t)
}

func TestBot_KeysAreRotated(t *testing.T) {
	b := start(t, "safe", 5*time.Second, bothKeys)
	for _, old := range []bool{true, false, true} {
		out := b.push(t, mp.Push{Content: mp.Text("hello"), Fault: mp.Fault{OldKey: old}})
		if out.Reply == nil || out.Reply.Content != "你发送的消息是: hello" {
			t.Errorf("old %t: %+v", old, out)
		}
	}
	b.noBanner(t)
}

// TestBot_TruncatedIsAcknowledged holds that a message that arrives damaged is not asked for again and shows no fault.
func TestBot_TruncatedIsAcknowledged(t *testing.T) {
	for _, mode := range []string{"plain", "compatible", "safe"} {
		b := start(t, mode, 5*time.Second, bothKeys)
		for _, fault := range []mp.Fault{{Truncated: true}, {Doctype: true}} {
			out := b.push(t, mp.Push{Content: mp.Text("hello"), Fault: fault})
			if len(out.Tries) != 1 || string(out.Tries[0].Body) != "success" {
				t.Errorf("%s, %+v: %+v", mode, fault, out)
			}
		}
		b.noBanner(t)
	}
}

// TestBot_RefusesWhatIsNotProved holds that a forged push gets a 403, runs nothing and says nothing. What the platform
// would then show is no matter: the platform does not send these.
func TestBot_RefusesWhatIsNotProved(t *testing.T) {
	for mode, faults := range map[string][]mp.Fault{
		"plain":      {{WrongSignature: true}},
		"compatible": {{WrongSignature: true}, {WrongID: true}},
		"safe":       {{WrongSignature: true}, {WrongID: true}, {OldKey: true}},
	} {
		b := start(t, mode, 5*time.Second, "aes_key: "+aesKey)
		for _, fault := range faults {
			out := b.push(t, mp.Push{Content: mp.Text("1ms"), Fault: fault})
			if out.Reply != nil || out.Answered || out.Tries[0].Status != 403 || len(out.Tries[0].Body) > 0 {
				t.Errorf("%s, %+v: %+v", mode, fault, out)
			}
		}
		if _, err := os.Stat(b.runs); err == nil {
			t.Errorf("%s: the plugin has run", mode)
		}
		b.stop()
	}
}
