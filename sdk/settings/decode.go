package settings

import (
	"bytes"
	"encoding"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/chuanhuabot/bot/sdk"
)

// Validator is a struct of settings that knows more about itself than its tags say. Decode asks it when nothing else is wrong.
type Validator interface {
	// Validate returns what is wrong. Fields are dotted from the top of the configuration.
	Validate() sdk.Problems
}

// maxProblems bounds what a configuration that was meant for something else can make a plugin say.
const maxProblems = 100

// Decode reads a configuration into a T with the defaults of its tags. Every mistake is in the error, which is sdk.Problems: keys that T
// does not have, wrong types, values that are missing. A T that cannot be read is an error of another kind: the program is wrong.
func Decode[T any](config json.RawMessage) (T, error) {
	var v, none T
	if err := check(reflect.TypeFor[T]()); err != nil {
		return none, fmt.Errorf("a mistake in the plugin itself: %w", err)
	}
	in, err := parsed(config)
	if err != nil {
		return none, sdk.Problems{{Message: err.Error()}}
	}
	r := &reader{}
	r.structure(in, "", reflect.ValueOf(&v).Elem())
	if one, ok := any(&v).(Validator); ok && len(r.problems) == 0 {
		r.problems = one.Validate()
	}
	if err := r.problems.Err(); err != nil {
		return none, err
	}
	return v, nil
}

// parsed returns JSON as maps, lists, texts, json.Numbers and truth values. Nothing at all is nil.
func parsed(config json.RawMessage) (any, error) {
	if len(bytes.TrimSpace(config)) == 0 {
		return nil, nil
	}
	d := json.NewDecoder(bytes.NewReader(config))
	d.UseNumber()
	var in any
	if err := d.Decode(&in); err != nil {
		return nil, fmt.Errorf("the configuration is no JSON: %w", err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("something follows the configuration's end; it must be one JSON object")
	}
	return in, nil
}

// reader walks JSON and a struct together and writes down what does not fit.
type reader struct{ problems sdk.Problems }

func (r *reader) value(in any, at string, v reflect.Value, f field) {
	t := v.Type()
	switch {
	case in == nil && scalar(t): // In a list or map; a field with nothing counts as absent.
		r.add(at, "has no value; write "+wanted(t, f)+", or remove it")
	case scalar(t):
		r.scalar(in, at, v, f)
	case t.Kind() == reflect.Pointer:
		v.Set(reflect.New(t.Elem()))
		r.value(in, at, v.Elem(), f)
	case t.Kind() == reflect.Struct:
		r.structure(in, at, v)
	case t.Kind() == reflect.Slice:
		r.list(in, at, v, f)
	default:
		r.mapping(in, at, v, f)
	}
}

func (r *reader) structure(in any, at string, v reflect.Value) {
	object, ok := in.(map[string]any)
	if !ok && in != nil {
		r.mismatch(at, v.Type(), field{}, in)
		return
	}
	fields := fieldsOf(v.Type())
	for _, key := range slices.Sorted(maps.Keys(object)) {
		if !slices.Contains(names(fields), key) {
			r.add(join(at, shown(key)), "unknown key; remove it or correct its spelling (allowed here: "+strings.Join(names(fields), ", ")+")")
		}
	}
	for _, f := range fields {
		to := v.Field(f.index)
		switch given := object[f.name]; {
		case given != nil:
			r.value(given, join(at, f.name), to, f)
		case f.hasValue:
			_ = parse(to, f.value) // Check has tried it.
		case f.required:
			r.add(join(at, f.name), "is missing; write "+wanted(f.typeOf, f)+about(f))
		case to.Kind() == reflect.Struct && !scalar(to.Type()):
			r.structure(nil, join(at, f.name), to)
		}
	}
}

func (r *reader) list(in any, at string, v reflect.Value, f field) {
	list, ok := in.([]any)
	if !ok {
		r.mismatch(at, v.Type(), field{}, in)
		return
	}
	v.Set(reflect.MakeSlice(v.Type(), len(list), len(list)))
	for i, one := range list {
		r.value(one, fmt.Sprintf("%s[%d]", at, i), v.Index(i), field{enum: f.enum})
	}
}

func (r *reader) mapping(in any, at string, v reflect.Value, f field) {
	object, ok := in.(map[string]any)
	if !ok {
		r.mismatch(at, v.Type(), field{}, in)
		return
	}
	v.Set(reflect.MakeMapWithSize(v.Type(), len(object)))
	for _, key := range slices.Sorted(maps.Keys(object)) {
		one := reflect.New(v.Type().Elem()).Elem()
		r.value(object[key], join(at, shown(key)), one, field{enum: f.enum})
		v.SetMapIndex(reflect.ValueOf(key).Convert(v.Type().Key()), one)
	}
}

// scalar fills v if the JSON is of its type: "20" in quotes is no number.
func (r *reader) scalar(in any, at string, v reflect.Value, f field) {
	said, isText := in.(string)
	fits := isText == text(v.Type())
	switch one := in.(type) {
	case json.Number:
		said, fits = one.String(), fits && v.Kind() != reflect.Bool
	case bool:
		said, fits = fmt.Sprint(one), fits && v.Kind() == reflect.Bool
	case map[string]any, []any:
		fits = false
	}
	switch {
	case !fits:
		r.mismatch(at, v.Type(), f, in)
	case len(f.enum) > 0 && !slices.Contains(f.enum, said):
		r.add(at, "must be "+oneOf(f.enum))
	case f.required && said == "":
		r.add(at, "is empty; write "+wanted(v.Type(), f)+about(f))
	default:
		if want := parse(v, said); want != "" {
			r.add(at, "must be "+want)
		}
	}
}

// text tells whether a scalar is a text in JSON.
func text(t reflect.Type) bool {
	return t.Kind() == reflect.String || t == reflect.TypeFor[sdk.Secret]() || t == reflect.TypeFor[time.Duration]() ||
		reflect.PointerTo(t).Implements(reflect.TypeFor[encoding.TextUnmarshaler]())
}

func (r *reader) mismatch(at string, t reflect.Type, f field, in any) {
	r.add(at, "must be "+wanted(t, f)+", not "+kindOf(in))
}

func (r *reader) add(at, message string) {
	if len(r.problems) == maxProblems {
		at, message = "", "too many problems; the rest from here on is left out"
	}
	if len(r.problems) <= maxProblems {
		r.problems.Add(at, message)
	}
}

func about(f field) string {
	if f.doc == "" {
		return ""
	}
	return " (" + strings.TrimSuffix(f.doc, ".") + ")"
}

func join(at, name string) string {
	if at == "" {
		return name
	}
	return at + "." + name
}

// shown is a key as problems show it.
func shown(key string) string {
	if r := []rune(key); len(r) > 40 {
		return string(r[:39]) + "…"
	}
	return key
}

// kindOf says in words what JSON has, without repeating it.
func kindOf(in any) string {
	switch in.(type) {
	case nil:
		return "nothing"
	case string:
		return "text"
	case json.Number:
		return "a number"
	case bool:
		return "true or false"
	case []any:
		return "a list"
	default:
		return "an object"
	}
}
