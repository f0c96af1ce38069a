package markdown

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// inline turns what stands inside of a line.
func inline(line string, anchors bool) string {
	if !strings.ContainsAny(line, "`*_[\\") {
		return line
	}
	s := scanner{line: line, anchors: anchors, ticks: nextTicks(line)}
	for s.at < len(line) {
		s.step()
	}
	return strings.Join(s.parts, "")
}

// scanner goes through a line once. Signs that turn out to be markup are replaced in parts.
type scanner struct {
	line    string
	at      int
	start   int // Where the text that has no part yet begins.
	parts   []string
	anchors bool
	ticks   map[int]int
	links   []bracket
	stars   delimiters
	lines   delimiters // The underscores.
}

func (s *scanner) step() {
	switch c := s.line[s.at]; c {
	case '\\':
		s.escape()
	case '`':
		s.code()
	case '*':
		s.delimiter(&s.stars)
	case '_':
		s.delimiter(&s.lines)
	case '[':
		s.openBracket()
	case ']':
		s.closeBracket()
	case '<':
		s.skip(tag(s.line[s.at:]))
	case 'h', 'w':
		s.skip(address(s.line[s.at:]))
	default:
		s.at++
	}
	if s.at == len(s.line) {
		s.text()
	}
}

// text makes a part of what has none yet, up to here.
func (s *scanner) text() {
	if s.start < s.at {
		s.parts = append(s.parts, s.line[s.start:s.at])
	}
	s.start = s.at
}

// mark makes parts of the text up to here and of the next n bytes, and returns the place of the latter.
func (s *scanner) mark(n int) int {
	s.text()
	s.at += n
	s.text()
	return len(s.parts) - 1
}

// skip goes over n bytes that are nothing but text, at least one.
func (s *scanner) skip(n int) { s.at += max(n, 1) }

func (s *scanner) escape() {
	if s.at+1 < len(s.line) && strings.IndexByte("*_`#[]~|", s.line[s.at+1]) >= 0 {
		s.parts[s.mark(1)] = ""
	}
	s.at++
}

// nextTicks says for each run of backticks where the next one of the same length begins.
func nextTicks(line string) map[int]int {
	next, last := map[int]int{}, map[int]int{} // last: the run of a length that was seen last, from behind.
	for end := len(line); end > 0; {
		if line[end-1] != '`' {
			end--
			continue
		}
		start := end - (len(line[:end]) - len(strings.TrimRight(line[:end], "`")))
		if later, ok := last[end-start]; ok {
			next[start] = later
		}
		last[end-start] = start
		end = start
	}
	return next
}

// code takes what stands between backticks as it is.
func (s *scanner) code() {
	long := len(s.line[s.at:]) - len(strings.TrimLeft(s.line[s.at:], "`"))
	end, ok := s.ticks[s.at]
	if !ok {
		s.skip(long)
		return
	}
	s.parts[s.mark(long)] = ""
	inside := s.line[s.at:end]
	if len(inside) > 2 && inside[0] == ' ' && inside[len(inside)-1] == ' ' && strings.TrimSpace(inside) != "" {
		inside = inside[1 : len(inside)-1] // They only keep backticks apart.
	}
	s.parts[s.mark(end-s.at+long)] = inside
}

// tag returns the length of the HTML tag that text begins with, or 0.
func tag(text string) int {
	name := strings.TrimPrefix(text[1:], "/")
	if name == "" || name[0] >= 0x80 || !unicode.IsLetter(rune(name[0])) {
		return 0
	}
	end := 1 + strings.IndexAny(text[1:], "<>")
	if end == 0 || text[end] != '>' {
		return 0
	}
	return end + 1
}

// address returns the length of the address that text begins with, or 0. Signs at its end are not part of it.
func address(text string) int {
	for _, scheme := range schemes {
		if !strings.HasPrefix(text, scheme) {
			continue
		}
		end := strings.IndexFunc(text, func(r rune) bool { return r <= ' ' || r >= 0x7f || strings.ContainsRune("<>\"`[]\\|{}^", r) })
		if end < 0 {
			end = len(text)
		}
		return len(strings.TrimRight(text[:end], "*_~).,;:!?'"))
	}
	return 0
}

// isWord tells whether r is a letter or digit of a script that puts blanks between words.
func isWord(r rune) bool {
	return (unicode.IsLetter(r) || unicode.IsDigit(r)) && !unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana)
}

// around returns the characters before and behind a part of the line, a blank where there is none.
func (s *scanner) around(start, end int) (before, after rune) {
	before, after = ' ', ' '
	if start > 0 {
		before, _ = utf8.DecodeLastRuneInString(s.line[:start])
	}
	if end < len(s.line) {
		after, _ = utf8.DecodeRuneInString(s.line[end:])
	}
	return before, after
}
