package strictyaml

import (
	"fmt"
	"slices"
	"strings"
)

// Problem is one mistake in a file.
type Problem struct {
	// File is the file as it was named by whoever asked to read it.
	File string
	// Line and Column count from 1; 0 is unknown.
	Line, Column int
	// Field is the dotted path of the field, such as "routes[0].when.text". Empty: the whole file.
	Field string
	// Message says what is wrong and what to write instead.
	Message string
}

// Error returns one line such as `bot.yaml:12:5: wx.mode: must be plain or safe, not "save"`.
func (p Problem) Error() string {
	var b strings.Builder
	b.WriteString(p.File)
	if p.Line > 0 {
		fmt.Fprintf(&b, ":%d", p.Line)
	}
	if p.Line > 0 && p.Column > 0 {
		fmt.Fprintf(&b, ":%d", p.Column)
	}
	b.WriteString(": ")
	if p.Field != "" {
		b.WriteString(p.Field + ": ")
	}
	b.WriteString(p.Message)
	return b.String()
}

// Problems is every mistake found in a file. It is an error; an empty one is not, so return Err().
type Problems []Problem

// Error joins all problems, one a line.
func (p Problems) Error() string {
	lines := make([]string, len(p))
	for i, one := range p {
		lines[i] = one.Error()
	}
	return strings.Join(lines, "\n")
}

// Err returns p as an error, or nil if it is empty.
func (p Problems) Err() error {
	if len(p) == 0 {
		return nil
	}
	return p
}

// Sort puts the problems in the order of the file.
func (p Problems) Sort() {
	slices.SortStableFunc(p, func(a, b Problem) int {
		if a.Line != b.Line {
			return a.Line - b.Line
		}
		return a.Column - b.Column
	})
}

// Has tells whether there is a problem with the field or with anything inside it.
func (p Problems) Has(field string) bool {
	return slices.ContainsFunc(p, func(one Problem) bool { return within(one.Field, field) })
}

// Covers tells whether there is a problem with the field, with anything inside it or with what encloses it as a whole.
// Then a further problem with the field would only repeat it.
func (p Problems) Covers(field string) bool {
	return p.Has(field) || slices.ContainsFunc(p, func(one Problem) bool { return within(field, one.Field) })
}

// within tells whether field is outer or a part of it.
func within(field, outer string) bool {
	rest, ok := strings.CutPrefix(field, outer)
	return ok && (outer == "" || rest == "" || rest[0] == '.' || rest[0] == '[')
}
