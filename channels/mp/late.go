package mp

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
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
	menus   bool // The account may send menus.

	refused atomic.Bool // The platform has said that the account may not.

	mu      sync.Mutex
	pending map[string]*batch // What of each delivery has not gone, by its ID.

	ctx    context.Context // Ends with close: nobody has to see that somebody types.
	cancel context.CancelFunc
	signs  sync.WaitGroup
}

// batch is what is to be sent of one delivery: a long text is several messages. The outbox tries a delivery again as a whole, so
// what has gone of it is known here.
type batch struct {
	messages []outgoing
	since    time.Time
}

// batchLife is how long a delivery may be tried: the window of customer-service messages.
const batchLife = 48 * time.Hour

func newLate(c Config, log *slog.Logger) (*late, error) {
	a, err := newAPI(c)
	if err != nil {
		return nil, err
	}
	l := &late{
		api: a, log: log, limit: c.TextLimit, pending: map[string]*batch{},
		allowed: a != nil && (c.Account == "verified" || c.Account == "test"),
		menus:   a != nil && c.Account == "verified", // Test accounts are refused menus.
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

// errTooOld is returned for a delivery that has waited for longer than anybody may answer.
var errTooOld = errors.New("it has waited for longer than the window of customer-service messages")

// begun tells whether something of a delivery waits to be sent.
func (l *late) begun(id string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.pending[id] != nil
}

// begin takes c, which is to be sent for a delivery. An error says that nothing can carry it.
func (l *late) begin(id string, c sdk.Content) error {
	messages, note, err := custom(c, l.limit, l.menus)
	if err != nil {
		return err
	}
	remark(l.log, id, c, note)
	now := time.Now()
	l.mu.Lock()
	defer l.mu.Unlock()
	maps.DeleteFunc(l.pending, func(_ string, b *batch) bool { return now.Sub(b.since) > batchLife }) // Given up by the outbox.
	l.pending[id] = &batch{messages, now}
	return nil
}

// send sends to a person what has not gone of a delivery that was begun. A *core.RetryError says that the rest may go later;
// every other error is final. It must not run twice at once for one delivery.
func (l *late) send(ctx context.Context, id, to string) error {
	l.mu.Lock()
	b := l.pending[id]
	l.mu.Unlock()
	if b == nil {
		return errTooOld
	}
	for len(b.messages) > 0 {
		if err := l.api.send(ctx, to, b.messages[0]); err != nil {
			return l.failed(id, err)
		}
		b.messages = b.messages[1:]
	}
	l.forget(id)
	return nil
}

func (l *late) forget(id string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.pending, id)
}

// failed decides what an error means for a delivery.
func (l *late) failed(id string, err error) error {
	code := wx.CodeOf(err)
	after, again := waits(code)
	unsent := errors.Is(err, wx.ErrNotSent)
	if unsent && code == -1 { // Asking for the token, which may be asked again.
		return &core.RetryError{Err: err}
	}
	if unsent || again {
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
