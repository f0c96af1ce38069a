package mp

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
	}
	for _, c := range cases {
		if got := shortened(c.text, c.limit); got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}
