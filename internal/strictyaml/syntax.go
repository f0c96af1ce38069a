package strictyaml

import (
	"bytes"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"
)

// yamlError takes the errors of yaml.v3 apart: it has no type for them.
var yamlError = regexp.MustCompile(`(?s)^yaml: (?:line (\d+): )?(.*)$`)

// cures say what to do about what the YAML parser says, found by the beginning of its message.
var cures = []struct{ begins, cure string }{
	{"found a tab", "indent with spaces, not with tabs"},
	{"found character that cannot start any token", "put text that begins with @, ` or % in quotes, and indent with spaces, not with tabs"},
	{"mapping values are not allowed", "indent the line like its neighbours, and put text that contains \": \" in quotes"},
	{"could not find expected ':'", "write key: value, with a space after the colon"},
	{"did not find expected key", "indent the line like its neighbours"},
	{"did not find expected '-' indicator", "a list and keys cannot be mixed at one level"},
	{"did not find expected ',' or", "a bracket is opened on this line or above and not closed, or a comma is missing"},
	{"found unexpected end of stream", "a quote is opened above and not closed"},
	{"found unknown escape character", "write a backslash in double quotes as \\\\, or use single quotes"},
	{"found undefined tag handle", "put text that begins with ! in quotes"},
}

// syntaxProblem says where the document stops being YAML. It never repeats a word of the document: it may be a secret.
func syntaxProblem(file string, data []byte, err error) Problem {
	p := Problem{File: file, Line: 1}
	text := err.Error()
	if m := yamlError.FindStringSubmatch(text); m != nil {
		p.Line, text = atLeast1(m[1]), m[2]
	}
	if name, ok := strings.CutPrefix(text, "unknown anchor '"); ok {
		name, _, _ = strings.Cut(name, "'")
		p.Line = lineOf(data, 1, func(line string) bool { return strings.Contains(line, "*"+name) })
		p.Message = "not YAML: put text that begins with * in quotes"
		return p
	}
	switch {
	case strings.HasPrefix(text, "did not find expected "), strings.HasPrefix(text, "found undefined tag"):
		// The parser, unlike the scanner, counts its lines from 0.
		if bytes.Count(data, []byte("\n")) > p.Line {
			p.Line++
		}
	case strings.HasPrefix(text, "found a tab"):
		p.Line = lineOf(data, p.Line, func(line string) bool {
			return strings.Contains(line[:len(line)-len(strings.TrimLeft(line, " \t"))], "\t")
		})
	}
	p.Message = "not YAML: " + text
	for _, c := range cures {
		if strings.HasPrefix(text, c.begins) {
			p.Message += "; " + c.cure
			break
		}
	}
	return p
}

// badEncoding finds the bytes that YAML does not allow, because yaml.v3 would not say where they are.
func badEncoding(file string, data []byte) (Problem, bool) {
	line, start := 1, 0
	for i := 0; i < len(data); {
		r, size := utf8.DecodeRune(data[i:])
		message := ""
		switch {
		case r == utf8.RuneError && size == 1:
			message = "the text is not UTF-8 from here on; save the file as UTF-8"
		case r < ' ' && r != '\t' && r != '\n' && r != '\r', r == 0x7f:
			message = "there is a control character here; remove it"
		}
		if message != "" {
			return Problem{File: file, Line: line, Column: utf8.RuneCount(data[start:i]) + 1, Message: message}, true
		}
		i += size
		if r == '\n' {
			line, start = line+1, i
		}
	}
	return Problem{}, false
}

// lineOf returns the number of the first line, not before from, that match likes; from if there is none.
func lineOf(data []byte, from int, match func(string) bool) int {
	for i, line := range strings.Split(string(data), "\n") {
		if i+1 >= from && match(line) {
			return i + 1
		}
	}
	return from
}

func atLeast1(number string) int {
	n, err := strconv.Atoi(number)
	if err != nil || n < 1 {
		return 1
	}
	return n
}
