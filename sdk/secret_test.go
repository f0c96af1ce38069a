package sdk

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"log/slog"
	"reflect"
	"strings"
	"testing"
)

const hush = "hunter2"

// forms are how a hidden value may look when a verb or an encoding has changed it.
func forms() []string {
	return []string{hush, fmt.Sprintf("%x", hush), fmt.Sprintf("%X", hush), fmt.Sprintf("% x", hush),
		fmt.Sprint([]byte(hush)), fmt.Sprintf("%d", []rune(hush)), "aHVudGVyMg"}
}

func checkHidden(t *testing.T, how, text string) {
	t.Helper()
	for _, form := range forms() {
		if strings.Contains(text, form) {
			t.Errorf("%s shows it: %s", how, text)
		}
	}
}

// holders is a Secret in everything that one may print.
func holders() map[string]any {
	type exported struct{ Key Secret }
	type hidden struct{ key Secret }
	type deep struct {
		in  exported
		at  *exported
		all []Secret
		any any
	}
	s := NewSecret(hush)
	return map[string]any{
		"itself": s, "pointer": &s, "exported field": exported{s}, "pointer to a struct": &exported{s},
		"field that is not exported": hidden{s}, "pointer to such": &hidden{s},
		"slice": []Secret{s}, "array": [1]Secret{s}, "map": map[string]Secret{"a": s}, "key of a map": map[Secret]int{s: 1},
		"deep":  deep{in: exported{s}, at: &exported{s}, all: []Secret{s}, any: s},
		"error": fmt.Errorf("connect with %s: %w", s, errors.New("no")),
	}
}

func TestSecret_NeverPrints(t *testing.T) {
	verbs := []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "% x", "%d", "%c", "%U", "%b", "%p", "%t", "%20v", "%.3s", "%!", "%T"}
	for name, holder := range holders() {
		for _, verb := range verbs {
			checkHidden(t, name+" with "+verb, fmt.Sprintf(verb, holder))
		}
		checkHidden(t, name+" with Println", fmt.Sprintln(holder))
	}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		if got := fmt.Sprintf(verb, NewSecret(hush)); got != redacted {
			t.Errorf("%s prints %s", verb, got)
		}
	}
}

func TestSecret_NeverLogs(t *testing.T) {
	var out bytes.Buffer
	for name, handler := range map[string]slog.Handler{
		"text": slog.NewTextHandler(&out, nil), "JSON": slog.NewJSONHandler(&out, nil),
	} {
		for holder, v := range holders() {
			out.Reset()
			slog.New(handler).With("with", v).WithGroup("group").Info("message", "key", v, slog.Group("g", "key", v))
			checkHidden(t, name+" log of "+holder, out.String())
		}
		out.Reset()
		slog.New(handler).Info("message", "key", NewSecret(hush))
		if !strings.Contains(out.String(), redacted) {
			t.Errorf("%s: %s", name, out.String())
		}
	}
}

func TestSecret_NeverMarshals(t *testing.T) {
	for name, v := range holders() {
		if data, err := json.Marshal(v); err == nil { // Not every holder can be marshalled.
			checkHidden(t, "JSON of "+name, string(data))
		}
		if data, err := xml.Marshal(v); err == nil {
			checkHidden(t, "XML of "+name, string(data))
		}
	}
	data, err := json.Marshal(map[string]any{"set": NewSecret(hush), "empty": Secret{}})
	if want := `{"empty":"","set":"***"}`; err != nil || string(data) != want {
		t.Errorf("got %s, %v", data, err)
	}
}

func TestSecret_Value(t *testing.T) {
	if s := NewSecret(hush); s.Value() != hush || s.Empty() || s.String() != redacted {
		t.Errorf("%q, empty %t, %s", s.Value(), s.Empty(), s)
	}
	for name, s := range map[string]Secret{"zero": {}, "made of nothing": NewSecret("")} {
		if s.Value() != "" || !s.Empty() || s.String() != "" || s != (Secret{}) {
			t.Errorf("%s: %q, empty %t, %q", name, s.Value(), s.Empty(), s)
		}
	}
}

func TestSecret_Equal(t *testing.T) {
	one, same, other := NewSecret(hush), NewSecret(strings.Clone(hush)), NewSecret("other")
	if one != same || one == other || !reflect.DeepEqual(one, same) {
		t.Error("equality is not that of the values")
	}
}

func TestSecret_FromJSON(t *testing.T) {
	var s Secret
	if err := json.Unmarshal([]byte(`"hunter2"`), &s); err != nil || s.Value() != hush {
		t.Errorf("%q, %v", s.Value(), err)
	}
	if err := json.Unmarshal([]byte(`null`), &s); err != nil || s.Value() != hush {
		t.Errorf("null: %q, %v", s.Value(), err)
	}
	if err := json.Unmarshal([]byte(`7`), &s); err == nil || s.Value() != hush {
		t.Errorf("a number: %q, %v", s.Value(), err)
	}
	if err := json.Unmarshal([]byte(`""`), &s); err != nil || !s.Empty() {
		t.Errorf("empty: %q, %v", s.Value(), err)
	}
}
