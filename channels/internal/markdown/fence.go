package markdown

import "strings"

// fence is a line that opens a block of code.
type fence struct {
	sign byte // ` or ~.
	long int  // How many of them.
	info string
}

// opensFence reads a line that opens a block of code, which begins with three signs or more.
func opensFence(line string) (fence, bool) {
	line = strings.TrimSpace(line)
	if line == "" || line[0] != '`' && line[0] != '~' {
		return fence{}, false
	}
	rest := strings.TrimLeft(line, line[:1])
	f := fence{sign: line[0], long: len(line) - len(rest), info: strings.TrimSpace(rest)}
	if f.long < 3 || strings.Contains(rest, "`") || f.sign == '~' && !isLanguage(f.info) {
		return fence{}, false
	}
	return f, true
}

// isLanguage tells whether what stands behind a fence says nothing but a language.
func isLanguage(info string) bool {
	return len(info) <= 32 && !strings.ContainsFunc(info, func(r rune) bool {
		return !isWord(r) && !strings.ContainsRune("+#.-_", r) || r >= 0x80
	})
}

// closes tells whether a line ends the block that f opened.
func (f fence) closes(line string) bool {
	line = strings.TrimSpace(line)
	return len(line) >= f.long && strings.Trim(line, string(f.sign)) == ""
}

// code takes a block of code as it is, up to its end or that of the text. Words that are no language are kept.
func (d *document) code(f fence) {
	if !isLanguage(f.info) {
		d.out = append(d.out, f.info)
	}
	for d.at++; d.at < len(d.lines); d.at++ {
		if f.closes(d.lines[d.at]) {
			d.at++
			return
		}
		d.out = append(d.out, d.lines[d.at])
	}
}
