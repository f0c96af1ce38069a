package mp

import "time"

// window is when and how often the account may still send after one kind of interaction
// (developers.weixin.qq.com/doc/subscription/guide/product/kf/intro). Whether a new interaction adds to what is left is
// unknown: here it starts anew.
type window struct {
	until time.Time
	left  int
}

// The indexes of a person's windows. They are used up in this order, which is the stricter of the two that are possible.
const (
	afterMessage = iota
	afterTap
)

// opens returns which window an inbound message opens and with what, or false.
func (in Inbound) opens(now time.Time) (index int, w window, ok bool) {
	switch {
	case in.Type != event && !in.has("bizmsgmenuid"):
		return afterMessage, window{now.Add(48 * time.Hour), 5}, true
	case in.Type != event: // Tapping an item of a msgmenu counts as a tap of the menu.
		return afterTap, window{now.Add(time.Minute), 3}, true
	}
	switch in.Event {
	case "CLICK", "scancode_push", "scancode_waitmsg", "subscribe", "SCAN":
		return afterTap, window{now.Add(time.Minute), 3}, true
	}
	return 0, window{}, false
}

// take uses up one message of the first window that has one left. It returns 0, or the code of the platform's refusal.
func (p *person) take(now time.Time) int {
	code := codeWindow
	for i := range p.windows {
		w := &p.windows[i]
		if !now.Before(w.until) {
			continue
		}
		if w.left > 0 {
			w.left--
			return 0
		}
		code = codeUsedUp
	}
	return code
}
