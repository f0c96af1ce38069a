// Package compose makes messages that fit of what is to be sent: it joins short texts, cuts long ones where a reader would, and says how
// much of each delivery has gone with a message.
package compose

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/chuanhuabot/bot/core"
	"github.com/chuanhuabot/bot/sdk"
)

// Item is a delivery, and what a message shows of it: nil if none can carry it.
type Item struct {
	*core.Delivery
	Shown sdk.Content
}

// Made is one message made of as many deliveries as it takes, from the first on.
type Made struct {
	Content sdk.Content // Nil if it takes none.
	Whole   int         // How many deliveries it takes to their end.
	Part    int         // How much of the one after these has gone then, as its Progress counts: not less than that.
	Rest    bool        // Something is left.
}

// Make makes one message of items: texts that follow each other become one of at most limit bytes, anything else is alone.
// hint is said at the end of a text if something is left, or if more says that something else waits.
func Make(items []Item, limit int, hint string, more bool) Made {
	if len(items) == 0 {
		return Made{}
	}
	if c := items[0].Shown; c != nil && c.Kind() != sdk.KindText {
		return Made{Content: c, Whole: 1, Rest: len(items) > 1}
	}
	out := joinTexts(items, limit)
	if hint == "" || out.Content == nil || !out.Rest && !more {
		return out
	}
	with := joinTexts(items, limit-len(hint)-1)
	if with.Content == nil {
		return out
	}
	with.Content = sdk.Text{Text: with.Content.(sdk.Text).Text + "\n" + hint}
	return with
}

// joinTexts takes texts up to the first item that is none, or finds no room.
func joinTexts(items []Item, limit int) Made {
	var few [4]string
	parts := few[:0]
	room := limit
	out := Made{Rest: true}
	for _, one := range items {
		text, begins, isText := one.Text()
		if !isText {
			break
		}
		fits := Cut(text, room)
		if fits == "" {
			break
		}
		parts = append(parts, fits)
		room -= len(fits) + 1 // And the line break before the next one.
		if left := text[len(fits):]; strings.TrimSpace(left) != "" {
			out.Part = begins + len(fits)
			break
		}
		out.Whole++
	}
	if len(parts) > 0 {
		out.Content = sdk.Text{Text: strings.Join(parts, "\n")}
	}
	out.Rest = out.Whole < len(items)
	return out
}

// Text returns what has not gone of an item that is shown as text, and where in the whole text it begins.
func (i Item) Text() (rest string, begins int, isText bool) {
	text, isText := i.Shown.(sdk.Text)
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

// Fate is how a delivery has ended that a message was made of: in the words of core.Channel.Send.
type Fate struct {
	Delivery *core.Delivery
	Err      error
}

// Fates says what became of the items of which c was made: what it did not take goes another way.
func (c Made) Fates(items []Item) []Fate {
	all := make([]Fate, len(items))
	for i, one := range items {
		all[i].Delivery = one.Delivery
		switch {
		case i < c.Whole:
		case i == c.Whole && c.Part > one.Progress:
			copied := *one.Delivery
			copied.Progress = c.Part
			all[i] = Fate{&copied, core.ErrMore}
		default:
			all[i].Err = core.ErrMore
		}
	}
	return all
}
