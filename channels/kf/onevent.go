package kf

import (
	"github.com/chuanhuabot/bot/channels/internal/compose"
	"github.com/chuanhuabot/bot/core"
	"github.com/chuanhuabot/bot/sdk"
)

// onEvent makes the one message that an event gives the right to, if a delivery fits into it: a text of one message, or a menu, also
// one that is Raw (page 95122).
func (c *Channel) onEvent(d *core.Delivery, right *code, anew int) (batch, bool) {
	shown := c.shown(d)
	b := batch{right: true, code: right, anew: anew}
	switch v := shown.(type) {
	case sdk.Text:
		made := compose.Make([]compose.Item{{Delivery: d, Shown: v}}, c.config.TextLimit, "", false)
		if text, ok := made.Content.(sdk.Text); ok { // What it has no room for goes by a window, if there is one.
			b.call, b.pieces = textCall(trimmed(text.Text)), []piece{{d, max(1, len(v.Text)), true}}
			if made.Rest {
				b.pieces = []piece{{d, made.Part, false}}
			}
		}
	case sdk.Menu:
		if o, err := menu(v); err == nil && right.Menus {
			b.call, b.pieces = o, []piece{{d, 1, true}}
		}
	case sdk.Raw:
		if o, _, err := raw(v); err == nil && right.Menus && v.Type == rawMenu {
			b.call, b.pieces = o, []piece{{d, 1, true}}
		}
	}
	if len(b.pieces) == 0 {
		return batch{}, false
	}
	b.seal("")
	b.out.Code = right.Code
	return b, true
}
