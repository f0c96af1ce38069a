package mp

import (
	"context"
	"log/slog"
	"time"

	"github.com/chuanhuabot/bot/channels/internal/ledger"
	"github.com/chuanhuabot/bot/channels/internal/wx"
	"github.com/chuanhuabot/bot/core"
	"github.com/chuanhuabot/bot/sdk"
)

// windows counts the customer-service messages that went to each person
// (developers.weixin.qq.com/doc/subscription/guide/product/kf/intro), durably. It is a guide, and the platform has the last word. It is
// safe for concurrent use.
type windows struct {
	people *ledger.Ledger[window]
	log    *slog.Logger
}

// window is what is left of one.
type window struct {
	Left  int   `json:"left"`
	Until int64 `json:"until"` // In seconds.
}

func newWindows(store wx.Values, channel string, log *slog.Logger) *windows {
	return &windows{people: ledger.New[window](store, "mp/"+channel+"/windows/", log), log: log}
}

// left returns how many messages the person of a delivery may still get, as far as is known.
func (w *windows) left(ctx context.Context, d *core.Delivery) (n int, known bool) {
	one, err := w.people.Get(ctx, d.Conversation)
	if err != nil {
		w.log.Debug("windows not read", "err", err)
		return 0, false
	}
	one = one.current(d)
	return one.Left, one.Until != 0
}

// Window returns what is left for a person to whom something was sent since they opened it, or before.
func (c *Channel) Window(ctx context.Context, conversation string) (sdk.Window, error) {
	if !c.late.possible() {
		return sdk.Window{}, nil // Only a message of theirs can be answered, and that says so itself.
	}
	one, err := c.late.windows.people.Get(ctx, conversation)
	if err != nil || one.Until == 0 || one.Over(time.Now()) {
		return sdk.Window{}, err
	}
	return sdk.Window{Left: one.Left, Until: time.Unix(one.Until, 0)}, nil
}

// spend notes that a message has gone to the person of a delivery, also if ctx ends.
func (w *windows) spend(ctx context.Context, d *core.Delivery) {
	var spent window
	err := w.people.Change(ctx, d.Conversation, func(one *window) bool {
		if spent = one.current(d); spent.Until == 0 {
			return false
		}
		spent.Left = max(0, spent.Left-1)
		*one = spent
		return true
	})
	if err == nil {
		return
	}
	w.log.Warn("the store could not note that a message has gone: the count of the person's window is too high", "err", err)
	if spent.Until != 0 { // It was read, so this does not wait: what has gone counts here all the same.
		_ = w.people.Note(ctx, d.Conversation, func(one *window) bool {
			if one.Newer(spent) {
				return false
			}
			*one = spent
			return true
		})
	}
}

// renew notes a window that a person has opened to whom something was sent before. It is stored with the next message that goes to
// them, and does not wait for the store.
func (w *windows) renew(conversation string, by sdk.Window) {
	w.people.Remind(conversation, func(one *window) bool {
		next := window{by.Left, by.Until.Unix()}
		if one.Newer(next) {
			return false
		}
		*one = next // Also one that closes in the same second: it is new all the same.
		return true
	})
}

// Over tells whether a window has closed.
func (w window) Over(now time.Time) bool { return w.Until < now.Unix() }

// Newer tells whether a window closes after another one.
func (w window) Newer(than window) bool { return w.Until > than.Until }

// current returns the window of a person, which the one in which a delivery was made may have replaced. It is the zero value if that
// has closed.
func (w window) current(d *core.Delivery) window {
	if by := (window{d.Window.Left, d.Window.Until.Unix()}); by.Newer(w) {
		w = by
	}
	if w.Over(time.Now()) {
		return window{}
	}
	return w
}
