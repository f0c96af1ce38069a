package markdown

import "strings"

// schemes are those of the addresses that a chat can open.
var schemes = []string{"https://", "http://", "weixin://"}

// maxTarget is the most bytes of a link's address and title.
const maxTarget = 4096

// bracket is one that may turn out to open a link.
type bracket struct {
	part  int // Its place in the parts.
	end   int // Where it ends in the line.
	inner bool
}

func (s *scanner) openBracket() {
	long := 1
	if s.at > s.start && s.line[s.at-1] == '!' { // An image.
		s.at--
		long = 2
	}
	s.links = append(s.links, bracket{part: s.mark(long), end: s.at})
}

// closeBracket makes a link of the last open bracket, if an address follows.
func (s *scanner) closeBracket() {
	if len(s.links) == 0 {
		s.at++
		return
	}
	last := s.links[len(s.links)-1]
	s.links = s.links[:len(s.links)-1]
	words := s.line[last.end:s.at]
	to := target(s.line[s.at+1:])
	inner := last.inner || to.long > 0
	if n := len(s.links); inner && n > 0 {
		s.links[n-1].inner = true // A link in a link is no link.
	}
	if to.long == 0 {
		s.at++
		return
	}
	end := s.mark(1 + to.long)
	s.parts[last.part], s.parts[end] = s.written(words, to, last.inner)
}

// written returns what stands before and behind the words of a link.
func (s *scanner) written(words string, to link, inner bool) (before, behind string) {
	switch {
	case words == "":
		behind = to.url
	case words == to.url:
	case s.anchors && !inner:
		before, behind = `<a href="`+to.url+`">`, "</a>"
	default:
		behind = ": " + to.url
	}
	if to.title != "" {
		behind += "（" + to.title + "）"
	}
	return before, behind
}

// link is where a link leads.
type link struct {
	url, title string
	long       int // How many bytes of the line say so; 0 if there is no link.
}

// target reads what stands behind the words of a link, such as (https://example.com "title"). An address that a chat cannot open makes
// no link. The search ends at every sign with which the next link could begin, so that all searches in a line are linear together.
func target(text string) link {
	text = text[:min(len(text), maxTarget)]
	rest, ok := strings.CutPrefix(text, "(")
	if !ok {
		return link{}
	}
	url, rest := destination(strings.TrimLeft(rest, " "))
	if !canOpen(url) {
		return link{}
	}
	title, rest := titleOf(strings.TrimLeft(rest, " "))
	rest, ok = strings.CutPrefix(strings.TrimLeft(rest, " "), ")")
	if !ok {
		return link{}
	}
	return link{url, title, len(text) - len(rest)}
}

func canOpen(url string) bool {
	for _, scheme := range schemes {
		if strings.HasPrefix(url, scheme) && len(url) > len(scheme) {
			return true
		}
	}
	return false
}

// destination cuts an address, which may be in angle brackets and have pairs of parentheses.
func destination(text string) (url, rest string) {
	if inside, ok := strings.CutPrefix(text, "<"); ok {
		end := strings.IndexAny(inside, "<>[]\"` ")
		if end < 0 || inside[end] != '>' {
			return "", text
		}
		return inside[:end], inside[end+1:]
	}
	depth := 0
	for i := range len(text) {
		switch c := text[i]; {
		case c == '(':
			depth++
		case c == ')' && depth > 0:
			depth--
		case c == ')' || c <= ' ':
			return text[:i], text[i:]
		case strings.IndexByte("<>[]\"`", c) >= 0:
			return "", text
		}
	}
	return "", text
}

// titleOf cuts a title in quotation marks.
func titleOf(text string) (title, rest string) {
	if text == "" || text[0] != '"' && text[0] != '\'' {
		return "", text
	}
	end := strings.IndexAny(text[1:], text[:1]+"[]")
	if end < 0 || text[1+end] != text[0] {
		return "", text
	}
	return text[1 : 1+end], text[2+end:]
}
