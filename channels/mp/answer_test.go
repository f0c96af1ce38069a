package mp

import (
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/chuanhuabot/bot/sdk"
)

func TestAnswerTakes(t *testing.T) {
	text := func(s string) sdk.Content { return sdk.Text{Text: s} }
	image := sdk.Image{Media: sdk.Media{ID: "M"}}
	cases := []struct {
		name     string
		contents []sdk.Content
		want     sdk.Content
		err      error // of the last one
	}{
		{"one text", []sdk.Content{text("a")}, text("a"), nil},
		{"texts are joined", []sdk.Content{text("a"), text("b"), text("c")}, text("a\nb\nc"), nil},
		{"image", []sdk.Content{image}, image, nil},
		{"the first that is no text wins", []sdk.Content{image, text("a")}, image, errOneReply},
		{"text keeps its place", []sdk.Content{text("a"), image}, text("a"), errOneReply},
		{"two images", []sdk.Content{image, sdk.Image{Media: sdk.Media{ID: "N"}}}, image, errOneReply},
		{"a bad one takes no place", []sdk.Content{text(""), text("a")}, text("a"), nil},
		{"empty text", []sdk.Content{text("")}, nil, errNothing},
		{"blank text", []sdk.Content{text(" \n\t")}, nil, errNothing},
		{"text of forbidden characters", []sdk.Content{text("\x00\x08")}, nil, errNothing},
		{"nothing", []sdk.Content{nil}, nil, errNothing},
		{"image without id", []sdk.Content{sdk.Image{Media: sdk.Media{URL: "x"}}}, nil, errNoMedia},
		{"voice without id", []sdk.Content{sdk.Voice{Transcript: "x"}}, nil, errNoMedia},
		{"video with an id of nothing", []sdk.Content{sdk.Video{Media: sdk.Media{ID: "\x00"}}}, nil, errNoMedia},
		{"link without address", []sdk.Content{sdk.Link{Title: "T"}}, nil, errNothing},
		{"bare link", []sdk.Content{sdk.Link{URL: "https://example.com"}}, text("https://example.com"), nil},
		{"an event is never sent", []sdk.Content{sdk.Event{}}, nil, errNeverSent},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			var a answer
			var err error
			for _, content := range c.contents {
				_, err = a.add(content, 2048)
			}
			if a.content != c.want || !errors.Is(err, c.err) {
				t.Errorf("got %v, %v, want %v, %v", a.content, err, c.want, c.err)
			}
		})
	}
}

func TestTooLongTextIsCutNotSent(t *testing.T) {
	cases := []struct {
		name, text, want string
		limit            int
	}{
		{"fits", "hello", "hello", 5},
		{"word", "hello world", "hello", 8},
		{"end of a word", "hello world", "hello", 5},
		{"behind the blank", "hello world", "hello", 6},
		{"one long word", strings.Repeat("x", 100), strings.Repeat("x", 64), 64},
		{"runes", "你好吗", "你好", 8},
		{"not one rune", "你好", "", 2},
		{"emoji", "a😀", "a", 4},
		{"Chinese with Latin", "说hello", "说", 6},
		{"no room", "a", "", 0},
		{"less than no room", "a", "", -3},
		{"blanks only", "     a", "", 4},
		{"link", `see <a href="u">here</a>`, "see", 20},
		{"link that ends there", `see <a href="u">here</a> now`, `see <a href="u">here</a>`, 24},
		{"link at the beginning", `<a href="u">here</a>`, `<a href="u">`, 14},
		{"no link", "see <a b c d e f g h", "see <a b c d", 12},
	}
	for _, c := range cases {
		if got := shortened(c.text, c.limit); got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}

func TestAnswerNeverGrowsBeyondItsLimit(t *testing.T) {
	var a answer
	pieces := []string{strings.Repeat("字", 300), strings.Repeat("word ", 200), strings.Repeat("😀", 300), "x"}
	lost := 0
	for _, p := range pieces {
		rest, err := a.add(sdk.Text{Text: p}, 2048)
		if err != nil {
			rest = p
		}
		lost += len(rest)
	}
	text := a.content.(sdk.Text).Text
	if len(text) > 2048 || len(text) < 2040 || !utf8.ValidString(text) {
		t.Errorf("the answer has %d bytes", len(text))
	}
	if total := len(strings.Join(pieces, "\n")); len(text)+lost < total-len(pieces) {
		t.Errorf("%d bytes of %d are unaccounted for", total-len(text)-lost, total)
	}
}

func TestEmptyTextNeverLeaves(t *testing.T) {
	for _, text := range []string{"", " ", "\n\n", "\x00", "\u3000"} {
		c, _, log := answering(t, config(ModePlain), sdk.Text{Text: text})
		wantSuccess(t, callPlain(t.Context(), c, textBody(1, "hello")))
		if !strings.Contains(log.String(), errNothing.Error()) {
			t.Errorf("%q: Send did not say why: %s", text, log)
		}
	}
}

func TestOverlongTextIsCutAndLogged(t *testing.T) {
	c, _, log := answering(t, config(ModePlain), sdk.Text{Text: strings.Repeat("长", 1000)})
	w := callPlain(t.Context(), c, textBody(1, "hello"))
	wantText(t, w, strings.Repeat("长", 682))
	if !strings.Contains(log.String(), "cut_bytes=954 limit_bytes=2048") || strings.Contains(log.String(), "长") {
		t.Errorf("got the log %s", log)
	}
}
