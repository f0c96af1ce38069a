package compose

import (
	"strings"
	"testing"
)

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
		{"line", "one two\nthree four five six", "one two\nthree four", 21},
		{"near end of a line", "one two three four five\nsix seven", "one two three four five", 28},
		{"sentence", "第一句话，很长很长。第二句话", "第一句话，很长很长。", 36},
		{"clause", "第一句话很长很长，第二句话", "第一句话很长很长，", 30},
		{"end of a rune", "他说：好。对", "他说：好。", 16},
		{"link", `see <a href="u">here</a>`, "see", 20},
		{"link that ends there", `see <a href="u">here</a> now`, `see <a href="u">here</a>`, 24},
		{"link at the beginning", `<a href="u">here</a>`, `<a href="u">`, 14},
		{"no link", "see <a b c d e f g h", "see <a b c d", 12},
	}
	for _, c := range cases {
		if got := Cut(c.text, c.limit); got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}
