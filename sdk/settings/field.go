package settings

import (
	"encoding"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/chuanhuabot/bot/sdk"
)

// field is what the tags of a struct field say.
type field struct {
	name, doc string
	index     int
	value     string // The default.
	hasValue  bool
	enum      []string
	required  bool
	typeOf    reflect.Type
}

// fieldsOf returns the fields of a struct that are read.
func fieldsOf(t reflect.Type) []field {
	var fields []field
	for i := range t.NumField() {
		f := t.Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name == "-" || !f.IsExported() {
			continue
		}
		one := field{name: name, doc: f.Tag.Get("doc"), index: i, required: f.Tag.Get("required") == "true", typeOf: f.Type}
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

// maxDepth bounds how deep structs are nested.
const maxDepth = 20

// check returns what is wrong with a type that settings are to be read into.
func check(t reflect.Type) error {
	if t.Kind() != reflect.Struct || scalar(t) {
		return fmt.Errorf("settings are a struct, not %s", t)
	}
	return checkType(t, field{}, 0)
}

func checkType(t reflect.Type, f field, depth int) error {
	switch {
	case depth > maxDepth:
		return fmt.Errorf("%s is nested too deep or contains itself", t)
	case scalar(t):
		return checkScalar(t, f)
	case f.hasValue:
		return fmt.Errorf("a %s cannot have a default in a tag", t)
	case t.Kind() == reflect.Struct:
		return checkStruct(t, depth)
	case t.Kind() == reflect.Pointer, t.Kind() == reflect.Slice:
		return checkType(t.Elem(), field{enum: f.enum}, depth+1)
	case t.Kind() == reflect.Map && t.Key().Kind() == reflect.String:
		return checkType(t.Elem(), field{enum: f.enum}, depth+1)
	}
	return fmt.Errorf("cannot read a %s", t)
}

func checkStruct(t reflect.Type, depth int) error {
	for _, f := range fieldsOf(t) {
		in := t.Field(f.index).Name
		if f.name == "" {
			return fmt.Errorf("%s.%s has no name in a json tag; write one, or json:\"-\"", t, in)
		}
		if err := checkType(f.typeOf, f, depth+1); err != nil {
			return fmt.Errorf("%s.%s: %w", t, in, err)
		}
	}
	return nil
}

func checkScalar(t reflect.Type, f field) error {
	if len(f.enum) > 0 && t.Kind() != reflect.String {
		return errors.New("an enum is for texts")
	}
	if !f.hasValue {
		return nil
	}
	if len(f.enum) > 0 && !slices.Contains(f.enum, f.value) {
		return errors.New("the default is not in the enum")
	}
	if want := parse(reflect.New(t).Elem(), f.value); want != "" {
		return errors.New("the default must be " + want)
	}
	return nil
}

// scalar tells whether a type takes one piece of text.
func scalar(t reflect.Type) bool {
	switch t {
	case reflect.TypeFor[sdk.Secret](), reflect.TypeFor[time.Duration]():
		return true
	}
	if t.Kind() != reflect.Pointer && reflect.PointerTo(t).Implements(reflect.TypeFor[encoding.TextUnmarshaler]()) {
		return true
	}
	switch k := t.Kind(); {
	case k == reflect.String, k == reflect.Bool, k == reflect.Float32, k == reflect.Float64:
		return true
	default:
		return whole(k)
	}
}

// whole, signed and unsigned tell whether a kind is an integer, and of which sort.
func whole(k reflect.Kind) bool { return signed(k) || unsigned(k) }

func signed(k reflect.Kind) bool { return reflect.Int <= k && k <= reflect.Int64 }

func unsigned(k reflect.Kind) bool { return reflect.Uint <= k && k <= reflect.Uint64 }
