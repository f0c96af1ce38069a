package control

import (
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"time"
	"unicode"
)

// setRules changes single rules of the platforms.
func (s *Server) setRules(r *http.Request) (any, error) {
	var in struct {
		MP map[string]json.RawMessage `json:"mp"`
		KF map[string]json.RawMessage `json:"kf"`
	}
	if err := read(r, &in); err != nil {
		return nil, err
	}
	mp, kf := s.world.MP.Rules(), s.world.KF.Rules()
	if err := set(&mp, in.MP); err != nil {
		return nil, err
	}
	if err := set(&kf, in.KF); err != nil {
		return nil, err
	}
	s.world.MP.SetRules(mp)
	s.world.KF.SetRules(kf)
	s.world.Touch()
	return map[string]any{"mp": fields(s.world.MP.Rules()), "kf": fields(s.world.KF.Rules())}, nil
}

// fields returns the fields of a struct by their names as JSON has them, with durations as texts.
func fields(v any) map[string]any {
	out := map[string]any{}
	value := reflect.ValueOf(v)
	for i := range value.NumField() {
		one := value.Field(i).Interface()
		if d, ok := one.(time.Duration); ok {
			one = duration(d)
		}
		out[snake(value.Type().Field(i).Name)] = one
	}
	return out
}

// set sets fields of the struct that v points to. Nothing is set if there is an error.
func set(v any, values map[string]json.RawMessage) error {
	target := reflect.ValueOf(v).Elem()
	changed := reflect.New(target.Type()).Elem()
	changed.Set(target)
	var names []string
	for i := range target.NumField() {
		name := snake(target.Type().Field(i).Name)
		names = append(names, name)
		raw, given := values[name]
		if !given {
			continue
		}
		if err := setOne(changed.Field(i), raw); err != nil {
			return fmt.Errorf("rule %s: %w", name, err)
		}
	}
	for name := range values {
		if !slices.Contains(names, name) {
			return fmt.Errorf("there is no rule %q (rules: %s)", name, strings.Join(names, ", "))
		}
	}
	target.Set(changed)
	return nil
}

func setOne(field reflect.Value, raw json.RawMessage) error {
	if field.Type() != reflect.TypeFor[time.Duration]() {
		return json.Unmarshal(raw, field.Addr().Interface())
	}
	var d duration
	if err := json.Unmarshal(raw, &d); err != nil {
		return err
	}
	field.SetInt(int64(d))
	return nil
}

// snake turns TryTimeout into try_timeout.
func snake(name string) string {
	var b strings.Builder
	runes := []rune(strings.ReplaceAll(name, "IDs", "Ids"))
	for i, r := range runes {
		lowerNext := i+1 < len(runes) && unicode.IsLower(runes[i+1])
		if i > 0 && unicode.IsUpper(r) && (unicode.IsLower(runes[i-1]) || lowerNext) {
			b.WriteByte('_')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}
