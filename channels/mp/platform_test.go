package mp

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/chuanhuabot/bot/channels/internal/wx"
	"github.com/chuanhuabot/bot/core"
	"github.com/chuanhuabot/bot/core/memstore"
	"github.com/chuanhuabot/bot/sdk"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	testToken = "testtoken123"
	testApp   = "wx0123456789abcdef"
	account   = "gh_0123456789ab"
	person    = "oTestUser0000000000000000001"
)

var (
	testKey     = strings.Repeat("k", 42) + "G"
	previousKey = strings.Repeat("p", 42) + "C"
)

// config is what bot.yaml would give, with its defaults.
func config(mode string) Config {
	c := Config{
		Path: "/wx", AppID: testApp, Token: sdk.NewSecret(testToken), AppSecret: sdk.NewSecret("appsecret-hush"),
		Mode: mode, Account: "unverified", APIBase: "https://api.weixin.qq.com",
		Tries: 3, TryTimeout: 5 * time.Second, Freshness: 5 * time.Minute, TextLimit: 2048, Markdown: true,
		Late: Late{Hold: true, Custom: true, Word: "查看", Keep: 24 * time.Hour, Quota: 5, QuotaFor: 48 * time.Hour},
	}
	if mode != ModePlain {
		c.AESKey, c.PreviousAESKey = sdk.NewSecret(testKey), sdk.NewSecret(previousKey)
	}
	return c
}

func newChannel(t testing.TB, c Config, log io.Writer) *Channel {
	t.Helper()
	channel, err := New("wx", c, memstore.New(), slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug})))
	if err != nil {
		t.Fatal(err)
	}
	return channel
}

// started runs a channel until stop.
func started(t testing.TB, c *Channel, in core.Inbox) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := c.Run(ctx, in); err != nil {
			t.Errorf("Run: %v", err)
		}
	}()
	<-c.gate.opened
	return func() { cancel(); <-done }
}

// head is what every callback begins with.
func head(kind string) string {
	return "<xml><ToUserName><![CDATA[" + account + "]]></ToUserName>\n<FromUserName><![CDATA[" + person +
		"]]></FromUserName>\n<CreateTime>1760000000</CreateTime>\n<MsgType><![CDATA[" + kind + "]]></MsgType>\n"
}

func textBody(n int, text string) string {
	return head("text") + string(wx.AppendText(nil, "Content", text)) + fmt.Sprintf("\n<MsgId>%d</MsgId>\n</xml>", n)
}

func eventBody(name, rest string) string {
	return head("event") + "<Event><![CDATA[" + name + "]]></Event>" + rest + "</xml>"
}

// plainQuery signs as the platform does in plain mode.
func plainQuery(at time.Time) url.Values {
	timestamp, nonce := fmt.Sprint(at.Unix()), "1320562132"
	return url.Values{"timestamp": {timestamp}, "nonce": {nonce}, "openid": {person},
		"signature": {wx.Signature(testToken, timestamp, nonce)}}
}

// sealedCall encrypts and signs as the platform does in safe mode.
func sealedCall(t testing.TB, body, app, key string) (url.Values, string) {
	t.Helper()
	k, err := wx.NewKey(key)
	if err != nil {
		t.Fatal(err)
	}
	encrypted := wx.NewEnvelope(app, func(b []byte) { copy(b, "89465c840c5f116f") }, k).Seal(k, []byte(body))
	q := plainQuery(time.Now())
	q.Set("encrypt_type", "aes")
	q.Set("msg_signature", wx.Signature(testToken, q.Get("timestamp"), q.Get("nonce"), encrypted))
	return q, "<xml>\n    <ToUserName><![CDATA[" + account + "]]></ToUserName>\n    <Encrypt><![CDATA[" + encrypted +
		"]]></Encrypt>\n</xml>\n"
}

// compatible puts the plain fields next to Encrypt, as the platform does in compatible mode.
func compatible(plain, sealed string) string {
	from := strings.Index(sealed, "<Encrypt>")
	return strings.TrimSuffix(plain, "</xml>") + sealed[from:]
}

func call(ctx context.Context, c *Channel, q url.Values, body string) *httptest.ResponseRecorder {
	r := httptest.NewRequestWithContext(ctx, http.MethodPost, "/wx?"+q.Encode(), strings.NewReader(body))
	w := httptest.NewRecorder()
	c.ServeHTTP(w, r)
	return w
}

func callPlain(ctx context.Context, c *Channel, body string) *httptest.ResponseRecorder {
	return call(ctx, c, plainQuery(time.Now()), body)
}

// wantSuccess fails unless the platform is told that all is well and nothing is to be shown.
func wantSuccess(t *testing.T, w *httptest.ResponseRecorder) {
	t.Helper()
	if w.Code != http.StatusOK || w.Body.String() != "success" {
		t.Errorf("got %d %q, want 200 success", w.Code, w.Body)
	}
}

func wantRefused(t *testing.T, w *httptest.ResponseRecorder) {
	t.Helper()
	if w.Code != http.StatusForbidden || w.Body.Len() > 0 {
		t.Errorf("got %d %q, want 403 and nothing", w.Code, w.Body)
	}
}

// wantText fails unless the reply shows text to the person.
func wantText(t *testing.T, w *httptest.ResponseRecorder, text string) {
	t.Helper()
	root, err := wx.Parse(w.Body.Bytes())
	if err != nil || w.Code != http.StatusOK || root.Get("MsgType") != "text" || root.Get("Content") != text {
		t.Errorf("got %d %q (%v), want the text %q", w.Code, w.Body, err, text)
	}
}

// inbox is a core whose turns are what answer does: it runs in a goroutine for each new message, and the turn is over when
// it returns.
type inbox struct {
	answer func(m *sdk.Message)
	refuse error // what Receive returns
	drains bool  // messages are only accepted

	mu       sync.Mutex
	turns    map[string]*turn
	order    []string       // the IDs of messages in the order in which they were first kept
	settled  []error        // how the deliveries ended that the channel held
	received []*sdk.Message // each Receive, new or not
}

type turn struct {
	in      *inbox
	id      string
	done    chan struct{}
	keepErr error

	mu   sync.Mutex
	kept int
}

func newInbox(answer func(m *sdk.Message)) *inbox {
	return &inbox{answer: answer, turns: make(map[string]*turn)}
}

func (i *inbox) Accept(ctx context.Context, m *sdk.Message) error {
	if i.drains {
		return nil
	}
	_, err := i.Receive(ctx, m)
	return err
}

func (i *inbox) Receive(_ context.Context, m *sdk.Message) (core.Turn, error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.refuse != nil {
		return nil, i.refuse
	}
	i.received = append(i.received, m)
	if known := i.turns[m.ID]; known != nil {
		return known, nil
	}
	t := &turn{in: i, id: m.ID, done: make(chan struct{})}
	i.turns[m.ID] = t
	go func() {
		defer close(t.done)
		i.answer(m)
	}()
	return t, nil
}

// Settle writes down how a delivery ended.
func (i *inbox) Settle(_ context.Context, _ *core.Delivery, err error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if !errors.Is(err, core.ErrOpen) {
		i.settled = append(i.settled, err)
	}
}

// Idle is closed: only one message is looked at.
func (i *inbox) Idle(string, string) <-chan struct{} {
	none := make(chan struct{})
	close(none)
	return none
}

func (i *inbox) count() (turns, received int) {
	i.mu.Lock()
	defer i.mu.Unlock()
	return len(i.turns), len(i.received)
}

// last returns the message that came last.
func (i *inbox) last(t *testing.T) *sdk.Message {
	t.Helper()
	i.mu.Lock()
	defer i.mu.Unlock()
	if len(i.received) == 0 {
		t.Fatal("no message arrived")
	}
	return i.received[len(i.received)-1]
}

// kept returns how often the only turn was kept.
func (i *inbox) kept() (n int) {
	i.mu.Lock()
	turns := slices.Collect(maps.Values(i.turns)) // A turn that is kept takes the inbox's lock while it has its own.
	i.mu.Unlock()
	for _, t := range turns {
		t.mu.Lock()
		n += t.kept
		t.mu.Unlock()
	}
	return n
}

func (t *turn) Done() <-chan struct{} { return t.done }

func (t *turn) Keep(context.Context) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.kept++
	if t.kept == 1 {
		t.in.mu.Lock()
		t.in.order = append(t.in.order, t.id)
		t.in.mu.Unlock()
	}
	return t.keepErr
}

// reply is a delivery of c in answer to m.
func reply(m *sdk.Message, c sdk.Content) *core.Delivery {
	return &core.Delivery{ID: m.ID + "#1", Channel: m.Channel, Account: m.Account, Conversation: m.Conversation,
		Recipient: m.Sender, InReplyTo: m.ID, Content: c, Created: time.Now()}
}

// safeBuffer is a log that may be read while it is written.
type safeBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *safeBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *safeBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

// answering runs a channel whose every message is answered with contents at once.
func answering(t testing.TB, c Config, contents ...sdk.Content) (*Channel, *inbox, *safeBuffer) {
	t.Helper()
	log := &safeBuffer{}
	channel := newChannel(t, c, log)
	in := newInbox(func(m *sdk.Message) {
		for _, content := range contents {
			if err := channel.Send(context.Background(), reply(m, content)); err != nil && !errors.Is(err, core.ErrOpen) {
				fmt.Fprintln(log, "send:", err)
			}
		}
	})
	t.Cleanup(started(t, channel, in))
	return channel, in, log
}
