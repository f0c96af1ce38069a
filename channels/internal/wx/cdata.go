package wx

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// AppendText appends the element <name> with text in CDATA. Text may be anything: characters that XML 1.0 forbids are
// dropped, broken UTF-8 is replaced, and "]]>" is split over two sections.
func AppendText(b []byte, name, text string) []byte {
	b = appendTag(b, "<", name)
	b = append(b, "<![CDATA["...)
	b = append(b, strings.ReplaceAll(Clean(text), "]]>", "]]]]><![CDATA[>")...)
	b = append(b, "]]>"...)
	return appendTag(b, "</", name)
}

// AppendNumber appends the element <name> with a bare number.
func AppendNumber(b []byte, name string, n int64) []byte {
	b = appendTag(b, "<", name)
	b = strconv.AppendInt(b, n, 10)
	return appendTag(b, "</", name)
}

func appendTag(b []byte, open, name string) []byte {
	b = append(b, open...)
	b = append(b, name...)
	return append(b, '>')
}

// Clean returns text without the characters that XML 1.0 forbids and with U+FFFD for what is not UTF-8: what will be left
// of it after AppendText.
func Clean(text string) string {
	if isClean(text) {
		return text
	}
	return strings.Map(func(r rune) rune {
		if !legal(r) {
			return -1
		}
		return r // RuneError for a broken byte: Map writes it as U+FFFD
	}, text)
}

func isClean(text string) bool {
	for _, r := range text {
		if !legal(r) {
			return false
		}
	}
	return utf8.ValidString(text)
}

// legal tells whether XML 1.0 allows the character (www.w3.org/TR/xml/#charsets).
func legal(r rune) bool {
	switch {
	case r < 0x20:
		return r == '\t' || r == '\n' || r == '\r'
	default:
		return r <= 0xD7FF || r >= 0xE000 && r <= 0xFFFD || r >= 0x10000 && r <= 0x10FFFF
	}
}
