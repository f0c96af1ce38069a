package strictyaml

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"reflect"

	"gopkg.in/yaml.v3"
)

// MaxSize is the most bytes that a file may have.
const MaxSize = 1 << 20

// Document is one YAML file that could be parsed. It never changes and is safe for concurrent use.
type Document struct {
	file string
	root *yaml.Node
}

// ReadFile reads and parses a file. The error is a Problems.
func ReadFile(path string) (*Document, error) {
	data, err := readLimited(path, MaxSize)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, Problems{{File: path, Message: "there is no such file; go to the folder that has it, or name another one with -c FILE"}}
	case errors.Is(err, errTooLarge):
		return nil, Problems{tooLarge(path)}
	case err != nil:
		return nil, Problems{{File: path, Message: "cannot be read: " + reason(err)}}
	}
	return Parse(path, data)
}

// Parse parses data; file is what problems name. The error is a Problems.
func Parse(file string, data []byte) (*Document, error) {
	if len(data) > MaxSize {
		return nil, Problems{tooLarge(file)}
	}
	if p, bad := badEncoding(file, data); bad {
		return nil, Problems{p}
	}
	var first, second yaml.Node
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	err := decoder.Decode(&first)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, Problems{syntaxProblem(file, data, err)}
	}
	if err != nil || len(first.Content) == 0 || isNull(first.Content[0]) {
		return nil, Problems{{File: file, Line: 1, Column: 1, Message: "the file is empty"}}
	}
	if err = decoder.Decode(&second); err == nil {
		return nil, Problems{{File: file, Line: second.Line, Column: second.Column,
			Message: "a second document begins here; put everything into one and remove the line ---"}}
	} else if !errors.Is(err, io.EOF) {
		return nil, Problems{syntaxProblem(file, data, err)}
	}
	return &Document{file: file, root: first.Content[0]}, nil
}

// Decode fills the struct that into points to, resolving secrets with s. Defaults are set for what the document does not
// give. It returns every problem and every warning, in the order of the file; after a problem, into is filled as far as
// it goes.
func (d *Document) Decode(into any, s Secrets) (problems, warnings Problems) {
	dec := &decoder{doc: d, secrets: s}
	v := reflect.ValueOf(into)
	if v.Kind() != reflect.Pointer || v.IsNil() {
		dec.problem(d.root, "", fmt.Sprintf("cannot decode into a %T", into))
		return dec.problems, nil
	}
	dec.value(d.root, "", v.Elem(), field{})
	dec.problems.Sort()
	dec.warnings.Sort()
	return dec.problems, dec.warnings
}

// Format prints the name of the file, whatever the verb: what is in it may be secret.
func (d Document) Format(s fmt.State, _ rune) { io.WriteString(s, d.file) }

// Problem returns a problem of the field, at the line where the field stands, or else the nearest that encloses it.
func (d *Document) Problem(field, message string) Problem {
	n := find(d.root, field)
	return Problem{File: d.file, Line: n.Line, Column: n.Column, Field: field, Message: message}
}

var (
	errTooLarge   = errors.New("too large")
	errNotRegular = errors.New("it is not a regular file")
)

// readLimited refuses what is not a regular file: reading a pipe or a device might never end.
func readLimited(path string, limit int64) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, errNotRegular
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err == nil && int64(len(data)) > limit {
		return nil, errTooLarge
	}
	return data, err
}

func tooLarge(file string) Problem {
	return Problem{File: file, Message: "the file is larger than 1 MiB; a configuration is not: is this the right file?"}
}

// reason is what the operating system says, without the path that the problem already names.
func reason(err error) string {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err.Error()
	}
	return err.Error()
}
