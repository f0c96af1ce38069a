package mp

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/chuanhuabot/bot/channels/internal/wx"
	"github.com/chuanhuabot/bot/sdk"
)

// The limits of what a plugin may send as sdk.Raw.
const (
	maxRaw      = 64 << 10 // Bytes of its fields.
	maxRawDepth = 16
)

// errRaw is what every error of a Raw that is not as it must be is. It is final, and says which field is wrong.
var errRaw = errors.New("not what the platform takes")

// rawFields are the fields of a Raw.
type rawFields map[string]any

// fieldsOf reads the fields of a Raw, without the characters that the platform does not take.
func fieldsOf(r sdk.Raw) (rawFields, error) {
	if len(r.Fields) > maxRaw {
		return nil, fmt.Errorf("raw content of type %s is %w: it has more than %d bytes", r.Type, errRaw, maxRaw)
	}
	fields := rawFields{}
	if len(bytes.TrimSpace(r.Fields)) == 0 {
		return fields, nil
	}
	d := json.NewDecoder(bytes.NewReader(r.Fields))
	d.UseNumber() // Long ids must not become floating point numbers.
	if err := d.Decode(&fields); err != nil || fields == nil || d.More() {
		return nil, fmt.Errorf("raw content of type %s is %w: its fields are no JSON object", r.Type, errRaw)
	}
	cleaned, ok := cleanJSON(map[string]any(fields), maxRawDepth)
	if !ok {
		return nil, fmt.Errorf("raw content of type %s is %w: its fields are too deep", r.Type, errRaw)
	}
	return cleaned.(map[string]any), nil
}

// cleanJSON returns a value whose texts are such as the platform takes, or false if it is too deep.
func cleanJSON(v any, depth int) (any, bool) {
	ok := depth > 0
	switch v := v.(type) {
	case string:
		return wx.JSONText(v), ok
	case []any:
		for i := 0; ok && i < len(v); i++ {
			v[i], ok = cleanJSON(v[i], depth-1)
		}
	case map[string]any:
		all := make(map[string]any, len(v))
		for name, value := range v {
			if !ok {
				break
			}
			all[wx.JSONText(name)], ok = cleanJSON(value, depth-1)
		}
		return all, ok
	}
	return v, ok
}

// text returns a field that is a text, or "".
func (f rawFields) text(name string) string {
	s, _ := f[name].(string)
	return s
}

// need returns an error that names the first field that is not there, or is empty. Places are within the type, such as news.articles[0].
func (f rawFields) need(within string, names ...string) error {
	for _, name := range names {
		switch v := f[name].(type) {
		case string:
			if !blank(v) {
				continue
			}
		case map[string]any:
			if len(v) > 0 {
				continue
			}
		case nil, []any: // No field that is needed is a list.
		default:
			return fmt.Errorf("raw content is %w: %s.%s must be a text", errRaw, within, name)
		}
		return fmt.Errorf("raw content is %w: %s.%s is missing", errRaw, within, name)
	}
	return nil
}

// may returns an error that names the first field that is there and is no text.
func (f rawFields) may(within string, names ...string) error {
	for _, name := range names {
		switch f[name].(type) {
		case string, nil:
		default:
			return fmt.Errorf("raw content is %w: %s.%s must be a text", errRaw, within, name)
		}
	}
	return nil
}

// list returns the objects of a field that is a list of at least one.
func (f rawFields) list(within, name string) ([]rawFields, error) {
	items, _ := f[name].([]any)
	var all []rawFields
	for _, item := range items {
		fields, ok := item.(map[string]any)
		if !ok {
			return nil, fmt.Errorf("raw content is %w: %s.%s must be a list of objects", errRaw, within, name)
		}
		all = append(all, fields)
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("raw content is %w: %s.%s is missing", errRaw, within, name)
	}
	return all, nil
}
