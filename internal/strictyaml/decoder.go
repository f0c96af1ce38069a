package strictyaml

import (
	"encoding"
	"fmt"
	"reflect"
	"regexp"
	"strings"
	"time"

	"gopkg.in/yaml.v3"

	"github.com/chuanhuabot/bot/sdk"
)

// maxProblems bounds what a wrong file, such as one of another program, can print.
const maxProblems = 100

// decoder is one Decode: it walks the nodes and the struct together and writes down what does not fit.
type decoder struct {
	doc                *Document
	secrets            Secrets
	problems, warnings Problems
}

// value fills v, which must be settable, from n. at is the path of n; f says what the tags allow.
func (d *decoder) value(n *yaml.Node, at string, v reflect.Value, f field) {
	if !d.ordinary(n, at) {
		return
	}
	if u, ok := v.Addr().Interface().(Unmarshaler); ok {
		u.UnmarshalStrict(&Value{decoder: d, node: n, field: at})
		return
	}
	if m, ok := v.Addr().Interface().(mapping); ok {
		d.mapping(n, at, m, f)
		return
	}
	switch {
	case isScalar(v):
		d.scalar(n, at, v, f)
	case v.Kind() == reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		d.value(n, at, v.Elem(), f)
	case v.Kind() == reflect.Struct:
		d.structure(n, at, v)
	case v.Kind() == reflect.Slice:
		d.list(n, at, v, f)
	default:
		d.problem(n, at, fmt.Sprintf("this program cannot read a %s", v.Type()))
	}
}

// ordinary refuses what YAML can do and a configuration should not: aliases, which can make a small file huge, and tags.
func (d *decoder) ordinary(n *yaml.Node, at string) bool {
	if n.Kind == yaml.AliasNode {
		d.problem(n, at, "aliases are not allowed; write the value out, or put text that begins with * in quotes")
		return false
	}
	switch n.ShortTag() {
	case "!!map", "!!seq", "!!str", "!!int", "!!float", "!!bool", "!!null", "!!timestamp", "!!merge":
		return true
	}
	d.problem(n, at, "YAML tags are not allowed; put text that begins with ! in quotes")
	return false
}

// structure fills a struct. Nothing at all (`log:`) is the same as an empty mapping.
func (d *decoder) structure(n *yaml.Node, at string, v reflect.Value) {
	fields := fieldsOf(v.Type())
	given := map[string]*yaml.Node{}
	if !d.pairs(n, at, func(key, value *yaml.Node) { given[key.Value] = d.known(key, value, at, fields) }) {
		return
	}
	for _, f := range fields {
		value, path := given[f.name], join(at, f.name)
		switch {
		case value != nil:
			d.value(value, path, v.Field(f.index), f)
		case f.required && d.makeUp(path, v.Field(f.index)):
		case f.required:
			d.add(d.doc.Problem(path, missing(f)))
		default:
			d.absent(n, path, v.Field(f.index), f)
		}
	}
}

// known returns the value of a key that the struct has, and reports any other key.
func (d *decoder) known(key, value *yaml.Node, at string, fields []field) *yaml.Node {
	for _, f := range fields {
		if f.name == key.Value {
			return value
		}
	}
	path, allowed := join(at, shown(key.Value)), names(fields)
	if strings.Contains(key.Value, ":") {
		d.problem(key, path, "unknown key; write a space after the colon")
		return nil
	}
	d.problem(key, path, fmt.Sprintf("unknown key%s (allowed here: %s)", DidYouMean(key.Value, allowed), strings.Join(allowed, ", ")))
	return nil
}

// makeUp fills a secret that is not there, if it may be made up.
func (d *decoder) makeUp(at string, v reflect.Value) bool {
	secret, isSecret := v.Addr().Interface().(*sdk.Secret)
	if !isSecret {
		return false
	}
	made, ok := d.secrets.madeUp(at)
	if ok {
		*secret = sdk.NewSecret(made)
	}
	return ok
}

// absent sets the defaults of a field that the file does not have.
func (d *decoder) absent(parent *yaml.Node, at string, v reflect.Value, f field) {
	switch {
	case f.hasValue:
		if want := parse(v, f.value); want != "" {
			d.problem(parent, at, "this program's default is wrong: want "+want)
		}
	case v.Kind() == reflect.Struct && !isScalar(v) && !v.Addr().Type().Implements(reflect.TypeFor[Unmarshaler]()):
		d.structure(&yaml.Node{Kind: yaml.MappingNode, Tag: "!!map", Line: parent.Line, Column: parent.Column}, at, v)
	}
}

// mapping fills an Ordered.
func (d *decoder) mapping(n *yaml.Node, at string, m mapping, f field) {
	d.pairs(n, at, func(key, value *yaml.Node) {
		path := join(at, shown(key.Value))
		if f.keys != "" && !fits(f.keys, key.Value) {
			d.problem(key, path, "the name must match "+f.keys)
		}
		v := reflect.New(m.elem()).Elem()
		d.value(value, path, v, field{enum: f.enum})
		m.add(key.Value, v)
	})
}

// pairs calls each for the keys of a mapping, each key once, and reports whether n is a mapping or nothing at all.
func (d *decoder) pairs(n *yaml.Node, at string, each func(key, value *yaml.Node)) bool {
	if isNull(n) {
		return true
	}
	if n.Kind != yaml.MappingNode {
		d.problem(n, at, "want keys with values (key: value), got "+kindOf(n))
		return false
	}
	first := map[string]int{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		line, twice := first[key.Value]
		switch {
		case key.ShortTag() == "!!merge":
			d.problem(key, at, "merging with << is not allowed; write the keys out")
		case key.Kind != yaml.ScalarNode || isNull(key):
			d.problem(key, at, "a key must be a word, got "+kindOf(key))
		case twice:
			d.problem(key, join(at, shown(key.Value)), fmt.Sprintf("here twice, first on line %d; remove one", line))
		default:
			first[key.Value] = key.Line
			each(key, value)
		}
	}
	return true
}

// list fills a slice. An empty list is not nil, so that it can be told from none.
func (d *decoder) list(n *yaml.Node, at string, v reflect.Value, f field) {
	switch {
	case n.Kind == yaml.SequenceNode || isNull(n):
		v.Set(reflect.MakeSlice(v.Type(), len(n.Content), len(n.Content)))
		for i, one := range n.Content {
			d.value(one, joinIndex(at, i), v.Index(i), field{enum: f.enum})
		}
	case f.single && n.Kind == yaml.ScalarNode:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		d.value(n, at, v.Index(0), field{enum: f.enum})
	default:
		d.problem(n, at, "want a list such as [a, b], got "+kindOf(n))
	}
}

// problem adds a problem at n.
func (d *decoder) problem(n *yaml.Node, at, message string) {
	d.add(Problem{File: d.doc.file, Line: n.Line, Column: n.Column, Field: at, Message: message})
}

func (d *decoder) add(p Problem) {
	if len(d.problems) == maxProblems {
		p.Field, p.Message = "", "too many problems; the rest from here on is left out"
	}
	if len(d.problems) <= maxProblems {
		d.problems = append(d.problems, p)
	}
}

// missing says what to write for a required field.
func missing(f field) string {
	example := f.name + ": …"
	if len(f.enum) > 0 {
		example = f.name + ": " + f.enum[0]
	}
	return "missing; write " + example + describe(f)
}

// describe returns what the doc tag says, in brackets.
func describe(f field) string {
	if f.doc == "" {
		return ""
	}
	return " (" + strings.TrimSuffix(f.doc, ".") + ")"
}

// fits tells whether the whole text matches a pattern of a keys tag.
func fits(pattern, text string) bool {
	ok, err := regexp.MatchString("^(?:"+pattern+")$", text)
	return ok && err == nil
}

// isScalar tells whether v takes one piece of text.
func isScalar(v reflect.Value) bool {
	switch v.Interface().(type) {
	case sdk.Secret, time.Duration:
		return true
	}
	if _, ok := v.Addr().Interface().(encoding.TextUnmarshaler); ok {
		return true
	}
	switch v.Kind() {
	case reflect.String, reflect.Bool, reflect.Int, reflect.Float64:
		return true
	}
	return false
}
