package strictyaml

import (
	"reflect"
	"strings"
)

// field is what the tags of a struct field say.
type field struct {
	name, doc string
	index     int
	value     string // the default
	hasValue  bool
	enum      []string
	keys      string
	required  bool
	single    bool
	typeOf    reflect.Type
}

// fieldsOf returns the fields of a struct that have a yaml tag.
func fieldsOf(t reflect.Type) []field {
	var fields []field
	for i := range t.NumField() {
		f := t.Field(i)
		name, option, _ := strings.Cut(f.Tag.Get("yaml"), ",")
		if name == "" || name == "-" || !f.IsExported() {
			continue
		}
		one := field{name: name, doc: f.Tag.Get("doc"), index: i, keys: f.Tag.Get("keys"), typeOf: f.Type,
			required: f.Tag.Get("required") == "true", single: option == "single"}
		one.value, one.hasValue = f.Tag.Lookup("default")
		if e := f.Tag.Get("enum"); e != "" {
			one.enum = strings.Split(e, "|")
		}
		fields = append(fields, one)
	}
	return fields
}

// names returns the names of fields.
func names(fields []field) []string {
	out := make([]string, len(fields))
	for i, f := range fields {
		out[i] = f.name
	}
	return out
}
