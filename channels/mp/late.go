package mp

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/chuanhuabot/bot/channels/internal/wx"
	"github.com/chuanhuabot/bot/core"
	"github.com/chuanhuabot/bot/sdk"
)

// late sends what a passive reply cannot carry any more, as customer-service messages
// (developers.weixin.qq.com/doc/subscription/guide/product/kf/intro). It is safe for concurrent use.
type late struct {
	api     *api
	log     *slog.Logger
	limit   int  // The most bytes of a text.
	allowed bool // By bot.yaml.

	refused atomic.Bool // The platform has said that the account may not.

	mu   sync.Mutex
	sent map[string]int // How many pieces of a delivery that is to be tried again have gone.

	ctx    context.Context // Ends with close: nobody has to see that somebody types.
	cancel context.CancelFunc
	signs  sync.WaitGroup
}

func newLate(c Config, log *slog.Logger) (*late, error) {
	a, err := newAPI(c)
	if err != nil {
		return nil, err
	}
	l := &late{
		api: a, log: log, limit: c.TextLimit, sent: map[string]int{},
		allowed: a != nil && (c.Account == "verified" || c.Account == "test"),
	}
	l.ctx, l.cancel = context.WithCancel(context.Background())
	return l, nil
}

// possible tells whether the account may send, as far as is known.
func (l *late) possible() bool { return l.allowed && !l.refused.Load() }

// close ends the signs that somebody types. What waits to be sent is the outbox's.
func (l *late) close() {
	l.mu.Lock()
	l.cancel() // No sign begins any more.
	l.mu.Unlock()
	l.signs.Wait()
	if l.api != nil {
		l.api.Close()
	}
}

// send sends c to a person, in several messages if it is a long text. id is the delivery's: what of it has gone is not sent
// again. A *core.RetryError says that the rest may go later; every other error is final.
func (l *late) send(ctx context.Context, id, to string, c sdk.Content) error {
	messages, err := custom(c, l.limit)
	if err != nil {
		return err
	}
	for i, message := range messages {
		if i < l.past(id) {
			continue
		}
		if err := l.api.send(ctx, to, message); err != nil {
			return l.failed(id, i, err)
		}
	}
	l.forget(id)
	return nil
}

func (l *late) past(id string) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.sent[id]
}

func (l *late) forget(id string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.sent, id)
}

// failed decides what an error means for a delivery of which so many pieces have gone.
func (l *late) failed(id string, gone int, err error) error {
	code := wx.CodeOf(err)
	after, again := waits(code)
	if errors.Is(err, wx.ErrNotSent) || again {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.sent[id] = gone
		return &core.RetryError{Err: explained(code, err), After: after}
	}
	l.forget(id)
	if code == codeUnauthorized && !l.refused.Swap(true) {
		l.log.Error("this account may not send customer-service messages, so late answers cannot reach people: "+
			"have it verified, or write account: unverified in bot.yaml", "errcode", code)
	}
	return explained(code, err)
}

const codeUnauthorized = 48001

// configuration are the codes of what an operator has to put right: the platform has sent nothing, and may do so later.
var configuration = []int{40001, 40013, 40014, 40125, 40164, 40243, 42001, 89503}

// waits tells whether, and when, a call that was refused with a code may be made again. A busy platform (-1) does not say
// what it has done, so nothing is sent again after that (developers.weixin.qq.com, page api_sendcustommessage).
func waits(code int) (after time.Duration, again bool) {
	switch {
	case code == 45009: // The day's quota.
		return time.Hour, true
	case code == 45011: // The minute's.
		return time.Minute, true
	}
	if slices.Contains(configuration, code) {
		return time.Minute, true
	}
	return 0, false
}

// explained says what a code means for an operator, where the platform's own words do not.
func explained(code int, err error) error {
	why := map[int]string{
		-1:    "the platform is busy and does not say whether it has sent the message, so it is not sent again",
		40001: "the access token or the AppSecret is not right: check app_secret in bot.yaml",
		40125: "the AppSecret is not right: check app_secret in bot.yaml",
		40013: "the AppID is not right: check app_id in bot.yaml",
		40164: "this server's address is not on the account's IP list: add it in the console, or set proxy in bot.yaml",
		40243: "the AppSecret is frozen: thaw it in the console",
		45009: "the account's quota of calls for today is used up",
		45015: "the person's last message is older than 48 hours, or they have left",
		45047: "the account has used up its messages until the person writes again",
		48001: "the account may not send customer-service messages",
		89503: "an administrator of the account has to confirm this server's address",
	}[code]
	if why == "" {
		return err
	}
	return fmt.Errorf("%s: %w", why, err)
}
