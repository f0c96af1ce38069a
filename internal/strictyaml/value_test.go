package strictyaml

import (
	"slices"
	"testing"
)

// flexible is written as a list of names or as a mapping.
type flexible struct {
	names []string
	set   Ordered[int]
}

func (f *flexible) UnmarshalStrict(v *Value) {
	if !v.IsList() {
		v.Decode(&f.set, "[a-z]")
		return
	}
	v.Decode(&f.names, "")
	for i, name := range f.names {
		if name == "bad" {
			v.Problem(joinIndex("", i), "is bad")
		}
		if value, ok := v.Secrets().Lookup(name); ok {
			v.Warn("", "is "+value)
		}
	}
}

func TestUnmarshaler(t *testing.T) {
	for text, want := range map[string]struct {
		names, keys        []string
		problems, warnings string
	}{
		"f: [a, b]":       {names: []string{"a", "b"}},
		"f: {a: 1}":       {keys: []string{"a"}},
		"f: {B: 1}":       {keys: []string{"B"}, problems: "f.yaml:1:5: f.B: the name must match [a-z]"},
		"f: [bad, EMPTY]": {names: []string{"bad", "EMPTY"}, problems: "f.yaml:1:5: f[0]: is bad", warnings: "f.yaml:1:4: f: is "},
		"f: text":         {problems: "f.yaml:1:4: f: want keys with values (key: value), got text"},
		"f: &x [*x]":      {names: []string{""}, problems: "f.yaml:1:8: f[0]: aliases are not allowed; write the value out, or put text that begins with * in quotes"},
	} {
		t.Run(text, func(t *testing.T) {
			doc, err := Parse("f.yaml", []byte(text))
			if err != nil {
				t.Fatal(err)
			}
			var into struct {
				F flexible `yaml:"f"`
			}
			problems, warnings := doc.Decode(&into, testSecrets())
			if !slices.Equal(into.F.names, want.names) || !slices.Equal(into.F.set.Keys(), want.keys) {
				t.Errorf("got %v and %v", into.F.names, into.F.set)
			}
			if problems.Error() != want.problems || warnings.Error() != want.warnings {
				t.Errorf("problems %q, warnings %q", problems.Error(), warnings.Error())
			}
		})
	}
}

func TestValue_DecodeIntoNothing(t *testing.T) {
	doc, err := Parse("f.yaml", []byte("f: 1"))
	if err != nil {
		t.Fatal(err)
	}
	d := &decoder{doc: doc}
	(&Value{decoder: d, node: doc.root, field: "f"}).Decode(nil, "")
	if len(d.problems) != 1 {
		t.Errorf("got %v", d.problems)
	}
}
