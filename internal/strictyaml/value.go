package strictyaml

import (
	"fmt"
	"reflect"

	"gopkg.in/yaml.v3"
)

// Unmarshaler is a type that reads itself, because it may be written in several ways. It is implemented by a pointer.
type Unmarshaler interface {
	// UnmarshalStrict fills the receiver from v and reports what is wrong with v.Problem.
	UnmarshalStrict(v *Value)
}

// Value is one value in the file, given to an Unmarshaler. It is valid until UnmarshalStrict returns.
type Value struct {
	decoder *decoder
	node    *yaml.Node
	field   string
}

// IsList tells whether the value is a list.
func (v *Value) IsList() bool { return v.node.Kind == yaml.SequenceNode }

// Decode fills what into points to, by the rules of this package. What does not fit is reported. keys is the pattern for
// the keys if into is an Ordered; empty allows all.
func (v *Value) Decode(into any, keys string) {
	p := reflect.ValueOf(into)
	if p.Kind() != reflect.Pointer || p.IsNil() {
		v.Problem("", fmt.Sprintf("this program cannot read a %T", into))
		return
	}
	v.decoder.value(v.node, v.field, p.Elem(), field{keys: keys})
}

// Secrets returns where env:NAME and file:PATH are looked up.
func (v *Value) Secrets() Secrets { return v.decoder.secrets }

// Problem reports a problem with a part of the value; an empty field is the value itself.
func (v *Value) Problem(field, message string) {
	v.decoder.add(v.at(field, message))
}

// Warn reports a warning about a part of the value.
func (v *Value) Warn(field, message string) {
	v.decoder.warnings = append(v.decoder.warnings, v.at(field, message))
}

func (v *Value) at(field, message string) Problem {
	n, path := find(v.node, field), v.field
	if field != "" && field[0] != '[' {
		field = "." + field
	}
	return Problem{File: v.decoder.doc.file, Line: n.Line, Column: n.Column, Field: path + field, Message: message}
}
