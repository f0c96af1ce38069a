package mp

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/chuanhuabot/bot/core"
	"github.com/chuanhuabot/bot/sdk"
)

// composed is one message made of as many deliveries as it takes, from the first on.
type composed struct {
	content sdk.Content // Nil if it takes none.
	whole   int         // How many deliveries it takes to their end.
	part    int         // How much of the one after these has gone then, as its Progress counts: not less than that.
	rest    bool        // Something is left.
}

// compose makes one message of deliveries: texts that follow each other become one of at most limit bytes, anything else is alone.
// hint is said at the end of a text if something is left, or if more says that something else waits.
func compose(deliveries []*core.Delivery, limit int, hint string, more bool) composed {
	if len(deliveries) == 0 {
		return composed{}
	}
	if c, err := passive(deliveries[0].Content); err == nil && c.Kind() != sdk.KindText {
		return composed{content: c, whole: 1, rest: len(deliveries) > 1}
	}
	out := joinTexts(deliveries, limit)
	if hint == "" || out.content == nil || !out.rest && !more {
		return out
	}
	with := joinTexts(deliveries, limit-len(hint)-1)
	if with.content == nil {
		return out
	}
	with.content = sdk.Text{Text: with.content.(sdk.Text).Text + "\n" + hint}
	return with
}

// joinTexts takes texts up to the first delivery that is none, or finds no room.
func joinTexts(deliveries []*core.Delivery, limit int) composed {
	var b strings.Builder
	out := composed{rest: true}
	for _, d := range deliveries {
		text, begins, isText := textOf(d)
		if !isText {
			break
		}
		room := limit - b.Len()
		if b.Len() > 0 {
			room--
		}
		fits := shortened(text, room)
		if fits == "" {
			break
		}
		if b.Len() > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(fits)
		if left := text[len(fits):]; !blank(left) {
			out.part = begins + len(fits)
			break
		}
		out.whole++
	}
	if b.Len() > 0 {
		out.content = sdk.Text{Text: b.String()}
	}
	out.rest = out.whole < len(deliveries)
	return out
}

// textOf returns what has not gone of a delivery that is shown as text, and where in the whole text it begins.
func textOf(d *core.Delivery) (rest string, begins int, isText bool) {
	c, err := passive(d.Content)
	if err != nil {
		return "", 0, false
	}
	text, isText := c.(sdk.Text)
	if !isText || d.Progress == 0 {
		return text.Text, 0, isText
	}
	begins = min(d.Progress, len(text.Text))
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

// fates says what became of the deliveries of which c was made: what it did not take goes another way.
func (c composed) fates(deliveries []*core.Delivery) []fate {
	all := make([]fate, len(deliveries))
	for i, d := range deliveries {
		all[i].delivery = d
		switch {
		case i < c.whole:
		case i == c.whole && c.part > d.Progress:
			copied := *d
			copied.Progress = c.part
			all[i] = fate{&copied, core.ErrMore}
		default:
			all[i].err = core.ErrMore
		}
	}
	return all
}
