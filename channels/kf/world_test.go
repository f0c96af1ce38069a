package kf

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/chuanhuabot/bot/core"
	"github.com/chuanhuabot/bot/core/memstore"
	"github.com/chuanhuabot/bot/internal/logtest"
	"github.com/chuanhuabot/bot/sandbox/clock"
	wecom "github.com/chuanhuabot/bot/sandbox/kf"
	"github.com/chuanhuabot/bot/sandbox/transcript"
	"github.com/chuanhuabot/bot/sdk"
)

func TestMain(m *testing.M) {
	if os.Getenv(childEnv) != "" {
		if err := child(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	goleak.VerifyTestMain(m)
}

const (
	corpID    = "ww0123456789abcdef"
	testToken = "testtoken"
	testKey   = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
	ann       = "wmTestUser00000000000000000001"
	bob       = "wmTestUser00000000000000000002"
	zhang     = "zhangsan"
	li        = "lisi"
)

// testConfig is bot.yaml's defaults.
func testConfig() Config {
	return Config{
		Path: "/kf", CorpID: corpID, Secret: sdk.NewSecret("secret-hush"), Token: sdk.NewSecret(testToken), AESKey: sdk.NewSecret(testKey),
		APIBase: "https://qyapi.weixin.qq.com", Poll: time.Minute, ColdStart: 10 * time.Minute, VoiceFormat: "amr", Markdown: true, TextLimit: 2048,
		Quota: 5, QuotaFor: 48 * time.Hour, More: "more", Confirm: 3 * time.Second, RepeatCode: 40058, Freshness: 5 * time.Minute,
		Handoff: Handoff{To: "queue", Notice: "a person comes"},
	}
}

// stage is a simulated platform with a company, an account and two servicers, and a bot behind it.
type stage struct {
	t        *testing.T
	platform *wecom.Platform
	corp     *wecom.Corp
	account  *wecom.Account
	clock    *clock.Ahead
	store    core.Store
	config   Config
	poll     time.Duration // In place of bot.yaml's, if it is not zero.
	log      *logtest.Buffer
	api      *httptest.Server
	bot      *running // Nil while none runs.

	mu   sync.Mutex
	call func(w http.ResponseWriter, r *http.Request) bool // Answers a call in the place of the platform, if it returns true.
}

// running is one process of the bot.
type running struct {
	*core.Bot
	channel *Channel
	hook    *httptest.Server
	stop    context.CancelFunc
	ended   chan struct{}
}

func newStage(t *testing.T, rules wecom.Rules) *stage {
	t.Helper()
	ahead := &clock.Ahead{}
	s := newStageAt(t, rules, ahead)
	s.clock = ahead
	return s
}

// newStageAt has a platform with a clock of its own.
func newStageAt(t *testing.T, rules wecom.Rules, at clock.Clock) *stage {
	t.Helper()
	s := &stage{t: t, store: memstore.New(), config: testConfig(), log: &logtest.Buffer{}}
	s.platform = wecom.New(wecom.Options{Clock: at, Rules: rules})
	t.Cleanup(s.platform.Close)
	s.api = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		call := s.call
		s.mu.Unlock()
		if call == nil || !call(w, r) {
			s.platform.ServeHTTP(w, r)
		}
	}))
	t.Cleanup(s.api.Close)
	var err error
	s.corp, err = s.platform.AddCorp(wecom.Settings{CorpID: corpID, Secret: "secret-hush", Token: testToken, AESKey: testKey})
	if err != nil {
		t.Fatal(err)
	}
	s.account = s.corp.AddAccount("客服小助手")
	s.corp.AddServicer(zhang, "张三")
	s.corp.AddServicer(li, "李四")
	s.config.APIBase = s.api.URL
	t.Cleanup(func() { s.stop() })
	return s
}

// intercept lets the test answer calls in the place of the platform.
func (s *stage) intercept(call func(w http.ResponseWriter, r *http.Request) bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.call = call
}

// start runs a bot that answers by handle.
func (s *stage) start(handle sdk.HandlerFunc) {
	s.t.Helper()
	channel, err := New("work", s.config, s.store, "this machine", s.log.Logger())
	if err != nil {
		s.t.Fatal(err)
	}
	if s.poll > 0 {
		channel.config.Poll = s.poll
	}
	ctx, cancel := context.WithCancel(context.Background())
	r := &running{channel: channel, stop: cancel, ended: make(chan struct{})}
	r.Bot = core.New(core.Options{Store: s.store, Channels: map[string]core.Channel{"work": channel}, Handler: handle, Log: s.log.Logger()})
	if err := r.Resume(s.t.Context()); err != nil {
		s.t.Fatal(err)
	}
	go func() {
		defer close(r.ended)
		if err := channel.Run(ctx, r.Bot); err != nil {
			s.t.Error(err)
		}
	}()
	r.hook = httptest.NewServer(channel)
	s.bot = r
	settings := s.corp.Settings()
	settings.URL = r.hook.URL + "/kf"
	if err := s.corp.Set(settings); err != nil {
		s.t.Fatal(err)
	}
}

// stop ends the bot as a signal does.
func (s *stage) stop() {
	if s.bot == nil {
		return
	}
	s.bot.Drain(context.Background())
	s.bot.stop()
	<-s.bot.ended
	s.bot.hook.Close()
	s.bot.Close(context.Background())
	s.bot = nil
}

// say lets a customer say something, and holds that the bell was answered.
func (s *stage) say(customer string, content wecom.Inbound) string {
	s.t.Helper()
	out, err := s.account.Say(s.t.Context(), customer, content)
	if err != nil || !out.Answered {
		s.t.Fatalf("the bell: %v, %v\nlog: %s", out, err, s.log.String())
	}
	return out.Message
}

// later lets two seconds pass on the platform: what comes and goes in one second has no order for anybody.
func (s *stage) later() { s.clock.Advance(2 * time.Second) }

// seen returns what a customer has seen.
func (s *stage) seen(customer string) (texts []string) {
	for _, e := range s.account.Transcript(customer) {
		if e.Kind == transcript.Saw {
			texts = append(texts, e.Text)
		}
	}
	return texts
}

// sees waits until a customer has seen something as often as they should.
func (s *stage) sees(customer string, want ...string) {
	s.t.Helper()
	if !s.until(func() bool { return len(s.seen(customer)) >= len(want) }) || !slices.Equal(s.seen(customer), want) {
		s.t.Fatalf("the customer saw %.300q\nwant %.300q\nlog: %s", s.seen(customer), want, s.log.String())
	}
}

// patience is how long tests wait for what must come.
const patience = 10 * time.Second

func (s *stage) until(ok func() bool) bool {
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(2 * time.Millisecond) {
		if ok() {
			return true
		}
	}
	return ok()
}

// deliveries waits until so many are on record with a state, and returns them.
func (s *stage) deliveries(n int, states ...core.Status) (all []*core.Delivery) {
	s.t.Helper()
	ok := s.until(func() bool {
		var err error
		if all, err = s.store.Deliveries(context.Background(), states...); err != nil {
			s.t.Fatal(err)
		}
		return len(all) == n
	})
	if !ok {
		s.t.Fatalf("%d deliveries are %v, want %d: %+v\nlog: %s", len(all), states, n, all, s.log.String())
	}
	return all
}

// logged waits until the operator reads something.
func (s *stage) logged(text string) {
	s.t.Helper()
	if !s.until(func() bool { return strings.Contains(s.log.String(), text) }) {
		s.t.Fatalf("the operator does not read %q in %s", text, s.log.String())
	}
}

func echo(_ context.Context, m *sdk.Message, r sdk.Responder) error {
	switch c := m.Content.(type) {
	case sdk.Text:
		return r.Reply(sdk.Text{Text: "re " + c.Text})
	case sdk.Event:
		return nil
	default:
		return r.Reply(sdk.Text{Text: "a " + string(m.Content.Kind())})
	}
}

// refuseOnce answers the first call of a path with a code, in the place of the platform.
func refuseOnce(path string, code int) func(w http.ResponseWriter, r *http.Request) bool {
	var once atomic.Bool
	return func(w http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path != path || once.Swap(true) {
			return false
		}
		_, _ = fmt.Fprintf(w, `{"errcode":%d,"errmsg":"refused by the test"}`, code)
		return true
	}
}
