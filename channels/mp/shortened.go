package mp

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// wordReach is how far back from the limit shortened looks for the end of a word.
const wordReach = 32

// shortened returns the start of text that has at most limit bytes, whole runes and links and, where one ends near, whole words.
// Text that was cut so that only blanks are left is none.
func shortened(text string, limit int) string {
	if len(text) <= limit {
		return text
	}
	if limit <= 0 {
		return ""
	}
	end := limit
	for end > 0 && !utf8.RuneStart(text[end]) {
		end--
	}
	return strings.TrimRightFunc(text[:wordEnd(text, beforeAnchor(text, end))], unicode.IsSpace)
}

func wordEnd(text string, end int) int {
	if end == 0 || !inWord(text[end]) || !inWord(text[end-1]) {
		return end
	}
	for i := end; i > 0 && end-i < wordReach; i-- {
		if !inWord(text[i-1]) {
			return i
		}
	}
	return end
}

// inWord knows Latin words only: between other characters a line may break anywhere, as far as this is concerned.
func inWord(b byte) bool {
	return b >= '0' && b <= '9' || b >= 'A' && b <= 'Z' || b >= 'a' && b <= 'z' || b == '_' || b == '-'
}
