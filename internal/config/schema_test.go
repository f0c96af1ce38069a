package config

import (
	"encoding/json"
	"os"
	"reflect"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"github.com/chuanhuabot/bot/internal/golden"
	"github.com/chuanhuabot/bot/sdk"
)

func TestSchema_Golden(t *testing.T) {
	got, err := Schema()
	if err != nil {
		t.Fatal(err)
	}
	golden.Compare(t, "../../bot.schema.json", string(got))
}

// Every key of the shipped file, and of the design's example, is in the schema.
func TestSchema_HasEveryKey(t *testing.T) {
	out, err := Schema()
	if err != nil {
		t.Fatal(err)
	}
	var schema map[string]any
	if err := json.Unmarshal(out, &schema); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(shipped)
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"shipped": string(data), "design": strings.Replace(designExample, "kf:", "mp:", 1)} {
		var doc any
		if err := yaml.Unmarshal([]byte(text), &doc); err != nil {
			t.Fatal(err)
		}
		for _, missing := range unknown(schema, doc, name) {
			if !strings.HasPrefix(missing, "design.channels.work.mp.") { // keys of a customer service channel
				t.Errorf("not in the schema: %s", missing)
			}
		}
	}
}

// unknown returns the paths in v that the schema s has no place for.
func unknown(s map[string]any, v any, at string) []string {
	var out []string
	for _, alternative := range asList(s["anyOf"]) {
		if one := unknown(alternative.(map[string]any), v, at); len(one) == 0 {
			return nil
		}
	}
	switch v := v.(type) {
	case map[string]any:
		properties, _ := s["properties"].(map[string]any)
		for key, value := range v {
			below, ok := properties[key].(map[string]any)
			if !ok {
				below, ok = s["additionalProperties"].(map[string]any)
			}
			switch {
			case ok:
				out = append(out, unknown(below, value, at+"."+key)...)
			case s["additionalProperties"] != true:
				out = append(out, at+"."+key)
			}
		}
	case []any:
		items, ok := s["items"].(map[string]any)
		if !ok {
			return []string{at}
		}
		for _, value := range v {
			out = append(out, unknown(items, value, at+"[]")...)
		}
	}
	return out
}

func asList(v any) []any {
	list, _ := v.([]any)
	return list
}

// The kinds in the tag are those of the sdk.
func TestWhen_KindsAreComplete(t *testing.T) {
	field, ok := reflect.TypeFor[When]().FieldByName("Kind")
	if !ok {
		t.Fatal("no field Kind")
	}
	var kinds []string
	for _, k := range sdk.Kinds() {
		kinds = append(kinds, string(k))
	}
	if got, want := field.Tag.Get("enum"), strings.Join(kinds, "|"); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
