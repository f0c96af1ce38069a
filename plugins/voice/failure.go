package voice

import (
	"errors"
	"fmt"
)

// class says what may be done about an error.
type class int

const (
	// never: this recording will not be recognised.
	never class = iota
	// again: it may be, later.
	again
	// settings: nothing will be, until somebody changes something.
	settings
)

// String names the class, for logs.
func (c class) String() string { return []string{"never", "again", "settings"}[c] }

// failure is an error of a class.
type failure struct {
	class class
	err   error
}

func (f *failure) Error() string { return f.err.Error() }
func (f *failure) Unwrap() error { return f.err }

// failed makes an error of a class, as fmt.Errorf does.
func failed(c class, format string, args ...any) error {
	return &failure{c, fmt.Errorf(format, args...)}
}

// classOf returns the class of an error; of one that has none it is never.
func classOf(err error) class {
	var f *failure
	if errors.As(err, &f) {
		return f.class
	}
	return never
}
