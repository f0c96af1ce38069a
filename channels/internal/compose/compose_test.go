package compose

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/chuanhuabot/bot/core"
	"github.com/chuanhuabot/bot/sdk"
)

// items makes deliveries of contents. A menu is none that a message shows, and a link without a title is a text.
func items(contents ...sdk.Content) []Item {
	all := make([]Item, len(contents))
	for i, c := range contents {
		all[i] = Item{&core.Delivery{ID: fmt.Sprint(i), Content: c}, c}
		switch c := c.(type) {
		case sdk.Menu:
			all[i].Shown = nil
		case sdk.Link:
			all[i].Shown = sdk.Text{Text: c.URL}
		}
	}
	return all
}

func TestMake(t *testing.T) {
	text := func(s string) sdk.Content { return sdk.Text{Text: s} }
	image := sdk.Image{Media: sdk.Media{ID: "M"}}
	aMenu := sdk.Menu{Choices: []sdk.Choice{{ID: "1", Text: "a"}}}
	long := strings.Repeat("长", 30)
	for name, test := range map[string]struct {
		contents []sdk.Content
		hint     string
		more     bool
		want     sdk.Content
		whole    int
		part     int
		rest     bool
	}{
		"nothing":                        {},
		"one text":                       {contents: []sdk.Content{text("a")}, want: text("a"), whole: 1},
		"texts are joined":               {contents: []sdk.Content{text("a"), text("b"), text("c")}, want: text("a\nb\nc"), whole: 3},
		"image":                          {contents: []sdk.Content{image}, want: image, whole: 1},
		"the first is no text":           {contents: []sdk.Content{image, text("a")}, hint: "more", want: image, whole: 1, rest: true},
		"text keeps its place":           {contents: []sdk.Content{text("a"), image, text("b")}, want: text("a"), whole: 1, rest: true},
		"an image waits behind the hint": {contents: []sdk.Content{text("a"), image}, hint: "more", want: text("a\nmore"), whole: 1, rest: true},
		"no hint without need":           {contents: []sdk.Content{text("a")}, hint: "more", want: text("a"), whole: 1},
		"something else waits":           {contents: []sdk.Content{text("a")}, hint: "more", more: true, want: text("a\nmore"), whole: 1},
		"too long":                       {contents: []sdk.Content{text(long)}, want: text(long[:63]), part: 63, rest: true},
		"too long, with a hint":          {contents: []sdk.Content{text(long)}, hint: "more", want: text(long[:57] + "\nmore"), part: 57, rest: true},
		"the second is cut":              {contents: []sdk.Content{text("ab"), text(long)}, want: text("ab\n" + long[:60]), whole: 1, part: 60, rest: true},
		"no room for the second":         {contents: []sdk.Content{text(long[:63]), text("b")}, want: text(long[:63]), whole: 1, rest: true},
		"only a menu":                    {contents: []sdk.Content{aMenu}, rest: true},
		"a menu first":                   {contents: []sdk.Content{aMenu, text("a")}, hint: "more", rest: true},
		"blanks at the end":              {contents: []sdk.Content{text("a" + strings.Repeat(" ", 100))}, want: text("a"), whole: 1},
		"bare link":                      {contents: []sdk.Content{sdk.Link{URL: "https://example.com"}, text("a")}, want: text("https://example.com\na"), whole: 2},
	} {
		t.Run(name, func(t *testing.T) {
			got := Make(items(test.contents...), 64, test.hint, test.more)
			if want := (Made{test.want, test.whole, test.part, test.rest}); got != want {
				t.Errorf("got %+v\nwant %+v", got, want)
			}
		})
	}
}

// TestMake_PagesMakeTheText reads long answers page by page: nothing is lost, nothing comes twice.
func TestMake_PagesMakeTheText(t *testing.T) {
	for name, texts := range map[string][]string{
		"Chinese": {strings.Repeat("长文", 300)}, "words": {strings.Repeat("word ", 400), "and more"}, "emoji": {strings.Repeat("😀", 200)},
		"lines": {strings.Repeat("line\n\n", 100), "x", strings.Repeat("y", 300)}, "many": strings.Fields(strings.Repeat("one ", 100)),
	} {
		var contents []sdk.Content
		for _, text := range texts {
			contents = append(contents, sdk.Text{Text: text})
		}
		var read strings.Builder
		for all, pages := items(contents...), 0; len(all) > 0; pages++ {
			page := Make(all, 128, "more", false)
			text := page.Content.(sdk.Text).Text
			if len(text) > 128 || !utf8.ValidString(text) || strings.HasSuffix(text, "\nmore") != page.Rest {
				t.Fatalf("%s: page %d is %q", name, pages, text)
			}
			read.WriteString(strings.TrimSuffix(text, "\nmore"))
			var left []Item
			for i, f := range page.Fates(all) {
				if f.Err != nil {
					left = append(left, Item{f.Delivery, all[i].Shown})
				}
			}
			all = left
		}
		squeezed := func(s string) string { return strings.Join(strings.Fields(s), "") }
		if squeezed(read.String()) != squeezed(strings.Join(texts, "")) {
			t.Errorf("%s: read %q", name, read.String())
		}
	}
}

func TestMade_Fates(t *testing.T) {
	all := items(sdk.Text{Text: "a"}, sdk.Text{Text: strings.Repeat("b", 100)}, sdk.Text{Text: "c"})
	got := Make(all, 64, "", false).Fates(all)
	if got[0].Err != nil || !errors.Is(got[1].Err, core.ErrMore) || !errors.Is(got[2].Err, core.ErrMore) {
		t.Errorf("fates %+v", got)
	}
	if got[1].Delivery.Progress != 62 || all[1].Progress != 0 || got[2].Delivery.Progress != 0 {
		t.Errorf("progress %d, %d; the delivery itself must not change: %d", got[1].Delivery.Progress, got[2].Delivery.Progress, all[1].Progress)
	}
}

func TestItem_GoesOnWhereItWas(t *testing.T) {
	for name, test := range map[string]struct {
		text     string
		progress int
		rest     string
		begins   int
	}{
		"from the start":     {"  hello", 0, "  hello", 0},
		"from a blank":       {"hello world", 5, "world", 6},
		"in a character":     {"你好", 1, "好", 3},
		"behind the end":     {"hello", 99, "", 5},
		"only blanks follow": {"hello \n ", 5, "", 8},
	} {
		rest, begins, isText := Item{&core.Delivery{Progress: test.progress}, sdk.Text{Text: test.text}}.Text()
		if rest != test.rest || begins != test.begins || !isText {
			t.Errorf("%s: %q from %d", name, rest, begins)
		}
	}
}
