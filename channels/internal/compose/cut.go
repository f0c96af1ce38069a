package compose

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// wordReach is how far back from the limit Cut looks for the end of a word.
const wordReach = 32

// Cut returns the start of text that has at most limit bytes, whole runes and links and, where one ends near, whole lines, sentences
// or words.
// Text that was cut so that only blanks are left is none.
func Cut(text string, limit int) string {
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
	return strings.TrimRightFunc(text[:beforeAnchor(text, sensibleEnd(text, end))], unicode.IsSpace)
}

// breakReach is how far back a cut looks for the end of a line, a sentence or a clause: at most a quarter of what there is.
const breakReach = 240

// sensibleEnd returns where a text is best cut that must be cut at end.
func sensibleEnd(text string, end int) int {
	from := end - min(breakReach, end/4)
	for from < end && !utf8.RuneStart(text[from]) {
		from++
	}
	for _, ends := range []string{"\n", "。！？!?…；;", "，,、：:"} {
		at := strings.LastIndexAny(text[from:end], ends)
		if at < 0 {
			continue
		}
		_, size := utf8.DecodeRuneInString(text[from+at:])
		if next := from + at + size; next == len(text) || size > 1 || text[next] <= ' ' || ends == "\n" { // Not within 3,000 or example.com?a.
			return next
		}
	}
	return wordEnd(text, end)
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

// maxAnchor is the most bytes of a link that is not cut.
const maxAnchor = 2048

// beforeAnchor returns where a text is cut that was to be cut at end: before a link that would be cut in its middle, unless the text
// begins with it. Half a link is shown as it is written.
func beforeAnchor(text string, end int) int {
	start := strings.LastIndex(text[:end], "<a ")
	if start <= 0 || strings.Contains(text[start:end], "</a>") {
		return end
	}
	if !strings.Contains(text[start:min(len(text), start+maxAnchor)], "</a>") {
		return end // It is none, or a very long one.
	}
	return start
}
