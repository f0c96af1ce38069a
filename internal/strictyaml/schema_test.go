package strictyaml

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/chuanhuabot/bot/internal/golden"
)

func TestSchema_Golden(t *testing.T) {
	got, err := Schema(&kitchen{})
	if err != nil {
		t.Fatal(err)
	}
	golden.Compare(t, "testdata/schema.want.json", string(got))
}

func TestSchema_Types(t *testing.T) {
	type endless struct {
		Next *struct{} `yaml:"-"`
	}
	type looped struct {
		List []looped `yaml:"list"`
	}
	for name, c := range map[string]struct {
		v    any
		want string
	}{
		"a channel cannot be read": {struct {
			C chan int `yaml:"c"`
		}{}, "c: cannot read a chan int"},
		"a type that contains itself": {looped{}, "contains itself"},
		"nothing":                     {nil, "want a struct"},
		"no fields":                   {endless{}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Schema(c.v)
			if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}

func TestSchema_Defaults(t *testing.T) {
	out, err := Schema(kitchen{})
	if err != nil {
		t.Fatal(err)
	}
	var s struct {
		Properties map[string]struct{ Default any }
	}
	if err := json.Unmarshal(out, &s); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]any{"count": 7.0, "ratio": 0.5, "on": true, "wait": "20s", "mode": "plain", "name": nil} {
		if got := s.Properties[name].Default; got != want {
			t.Errorf("%s: got %v (%T), want %v", name, got, got, want)
		}
	}
}
