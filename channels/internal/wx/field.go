package wx

import (
	"bytes"
	"encoding/json"
	"strings"
)

// Field is one element of a platform's XML: its text, or the fields inside it in their order. It never changes after
// Parse and is safe for concurrent use.
type Field struct {
	Name   string
	Text   string
	Fields []Field
}

// Find returns the first field inside f that has the name, or nil.
func (f *Field) Find(name string) *Field {
	for i := range f.Fields {
		if f.Fields[i].Name == name {
			return &f.Fields[i]
		}
	}
	return nil
}

// Get returns the text of the first field inside f that has the name, or "".
func (f *Field) Get(name string) string {
	if found := f.Find(name); found != nil {
		return found.Text
	}
	return ""
}

// JSON returns all fields inside f as a JSON object in their order. Texts stay texts, also where they look like numbers;
// a field with fields inside is an object, and a field that is repeated is an array at the place of the first one.
func (f *Field) JSON() json.RawMessage {
	w := newJSONWriter()
	w.object(f.Fields)
	return json.RawMessage(w.b.Bytes())
}

// jsonWriter writes fields as JSON. Its methods cannot fail: all that they write is strings into memory.
type jsonWriter struct {
	b   bytes.Buffer
	enc *json.Encoder
}

func newJSONWriter() *jsonWriter {
	w := &jsonWriter{}
	w.enc = json.NewEncoder(&w.b)
	w.enc.SetEscapeHTML(false)
	return w
}

func (w *jsonWriter) object(fields []Field) {
	places := make(map[string][]int, len(fields))
	for i, f := range fields {
		places[f.Name] = append(places[f.Name], i)
	}
	separator := byte('{')
	for i, f := range fields {
		if places[f.Name][0] != i {
			continue // written where the first one stood
		}
		w.b.WriteByte(separator)
		separator = ','
		w.text(f.Name)
		w.b.WriteByte(':')
		w.values(fields, places[f.Name])
	}
	if separator == '{' {
		w.b.WriteByte('{')
	}
	w.b.WriteByte('}')
}

func (w *jsonWriter) values(fields []Field, at []int) {
	if len(at) == 1 {
		w.value(&fields[at[0]])
		return
	}
	for n, i := range at {
		w.b.WriteByte("[,"[min(n, 1)])
		w.value(&fields[i])
	}
	w.b.WriteByte(']')
}

func (w *jsonWriter) value(f *Field) {
	if len(f.Fields) > 0 {
		w.object(f.Fields)
		return
	}
	w.text(f.Text)
}

func (w *jsonWriter) text(s string) {
	_ = w.enc.Encode(strings.ToValidUTF8(s, "\uFFFD")) // a string into memory: no error is possible
	w.b.Truncate(w.b.Len() - 1)                        // Encode ends with a newline
}
