package command

import (
	"strings"
	"unicode"
)

// fold makes words the same that people mean as the same: full-width forms of ASCII are ASCII, and capitals are small letters.
func fold(word string) string {
	return strings.Map(func(r rune) rune {
		if '！' <= r && r <= '～' {
			r -= '！' - '!'
		}
		return unicode.ToLower(r)
	}, word)
}
