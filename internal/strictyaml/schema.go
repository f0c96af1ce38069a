package strictyaml

import (
	"encoding"
	"encoding/json"
	"fmt"
	"reflect"
	"strconv"
	"time"

	"github.com/chuanhuabot/bot/sdk"
)

const (
	durationPattern = `^(0|([0-9]+(\.[0-9]+)?(ns|us|µs|ms|s|m|h))+)$`
	secretNote      = "env:NAME, file:PATH or the value itself"
)

// Schemer is a type that says what its JSON Schema is. An Unmarshaler should be one.
type Schemer interface {
	// SchemaStrict returns a JSON Schema. The receiver is a zero value.
	SchemaStrict() map[string]any
}

// Schema returns a JSON Schema (draft 2020-12) of the documents that can be decoded into v, a struct or a pointer to one.
// It says the same as the decoder where a schema can: unknown keys, types, enums, defaults and required keys.
func Schema(v any) ([]byte, error) {
	t := reflect.TypeOf(v)
	if t == nil {
		return nil, fmt.Errorf("schema of %T: want a struct", v)
	}
	s, err := schemaOf(t, field{}, 0)
	if err != nil {
		return nil, fmt.Errorf("schema of %T: %w", v, err)
	}
	s["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	out, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("schema of %T: %w", v, err)
	}
	return append(out, '\n'), nil
}

func schemaOf(t reflect.Type, f field, depth int) (map[string]any, error) {
	if depth > maxDepth {
		return nil, fmt.Errorf("%s is nested too deep or contains itself", t)
	}
	zero := reflect.New(t)
	if s, ok := zero.Interface().(Schemer); ok {
		return s.SchemaStrict(), nil
	}
	if m, ok := zero.Interface().(mapping); ok {
		return schemaOfMapping(m, f, depth)
	}
	if isScalar(zero.Elem()) {
		return schemaOfScalar(zero.Elem(), f), nil
	}
	switch t.Kind() {
	case reflect.Pointer:
		return schemaOf(t.Elem(), f, depth+1)
	case reflect.Struct:
		return schemaOfStruct(t, depth)
	case reflect.Slice:
		return schemaOfList(t, f, depth)
	}
	return nil, fmt.Errorf("cannot read a %s", t)
}

func schemaOfStruct(t reflect.Type, depth int) (map[string]any, error) {
	properties, required := map[string]any{}, []string{}
	for _, f := range fieldsOf(t) {
		s, err := schemaOf(f.typeOf, f, depth+1)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", f.name, err)
		}
		if f.doc != "" {
			s["description"] = f.doc
		}
		if f.hasValue {
			s["default"] = defaultOf(reflect.New(f.typeOf).Elem(), f.value)
		}
		if f.required {
			required = append(required, f.name)
		}
		properties[f.name] = s
	}
	// Nothing at all, such as `echo:`, is the same as an empty mapping.
	s := map[string]any{"type": []string{"object", "null"}, "properties": properties, "additionalProperties": false}
	if len(required) > 0 {
		s["required"] = required
	}
	return s, nil
}

func schemaOfMapping(m mapping, f field, depth int) (map[string]any, error) {
	of, err := schemaOf(m.elem(), field{enum: f.enum}, depth+1)
	if err != nil {
		return nil, err
	}
	s := map[string]any{"type": []string{"object", "null"}, "additionalProperties": of}
	if f.keys != "" {
		s["propertyNames"] = map[string]any{"pattern": "^(?:" + f.keys + ")$"}
	}
	return s, nil
}

func schemaOfList(t reflect.Type, f field, depth int) (map[string]any, error) {
	of, err := schemaOf(t.Elem(), field{enum: f.enum}, depth+1)
	if err != nil {
		return nil, err
	}
	list := map[string]any{"type": "array", "items": of}
	if f.single {
		return map[string]any{"anyOf": []any{of, list}}, nil
	}
	return list, nil
}

func schemaOfScalar(v reflect.Value, f field) map[string]any {
	if len(f.enum) > 0 {
		return map[string]any{"enum": f.enum}
	}
	switch v.Addr().Interface().(type) {
	case *sdk.Secret:
		return map[string]any{"type": "string", "$comment": secretNote}
	case *time.Duration:
		return map[string]any{"type": "string", "pattern": durationPattern}
	case encoding.TextUnmarshaler:
		return map[string]any{"type": "string"}
	}
	return map[string]any{"type": map[reflect.Kind]string{reflect.String: "string", reflect.Bool: "boolean",
		reflect.Int: "integer", reflect.Float64: "number"}[v.Kind()]}
}

// defaultOf writes a default as the file would have it: a number is not in quotes.
func defaultOf(v reflect.Value, text string) any {
	switch v.Kind() {
	case reflect.Bool:
		b, err := strconv.ParseBool(text)
		if err == nil {
			return b
		}
	case reflect.Int, reflect.Float64:
		if json.Valid([]byte(text)) {
			return json.Number(text)
		}
	}
	return text
}
