package sdk

import (
	"errors"
	"strings"
)

// Problem is one mistake in a configuration.
type Problem struct {
	// Field is the field, dotted from the top of the configuration it is about: "backend.url". Empty: the whole.
	Field string
	// Message says what is wrong and what to write instead.
	Message string
}

// Problems is every mistake found in a configuration. It is an error; an empty one is not, so return Err().
type Problems []Problem

// Add adds a problem.
func (p *Problems) Add(field, message string) {
	*p = append(*p, Problem{Field: field, Message: message})
}

// Err returns p as an error, or nil if it is empty.
func (p Problems) Err() error {
	if len(p) == 0 {
		return nil
	}
	return p
}

// Error joins all problems with "; ".
func (p Problems) Error() string {
	lines := make([]string, len(p))
	for i, one := range p {
		lines[i] = one.Message
		if one.Field != "" {
			lines[i] = one.Field + ": " + one.Message
		}
	}
	return strings.Join(lines, "; ")
}

// ProblemsOf returns the Problems in err, one without a field for any other error, and none for nil.
func ProblemsOf(err error) Problems {
	if err == nil {
		return nil
	}
	var p Problems
	if errors.As(err, &p) {
		return p
	}
	return Problems{{Message: err.Error()}}
}
