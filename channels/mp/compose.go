package mp

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/chuanhuabot/bot/core"
	"github.com/chuanhuabot/bot/sdk"
)

// item is a delivery, and what a passive reply shows of it: nil if none can carry it.
type item struct {
	*core.Delivery
	shown sdk.Content
}

// itemOf returns what passive replies anywhere show of a delivery.
func itemOf(d *core.Delivery) item {
	shown, _, _ := passive(d.Content, place{}) // What cannot be shown is no part of a message.
	return item{d, shown}
}

func itemsOf(deliveries []*core.Delivery) []item {
	items := make([]item, len(deliveries))
	for i, d := range deliveries {
		items[i] = itemOf(d)
	}
	return items
}

// composed is one message made of as many deliveries as it takes, from the first on.
type composed struct {
	content sdk.Content // Nil if it takes none.
	whole   int         // How many deliveries it takes to their end.
	part    int         // How much of the one after these has gone then, as its Progress counts: not less than that.
	rest    bool        // Something is left.
}

// compose makes one message of items: texts that follow each other become one of at most limit bytes, anything else is alone.
// hint is said at the end of a text if something is left, or if more says that something else waits.
func compose(items []item, limit int, hint string, more bool) composed {
	if len(items) == 0 {
		return composed{}
	}
	if c := items[0].shown; c != nil && c.Kind() != sdk.KindText {
		return composed{content: c, whole: 1, rest: len(items) > 1}
	}
	out := joinTexts(items, limit)
	if hint == "" || out.content == nil || !out.rest && !more {
		return out
	}
	with := joinTexts(items, limit-len(hint)-1)
	if with.content == nil {
		return out
	}
	with.content = sdk.Text{Text: with.content.(sdk.Text).Text + "\n" + hint}
	return with
}

// joinTexts takes texts up to the first item that is none, or finds no room.
func joinTexts(items []item, limit int) composed {
	var few [4]string
	parts := few[:0]
	room := limit
	out := composed{rest: true}
	for _, one := range items {
		text, begins, isText := one.text()
		if !isText {
			break
		}
		fits := shortened(text, room)
		if fits == "" {
			break
		}
		parts = append(parts, fits)
		room -= len(fits) + 1 // And the line break before the next one.
		if left := text[len(fits):]; !blank(left) {
			out.part = begins + len(fits)
			break
		}
		out.whole++
	}
	if len(parts) > 0 {
		out.content = sdk.Text{Text: strings.Join(parts, "\n")}
	}
	out.rest = out.whole < len(items)
	return out
}

// text returns what has not gone of an item that is shown as text, and where in the whole text it begins.
func (i item) text() (rest string, begins int, isText bool) {
	text, isText := i.shown.(sdk.Text)
	if !isText || i.Progress == 0 {
		return text.Text, 0, isText
	}
	begins = min(i.Progress, len(text.Text))
	for begins < len(text.Text) && !utf8.RuneStart(text.Text[begins]) {
		begins++
	}
	rest = strings.TrimLeftFunc(text.Text[begins:], unicode.IsSpace)
	return rest, len(text.Text) - len(rest), true
}

// fate is how a delivery has ended that an answer held.
type fate struct {
	delivery *core.Delivery
	err      error
}

// fates says what became of the items of which c was made: what it did not take goes another way.
func (c composed) fates(items []item) []fate {
	all := make([]fate, len(items))
	for i, one := range items {
		all[i].delivery = one.Delivery
		switch {
		case i < c.whole:
		case i == c.whole && c.part > one.Progress:
			copied := *one.Delivery
			copied.Progress = c.part
			all[i] = fate{&copied, core.ErrMore}
		default:
			all[i].err = core.ErrMore
		}
	}
	return all
}
