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

	"github.com/chuanhuabot/bot/channels/internal/compose"
	"github.com/chuanhuabot/bot/channels/internal/wx"
	"github.com/chuanhuabot/bot/core"
	"github.com/chuanhuabot/bot/sdk"
)

// late sends what a passive reply cannot carry any more, as customer-service messages
// (developers.weixin.qq.com/doc/subscription/guide/product/kf/intro). It is safe for concurrent use.
type late struct {
	api     *api
	log     *slog.Logger
	windows *windows
	limit   int  // The most bytes of a text.
	label   bool // Have WeChat show that an AI wrote it.
	allowed bool // By bot.yaml.
	menus   bool // The account may send menus.

	refused atomic.Bool // The platform has said that the account may not.

	mu     sync.Mutex
	ctx    context.Context // Ends with close.
	cancel context.CancelFunc
	tasks  sync.WaitGroup
}

func newLate(name string, c Config, store wx.Values, log *slog.Logger) (*late, error) {
	a, err := newAPI(c, store)
	if err != nil {
		return nil, err
	}
	l := &late{
		api: a, log: log, windows: newWindows(store, name, log), limit: c.TextLimit, label: c.Late.AILabel,
		allowed: a != nil && c.Late.Custom && (c.Account == "verified" || c.Account == "test"),
		menus:   c.Account == "verified", // Test accounts are refused menus.
	}
	l.ctx, l.cancel = context.WithCancel(context.Background())
	return l, nil
}

// possible tells whether the account may send, as far as is known.
func (l *late) possible() bool { return l.allowed && !l.refused.Load() }

// close ends what begin began. What waits to be sent is the outbox's.
func (l *late) close() {
	l.mu.Lock()
	l.cancel()
	l.mu.Unlock()
	l.tasks.Wait()
	if l.api != nil {
		l.api.Close()
	}
}

// begin runs do until its end, beside others. It returns false, and runs nothing, if the channel stops.
func (l *late) begin(do func()) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.ctx.Err() != nil {
		return false
	}
	l.tasks.Go(do)
	return true
}

// errClosed is wrapped by the errors of what the platform takes no customer-service message for: the person must write first, or the
// account may not send at all.
var errClosed = errors.New("no customer-service message can be sent now")

// send sends to the person of a delivery what has not gone of it, a long text in several calls: then it returns core.ErrMore, and
// d.Progress says how far it came. The error wraps errClosed if the person must write first. A *core.RetryError says that it may
// go later; every other error is final.
func (l *late) send(ctx context.Context, d *core.Delivery) error {
	call, progress, err := l.next(d)
	if err != nil || call.body == nil {
		return err
	}
	if err := l.post(ctx, d, call); err != nil {
		return err
	}
	if progress == 0 {
		return nil
	}
	d.Progress = progress
	if rest, _, _ := itemOf(d).Text(); blank(rest) {
		return nil
	}
	return core.ErrMore
}

// next returns the next call for a delivery, without a body if there is none, and for a part of a text how much has gone with it.
func (l *late) next(d *core.Delivery) (call outgoing, progress int, err error) {
	if d.Progress == 0 {
		var note string
		call, note, err = custom(d.Content, l.limit, l.menus)
		remark(l.log, d.InReplyTo, d.Content, note)
		if err != nil || call.body != nil {
			return call, 0, err
		}
	}
	text, begins, _ := itemOf(d).Text()
	if blank(text) {
		return outgoing{}, 0, nil
	}
	piece := compose.Cut(text, l.limit)
	return customText(piece), begins + len(piece), nil
}

// sendAll sends one message that is made of several deliveries.
func (l *late) sendAll(ctx context.Context, d *core.Delivery, c sdk.Content) error {
	call, _, err := custom(c, l.limit, l.menus)
	if err != nil {
		return err
	}
	return l.post(ctx, d, call)
}

// isNotice tells whether a content is sent outside of the windows of customer-service messages.
func isNotice(c sdk.Content) bool {
	r, isRaw := c.(sdk.Raw)
	return isRaw && (r.Type == rawTemplate || r.Type == rawSubscribe)
}

// callTime bounds a call, with the token that it may need before.
const callTime = 15 * time.Second

func (l *late) post(ctx context.Context, d *core.Delivery, call outgoing) error {
	inWindow := call.path == customSend
	if l.label && inWindow {
		call.body["aimsgcontext"] = map[string]any{"is_ai_msg": 1}
	}
	// A call that has begun is not cut off when the bot stops: nobody would know what came of it.
	whole, cancel := context.WithTimeout(context.WithoutCancel(ctx), callTime)
	defer cancel()
	err := l.api.send(whole, d.Recipient, call)
	if inWindow && (err == nil || errors.Is(err, wx.ErrUnknown)) {
		l.windows.spend(ctx, d)
	}
	if err != nil {
		return l.failed(err, inWindow)
	}
	return nil
}

// failed decides what an error means for a delivery. inWindow says that it is of a customer-service message, which the account may send
// or not, whatever else it may.
func (l *late) failed(err error, inWindow bool) error {
	code := wx.CodeOf(err)
	after, again := waits(code)
	unsent := errors.Is(err, wx.ErrNotSent)
	if unsent && code == -1 { // Asking for the token, which may be asked again.
		return &core.RetryError{Err: err}
	}
	if unsent || again {
		return &core.RetryError{Err: explained(code, err), After: after}
	}
	if !inWindow {
		return explained(code, err)
	}
	if code == codeUnauthorized && !l.refused.Swap(true) {
		l.log.Error("this account may not send customer-service messages, so late answers wait to be fetched, or cannot reach people: "+
			"have it verified, or write account: unverified in bot.yaml", "errcode", code)
	}
	if slices.Contains(closed, code) {
		return fmt.Errorf("%w: %w", errClosed, explained(code, err))
	}
	return explained(code, err)
}

const codeUnauthorized = 48001

var (
	// closed are the codes of a window that is over or used up, and of an account that may not send.
	closed = []int{45015, 45047, codeUnauthorized}
	// configuration are the codes of what an operator has to put right: the platform has sent nothing, and may do so later.
	configuration = []int{40001, 40013, 40014, 40125, 40164, 40243, 42001, 89503}
)

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

// explained says what a code means for an operator.
func explained(code int, err error) error {
	m, known := explain(code)
	if code == -1 {
		return fmt.Errorf("the platform is busy and does not say whether it has sent the message, so it is not sent again: %w", err)
	}
	if !known {
		return err
	}
	return fmt.Errorf("%s: %w", m, err)
}
