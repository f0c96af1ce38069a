package strictyaml

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestDecode_EveryType(t *testing.T) {
	k, problems := decodeString(t, `
name: 42
count: 0x10
ratio: 2
on: false
wait: 1m30s
secret: env:SET
pattern: ^a+$
mode: safe
levels: [high]
list: [a, "b"]
one: a
inner: {deep: x}
pointer: {deep: y}
ordered: {b: 1, a: 2}
items: [{deep: z}]
`)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	if k.Name != "42" || k.Count != 16 || k.Ratio != 2 || k.On || k.Wait != 90*time.Second || k.Mode != "safe" {
		t.Errorf("scalars: got %+v", k)
	}
	if k.Secret.Value() != "hunter2" || !k.Pattern.MatchString("aa") || k.Pattern.MatchString("b") {
		t.Errorf("secret and pattern: got %q and %v", k.Secret.Value(), k.Pattern)
	}
	if !slices.Equal(k.List, []string{"a", "b"}) || !slices.Equal(k.One, []string{"a"}) || !slices.Equal(k.Levels, []string{"high"}) {
		t.Errorf("lists: got %v, %v and %v", k.List, k.One, k.Levels)
	}
	if k.Inner.Deep != "x" || k.Pointer.Deep != "y" || len(k.Items) != 1 || k.Items[0].Deep != "z" {
		t.Errorf("structs: got %+v, %+v and %+v", k.Inner, k.Pointer, k.Items)
	}
	if !reflect.DeepEqual(k.Ordered, Ordered[int]{{"b", 1}, {"a", 2}}) {
		t.Errorf("ordered: got %v", k.Ordered)
	}
}

func TestDecode_Defaults(t *testing.T) {
	k, problems := decodeString(t, "name: a")
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	if k.Count != 7 || k.Ratio != 0.5 || !k.On || k.Wait != 20*time.Second || k.Mode != "plain" || k.Secret.Value() != "unsafe" {
		t.Errorf("got %+v", k)
	}
	if k.Inner.Deep != "down" {
		t.Errorf("the defaults of a struct that is not there are missing: %+v", k.Inner)
	}
	if k.Pointer != nil || k.Pattern != nil || k.List != nil || k.Ordered != nil {
		t.Errorf("what is not there is not nil: %+v", k)
	}
}

func TestDecode_EmptyListIsNotNil(t *testing.T) {
	k, problems := decodeString(t, "name: a\nlist: []\none:\n")
	if len(problems) > 0 || k.List == nil || k.One == nil || len(k.List)+len(k.One) > 0 {
		t.Errorf("got %#v, %#v and %v", k.List, k.One, problems)
	}
}

// What the program gets wrong is a problem as well, and never a panic.
func TestDecode_WrongTarget(t *testing.T) {
	doc, err := Parse("k.yaml", []byte("c: 1"))
	if err != nil {
		t.Fatal(err)
	}
	var nothing *kitchen
	for name, c := range map[string]struct {
		into any
		want string
	}{
		"not a pointer": {kitchen{}, "cannot decode into a strictyaml.kitchen"},
		"nil pointer":   {nothing, "cannot decode into a *strictyaml.kitchen"},
		"nil":           {nil, "cannot decode into a <nil>"},
		"a channel": {&struct {
			C chan int `yaml:"c"`
		}{}, "cannot read a chan int"},
		"wrong default": {&struct {
			C int `yaml:"c"`
			D int `yaml:"d" default:"x"`
		}{}, "default is wrong"},
		"default of a list": {&struct {
			C int      `yaml:"c"`
			D []string `yaml:"d" default:"x"`
		}{}, "default is wrong"},
	} {
		t.Run(name, func(t *testing.T) {
			problems, _ := doc.Decode(c.into, Secrets{})
			if err := problems.Err(); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}

func TestDecode_ProblemsAreBounded(t *testing.T) {
	_, problems := decodeString(t, "name: a\n"+strings.Repeat("? [x]\n: y\n", 5000))
	if len(problems) != maxProblems+1 || !strings.Contains(problems[maxProblems].Message, "too many") {
		t.Errorf("got %d problems, the last: %v", len(problems), problems[len(problems)-1])
	}
}

func TestOrdered(t *testing.T) {
	o := Ordered[int]{{"b", 1}, {"a", 2}}
	if v, ok := o.Get("a"); v != 2 || !ok {
		t.Errorf("a: got %d, %v", v, ok)
	}
	if v, ok := o.Get("c"); v != 0 || ok {
		t.Errorf("c: got %d, %v", v, ok)
	}
	if got := o.Keys(); !slices.Equal(got, []string{"b", "a"}) {
		t.Errorf("keys: got %v", got)
	}
}
