package strictyaml

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"strconv"

	"gopkg.in/yaml.v3"

	"github.com/chuanhuabot/bot/sdk"
)

// maxDepth is how deep a Free may be nested.
const maxDepth = 100

// Free is a mapping whose keys somebody else knows, such as a plugin. Its strings may be env:NAME or file:PATH, as those
// of secrets. It may hold secrets and therefore prints as "***". The zero value is an empty mapping.
type Free struct {
	file, field string
	node        *yaml.Node
	json        []byte
}

var (
	_ Unmarshaler   = (*Free)(nil)
	_ fmt.Formatter = Free{}
)

// JSON returns the mapping as a JSON object, with env: and file: replaced by what they stand for.
func (f Free) JSON() json.RawMessage {
	if f.json == nil {
		return json.RawMessage("{}")
	}
	return bytes.Clone(f.json)
}

// Problems returns err, as whoever knows the keys reports it, as problems at the lines of the fields that it names.
func (f Free) Problems(err error) Problems {
	var out Problems
	for _, one := range sdk.ProblemsOf(err) {
		p := Problem{File: f.file, Field: f.field, Message: one.Message}
		if one.Field != "" {
			p.Field = join(f.field, one.Field)
		}
		if f.node != nil {
			n := find(f.node, one.Field)
			p.Line, p.Column = n.Line, n.Column
		}
		out = append(out, p)
	}
	return out
}

// Format prints "***", or "{}" if it is empty, whatever the verb.
func (f Free) Format(s fmt.State, _ rune) {
	if len(f.json) <= len("{}") {
		io.WriteString(s, "{}")
		return
	}
	io.WriteString(s, "***")
}

// UnmarshalStrict reads the mapping.
func (f *Free) UnmarshalStrict(v *Value) {
	f.file, f.field, f.node = v.decoder.doc.file, v.field, v.node
	if v.node.Kind != yaml.MappingNode && !isNull(v.node) {
		v.Problem("", "want keys with values (key: value), got "+kindOf(v.node))
		return
	}
	w := &jsonWriter{decoder: v.decoder}
	w.mapping(v.node, v.field, 0)
	f.json = w.out.Bytes()
}

// jsonWriter writes nodes as JSON.
type jsonWriter struct {
	decoder *decoder
	out     bytes.Buffer
}

func (w *jsonWriter) value(n *yaml.Node, at string, depth int) {
	switch {
	case !w.decoder.ordinary(n, at):
	case depth > maxDepth:
		w.decoder.problem(n, at, fmt.Sprintf("nested more than %d deep", maxDepth))
	case n.Kind == yaml.MappingNode:
		w.mapping(n, at, depth)
	case n.Kind == yaml.SequenceNode:
		w.list(n, at, depth)
	default:
		w.scalar(n, at)
	}
}

func (w *jsonWriter) mapping(n *yaml.Node, at string, depth int) {
	separator := "{"
	w.decoder.pairs(n, at, func(key, value *yaml.Node) {
		w.out.WriteString(separator)
		w.text(key.Value)
		w.out.WriteByte(':')
		w.value(value, join(at, shown(key.Value)), depth+1)
		separator = ","
	})
	if separator == "{" {
		w.out.WriteByte('{')
	}
	w.out.WriteByte('}')
}

func (w *jsonWriter) list(n *yaml.Node, at string, depth int) {
	w.out.WriteByte('[')
	for i, one := range n.Content {
		if i > 0 {
			w.out.WriteByte(',')
		}
		w.value(one, joinIndex(at, i), depth+1)
	}
	w.out.WriteByte(']')
}

func (w *jsonWriter) scalar(n *yaml.Node, at string) {
	switch n.ShortTag() {
	case "!!null":
		w.out.WriteString("null")
	case "!!bool", "!!int", "!!float":
		w.literal(n, at)
	default:
		text, err := w.decoder.secrets.Resolve(n.Value)
		if err != nil {
			w.decoder.problem(n, at, err.Error())
			return
		}
		w.text(text)
	}
}

// literal writes numbers as YAML means them: 0x10 is 16.
func (w *jsonWriter) literal(n *yaml.Node, at string) {
	var v any
	if err := n.Decode(&v); err != nil {
		w.decoder.problem(n, at, "want a number, true or false; put anything else in quotes")
		return
	}
	switch v := v.(type) {
	case bool:
		w.out.WriteString(strconv.FormatBool(v))
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			w.decoder.problem(n, at, "infinity and NaN are not allowed; write a number")
			return
		}
		w.out.WriteString(strconv.FormatFloat(v, 'g', -1, 64))
	default:
		fmt.Fprint(&w.out, v)
	}
}

// text writes a JSON string. It cannot fail: what is not UTF-8 was refused, and json replaces it.
func (w *jsonWriter) text(s string) {
	quoted, err := json.Marshal(s)
	if err != nil {
		quoted = []byte(`""`)
	}
	w.out.Write(quoted)
}

// SchemaStrict allows every object.
func (Free) SchemaStrict() map[string]any {
	return map[string]any{"type": []string{"object", "null"}, "additionalProperties": true}
}
