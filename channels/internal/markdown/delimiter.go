package markdown

import (
	"strings"
	"unicode"
)

// delimiters are the runs of one sign that may still turn out to open something.
type delimiters struct {
	open  []run
	count [4]int // How many of each length.
}

// run is one, two or three signs in a row.
type run struct {
	part int // Its place in the parts.
	long int
	end  int // Where it ends in the line.
}

func (d *delimiters) push(r run) {
	d.open = append(d.open, r)
	d.count[r.long]++
}

func (d *delimiters) pop() run {
	last := d.open[len(d.open)-1]
	d.open = d.open[:len(d.open)-1]
	d.count[last.long]--
	return last
}

// delimiter reads a run of * or _. A long one is no markup.
func (s *scanner) delimiter(d *delimiters) {
	sign := s.line[s.at : s.at+1]
	rest := s.line[s.at:]
	long := len(rest) - len(strings.TrimLeft(rest, sign))
	start, end := s.at, s.at+long
	before, after := s.around(start, end)
	opens, closes := false, false
	switch {
	case long > 3 || after == '\ufe0f': // Which makes an emoji of the sign.
	case sign == "_":
		opens, closes = underscore(s.line, before, after, end)
	default:
		opens, closes = star(before, after, long)
	}
	part := s.mark(long)
	if closes {
		long = s.close(d, part, long, start)
	}
	if opens && long > 0 {
		d.push(run{part, long, end})
	}
}

// star says what a run of stars can be, by the characters around it. It is stricter than CommonMark where a star may be that of a
// product, and more generous with Chinese, which has no blanks between its words and marks.
func star(before, after rune, long int) (opens, closes bool) {
	if isWord(before) && isWord(after) || strings.ContainsRune(")]}", before) && strings.ContainsRune("([{", after) {
		return false, false
	}
	opens = !unicode.IsSpace(after) && !(isMark(after) && isWord(before))
	closes = !unicode.IsSpace(before) && !(isMark(before) && isWord(after))
	if long == 1 { // 长*宽*高 and (*^_^*).
		opens = opens && !unicode.IsLetter(before) && !unicode.IsDigit(before) && (!isASCIIMark(after) || strings.ContainsRune("\"'([`*", after))
		closes = closes && (!isASCIIMark(before) || strings.ContainsRune(".,!?:;\"')]%`*", before))
	}
	return opens, closes
}

// underscore says what a run of underscores can be: they belong to a name unless blanks or marks stand outside.
func underscore(line string, before, after rune, end int) (opens, closes bool) {
	outside := func(r rune, ascii string) bool {
		return unicode.IsSpace(r) || isMark(r) && (!isASCIIMark(r) || strings.ContainsRune(ascii, r))
	}
	inside := func(r rune) bool {
		return unicode.IsLetter(r) || unicode.IsDigit(r) || r == '*' || r == '`' || r == '['
	}
	opens = outside(before, "(\"'[*") && inside(after)
	closes = outside(after, ".,;:!?)\"']*") && !unicode.IsSpace(before) && (!isASCIIMark(before) || strings.ContainsRune(".,!?:;\"')]%`*", before))
	if after < 0x80 && strings.ContainsRune(".:", after) && end+1 < len(line) && isWord(rune(line[end+1])) {
		closes = false // The name of a file.
	}
	return opens, closes
}

func isMark(r rune) bool { return unicode.IsPunct(r) || unicode.IsSymbol(r) && r < 0x80 }

func isASCIIMark(r rune) bool { return r < 0x80 && isMark(r) }

// close lets a run close what an earlier one has opened, and returns how many of its signs are left. Runs that were opened within
// and never closed stay as they are.
func (s *scanner) close(d *delimiters, part, long, start int) (left int) {
	match := func(opened, closed int) bool {
		if d.count[opened] == 0 {
			return false
		}
		r := d.pop()
		for r.long != opened {
			r = d.pop()
		}
		if s.isName(r, start, closed) {
			return false
		}
		s.parts[r.part] = s.parts[r.part][closed:]
		s.parts[part] = s.parts[part][closed:]
		long -= closed
		if r.long -= closed; r.long > 0 {
			d.push(r)
		}
		return true
	}
	switch {
	case match(long, long):
	case long < 3:
		match(3, long)
	case len(d.open) > 0 && d.open[len(d.open)-1].long == 1: // ***: two runs may end here, the inner one first.
		_ = match(1, 1) && match(2, 2)
	default:
		_ = match(2, 2) && match(1, 1)
	}
	return long
}

// isName tells whether two underscores on each side are those of a name such as __init__.
func (s *scanner) isName(r run, start, long int) bool {
	if long != 2 || s.line[r.end-1] != '_' {
		return false
	}
	return strings.IndexFunc(s.line[r.end:start], func(c rune) bool { return c >= 0x80 || c != '_' && !isWord(c) }) < 0
}
