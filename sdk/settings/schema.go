package settings

import (
	"encoding/json"
	"reflect"
	"time"

	"github.com/chuanhuabot/bot/sdk"
)

const (
	durationPattern = `^(0|([0-9]+(\.[0-9]+)?(ns|us|µs|ms|s|m|h))+)$`
	secretNote      = "env:NAME, file:PATH or the value itself"
)

// Schema returns a JSON Schema (draft 2020-12) of the configurations that can be decoded into T. It says the same as Decode where a
// schema can: unknown keys, types, enums, defaults and required keys. It is empty if T cannot be read, which Decode reports.
func Schema[T any]() string {
	t := reflect.TypeFor[T]()
	if check(t) != nil {
		return ""
	}
	s := schemaOf(t, field{})
	s["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	out, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		return "" // Of texts, numbers, lists and maps there is none.
	}
	return string(out)
}

func schemaOf(t reflect.Type, f field) map[string]any {
	switch {
	case scalar(t):
		return schemaOfScalar(t, f)
	case t.Kind() == reflect.Pointer:
		return schemaOf(t.Elem(), f)
	case t.Kind() == reflect.Struct:
		return schemaOfStruct(t)
	case t.Kind() == reflect.Slice:
		return map[string]any{"type": "array", "items": schemaOf(t.Elem(), field{enum: f.enum})}
	default:
		return map[string]any{"type": "object", "additionalProperties": schemaOf(t.Elem(), field{enum: f.enum})}
	}
}

func schemaOfStruct(t reflect.Type) map[string]any {
	properties, required := map[string]any{}, []string{}
	for _, f := range fieldsOf(t) {
		s := schemaOf(f.typeOf, f)
		if f.doc != "" {
			s["description"] = f.doc
		}
		if f.hasValue && f.typeOf != reflect.TypeFor[sdk.Secret]() {
			s["default"] = defaultOf(f)
		}
		if f.required {
			required = append(required, f.name)
		}
		properties[f.name] = s
	}
	s := map[string]any{"type": "object", "properties": properties, "additionalProperties": false}
	if len(required) > 0 {
		s["required"] = required
	}
	return s
}

func schemaOfScalar(t reflect.Type, f field) map[string]any {
	switch {
	case len(f.enum) > 0:
		return map[string]any{"enum": f.enum}
	case t == reflect.TypeFor[sdk.Secret]():
		return map[string]any{"type": "string", "$comment": secretNote}
	case t == reflect.TypeFor[time.Duration]():
		return map[string]any{"type": "string", "pattern": durationPattern}
	case text(t):
		return map[string]any{"type": "string"}
	case t.Kind() == reflect.Bool:
		return map[string]any{"type": "boolean"}
	case unsigned(t.Kind()):
		return map[string]any{"type": "integer", "minimum": 0}
	case signed(t.Kind()):
		return map[string]any{"type": "integer"}
	default:
		return map[string]any{"type": "number"}
	}
}

// defaultOf writes a default as JSON has it: a number is not in quotes.
func defaultOf(f field) any {
	if text(f.typeOf) {
		return f.value
	}
	return json.RawMessage(f.value) // A number or a truth value, which check has parsed.
}
