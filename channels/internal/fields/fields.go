// Package fields reads what a plugin sends as sdk.Raw: an object of the platform, whose fields are checked one by one before it leaves.
package fields

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/chuanhuabot/bot/channels/internal/wx"
	"github.com/chuanhuabot/bot/sdk"
)

// MaxRaw is the most bytes of the fields of an sdk.Raw.
const MaxRaw = 64 << 10

// maxDepth is how deep they may be.
const maxDepth = 16

// ErrRaw is what every error of a Raw that is not as it must be is. It is final, and says which field is wrong.
var ErrRaw = errors.New("not what the platform takes")

// Fields are the fields of a Raw, or of an object within it. Numbers are json.Numbers.
type Fields map[string]any

// Of reads the fields of a Raw, without the characters that the platform does not take. A Raw without fields has none. The error is
// ErrRaw: the fields are no JSON object, more than MaxRaw bytes or too deep.
func Of(r sdk.Raw) (Fields, error) {
	if len(r.Fields) > MaxRaw {
		return nil, fmt.Errorf("raw content of type %s is %w: it has more than %d bytes", r.Type, ErrRaw, MaxRaw)
	}
	f := Fields{}
	if len(bytes.TrimSpace(r.Fields)) == 0 {
		return f, nil
	}
	d := json.NewDecoder(bytes.NewReader(r.Fields))
	d.UseNumber() // Long ids must not become floating point numbers.
	if err := d.Decode(&f); err != nil || f == nil || d.More() {
		return nil, fmt.Errorf("raw content of type %s is %w: its fields are no JSON object", r.Type, ErrRaw)
	}
	cleaned, ok := clean(map[string]any(f), maxDepth)
	if !ok {
		return nil, fmt.Errorf("raw content of type %s is %w: its fields are too deep", r.Type, ErrRaw)
	}
	return cleaned.(map[string]any), nil
}

// clean returns a value whose texts are such as the platform takes, or false if it is too deep.
func clean(v any, depth int) (any, bool) {
	ok := depth > 0
	switch v := v.(type) {
	case string:
		return wx.JSONText(v), ok
	case []any:
		for i := 0; ok && i < len(v); i++ {
			v[i], ok = clean(v[i], depth-1)
		}
	case map[string]any:
		all := make(map[string]any, len(v))
		for name, value := range v {
			if !ok {
				break
			}
			all[wx.JSONText(name)], ok = clean(value, depth-1)
		}
		return all, ok
	}
	return v, ok
}

// Text returns a field that is a text, or "".
func (f Fields) Text(name string) string {
	s, _ := f[name].(string)
	return s
}

// Need returns an error that names the first field that is not there, is empty, or is neither a text nor an object. It is ErrRaw. within
// is the place of f for that, such as news.articles[0].
func (f Fields) Need(within string, names ...string) error {
	for _, name := range names {
		switch v := f[name].(type) {
		case string:
			if strings.TrimSpace(wx.Clean(v)) != "" {
				continue
			}
		case map[string]any:
			if len(v) > 0 {
				continue
			}
		case nil, []any: // No field that is needed is a list.
		default:
			return fmt.Errorf("raw content is %w: %s.%s must be a text", ErrRaw, within, name)
		}
		return fmt.Errorf("raw content is %w: %s.%s is missing", ErrRaw, within, name)
	}
	return nil
}

// May returns an error that names the first field that is there and is no text. It is ErrRaw.
func (f Fields) May(within string, names ...string) error {
	for _, name := range names {
		switch f[name].(type) {
		case string, nil:
		default:
			return fmt.Errorf("raw content is %w: %s.%s must be a text", ErrRaw, within, name)
		}
	}
	return nil
}

// List returns the objects of a field that is a list of at least one. Any other field is an ErrRaw.
func (f Fields) List(within, name string) ([]Fields, error) {
	items, _ := f[name].([]any)
	var all []Fields
	for _, item := range items {
		fields, ok := item.(map[string]any)
		if !ok {
			return nil, fmt.Errorf("raw content is %w: %s.%s must be a list of objects", ErrRaw, within, name)
		}
		all = append(all, fields)
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("raw content is %w: %s.%s is missing", ErrRaw, within, name)
	}
	return all, nil
}
