// Package markdown turns Markdown, which most language models write, into what the texts of a chat can show.
package markdown

import "strings"

// Plain returns text with its Markdown as words and signs: headings in 【】, bullets as •, links as <a href> where the platform
// shows anchors and as "words: address" where it does not. Markup that only changes the look goes, and the language of a block
// of code with its fence; nothing else of the text does. What could be meant as it stands stays as it is: 2*3*4, snake_case,
// addresses, HTML, broken Markdown. It looks at one line at a time, takes time in proportion to the length of text, and is
// safe for concurrent use.
func Plain(text string, anchors bool) string {
	if !strings.ContainsAny(text, "`*_#[-|\\~") {
		return text
	}
	d := document{lines: strings.Split(text, "\n"), anchors: anchors}
	for d.at < len(d.lines) {
		d.block()
	}
	return strings.Join(d.out, "\n")
}

// document is a text that is being turned.
type document struct {
	lines   []string
	at      int
	out     []string
	anchors bool
	list    bool // The lines that are indented belong to a list.
}

// block turns the line that stands next, and those that belong to it.
func (d *document) block() {
	line, end := cutReturn(d.lines[d.at])
	if f, ok := opensFence(line); ok {
		d.code(f)
		return
	}
	if d.table() {
		return
	}
	d.at++
	trimmed := strings.TrimLeft(line, " \t")
	indented := len(line)-len(trimmed) >= 4 || strings.HasPrefix(line, "\t")
	switch {
	case trimmed == "":
	case isBullet(trimmed) || isNumbered(trimmed):
		d.list = true
	case indented && !d.list: // Code, as it was written before there were fences.
		d.out = append(d.out, line+end)
		return
	case trimmed == line:
		d.list = false
	}
	d.out = append(d.out, d.line(line)+end)
}

// cutReturn cuts the carriage return off a line that ends with one.
func cutReturn(line string) (before, end string) {
	if before, ok := strings.CutSuffix(line, "\r"); ok {
		return before, "\r"
	}
	return line, ""
}

// line turns a line that stands for itself.
func (d *document) line(line string) string {
	trimmed := strings.TrimLeft(line, " \t")
	indent := line[:len(line)-len(trimmed)]
	if quoted := strings.TrimLeft(trimmed, "> "); strings.HasPrefix(trimmed, ">") && quoted != "" {
		return indent + trimmed[:len(trimmed)-len(quoted)] + d.line(quoted)
	}
	if isRule(trimmed) {
		return indent + "———"
	}
	if title := heading(trimmed); title != "" {
		return indent + inBrackets(inline(title, d.anchors))
	}
	if isBullet(trimmed) {
		return indent + bullet(trimmed[2:], d.anchors)
	}
	return indent + inline(unescaped(trimmed), d.anchors)
}

// isRule tells whether a line is three or more of -, * or _ and nothing else.
func isRule(line string) bool {
	if line == "" || !strings.Contains("-*_", line[:1]) {
		return false
	}
	signs := strings.Count(line, line[:1])
	return signs >= 3 && signs+strings.Count(line, " ")+strings.Count(line, "\t") == len(line) && !strings.HasPrefix(line, "****")
}

// heading returns the words of a heading, or "" for a line that is none.
func heading(line string) string {
	rest := strings.TrimLeft(line, "#")
	if level := len(line) - len(rest); level < 1 || level > 6 || !strings.HasPrefix(rest, " ") {
		return ""
	}
	title := strings.TrimSpace(rest)
	if open := strings.TrimRight(title, "#"); strings.HasSuffix(open, " ") { // The sharps that close it.
		title = strings.TrimSpace(open)
	}
	return title
}

func inBrackets(title string) string {
	if strings.ContainsAny(title, "【】") {
		return title
	}
	return "【" + title + "】"
}

// isBullet knows + only as a sign of mathematics.
func isBullet(line string) bool {
	return (strings.HasPrefix(line, "- ") || strings.HasPrefix(line, "* ")) && strings.TrimSpace(line[2:]) != ""
}

// isNumbered tells whether a line begins with a number of a list.
func isNumbered(line string) bool {
	rest := strings.TrimLeft(line, "0123456789")
	return rest != line && (strings.HasPrefix(rest, ". ") || strings.HasPrefix(rest, ") "))
}

func bullet(item string, anchors bool) string {
	for box, sign := range map[string]string{"[ ] ": "☐ ", "[x] ": "☑ ", "[X] ": "☑ "} {
		if rest, ok := strings.CutPrefix(item, box); ok {
			return "• " + sign + inline(rest, anchors)
		}
	}
	return "• " + inline(item, anchors)
}

// unescaped drops the backslash of what would mean something only at the beginning of a line.
func unescaped(line string) string {
	digits := len(line) - len(strings.TrimLeft(line, "0123456789"))
	rest := line[digits:]
	for _, escaped := range []string{`\- `, `\+ `, `\# `, `\> `, `\. `, `\) `} {
		number := escaped == `\. ` || escaped == `\) `
		if strings.HasPrefix(rest, escaped) && number == (digits > 0) {
			return line[:digits] + rest[1:]
		}
	}
	return line
}
