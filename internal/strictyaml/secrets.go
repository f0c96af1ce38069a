package strictyaml

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// maxSecret is the most bytes that a file with a secret may have.
const maxSecret = 64 << 10

var variableName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// Secrets says where env:NAME and file:PATH are looked up.
type Secrets struct {
	// Dir is the folder that relative paths begin at; empty is the current one.
	Dir string
	// LookupEnv finds a variable; nil is os.LookupEnv.
	LookupEnv func(name string) (string, bool)
	// MakeUp, if it is not nil, may give a value to a secret that is not there: one that is required and missing, or whose
	// variable or file is. It gets the field, such as "channels.wx.mp.token".
	MakeUp func(field string) (string, bool)
}

// absent is the error of a secret whose variable or file is not there, or is empty.
type absent string

// Error says how to cure it.
func (a absent) Error() string { return string(a) }

func absentf(format string, args ...any) error { return absent(fmt.Sprintf(format, args...)) }

// madeUp returns a value for the field of a secret that is not there.
func (s Secrets) madeUp(field string) (string, bool) {
	if s.MakeUp == nil {
		return "", false
	}
	return s.MakeUp(field)
}

// Lookup finds an environment variable.
func (s Secrets) Lookup(name string) (string, bool) {
	if s.LookupEnv == nil {
		return os.LookupEnv(name)
	}
	return s.LookupEnv(name)
}

// Resolve returns what text stands for: the variable of env:NAME, the contents of file:PATH without the newline at the
// end, and otherwise the text itself. The error says how to cure it and never contains a secret.
func (s Secrets) Resolve(text string) (string, error) {
	if name, ok := strings.CutPrefix(text, "env:"); ok {
		return s.variable(name)
	}
	if path, ok := strings.CutPrefix(text, "file:"); ok {
		return s.file(path)
	}
	return text, nil
}

// variable must not repeat what is not a name: somebody may have written the secret there.
func (s Secrets) variable(name string) (string, error) {
	if !variableName.MatchString(name) {
		return "", errors.New("write the name of an environment variable after env:, such as env:MP_TOKEN")
	}
	value, ok := s.Lookup(name)
	if !ok {
		return "", absentf("the environment variable %s is not set; set it before the start: export %s=…", name, name)
	}
	if value == "" {
		return "", absentf("the environment variable %s is empty; give it a value before the start: export %s=…", name, name)
	}
	return value, nil
}

func (s Secrets) file(path string) (string, error) {
	if path == "" {
		return "", errors.New("write the path of a file after file:, such as file:./secrets/token")
	}
	full := path
	if !filepath.IsAbs(path) {
		full = filepath.Join(s.Dir, path)
	}
	data, err := readLimited(full, maxSecret)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "", absentf("there is no file %s; write the secret into it, or change the path "+
			"(a relative one begins at the folder of this file)", path)
	case errors.Is(err, errTooLarge):
		return "", fmt.Errorf("the file %s is larger than 64 KiB; a secret is not: is this the right file?", path)
	case err != nil:
		return "", fmt.Errorf("the file %s cannot be read: %s", path, reason(err))
	}
	value := strings.TrimSuffix(strings.TrimSuffix(string(data), "\n"), "\r")
	if value == "" {
		return "", absentf("the file %s is empty; write the secret into it", path)
	}
	return value, nil
}
