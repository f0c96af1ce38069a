package wire

import (
	"bytes"
	"strings"
)

// Field is one element of a body that the platform writes: a text in CDATA, a bare number, or fields inside it.
type Field struct {
	Name   string
	Value  string
	Bare   bool    // A number, written without CDATA.
	Fields []Field // If there are any, Value means nothing.
}

// Text returns a field whose value is written as CDATA.
func Text(name, value string) Field { return Field{Name: name, Value: value} }

// Number returns a field whose value is written bare. The platform writes decimals with six digits, so the caller formats.
func Number(name, value string) Field { return Field{Name: name, Value: value, Bare: true} }

// Group returns a field with fields inside.
func Group(name string, fields ...Field) Field { return Field{Name: name, Fields: fields} }

// Body writes a callback's body as the platform does: the first field stands directly behind <xml>, each one ends with a
// newline (developers.weixin.qq.com/miniprogram/dev/framework/server-ability/message-push, the worked example).
func Body(fields ...Field) []byte {
	var b bytes.Buffer
	writeGroup(&b, "xml", fields)
	return b.Bytes()
}

// Line writes a body with nothing between its elements, as bells of customer service have theirs
// (developer.work.weixin.qq.com/document/path/94670).
func Line(fields ...Field) []byte {
	var b bytes.Buffer
	b.WriteString("<xml>")
	for _, f := range fields {
		writeField(&b, f)
	}
	b.WriteString("</xml>")
	return b.Bytes()
}

// SafeBody writes the body of a callback in safe mode, which is laid out in another way than plain ones.
func SafeBody(to, encrypted string) []byte {
	var b bytes.Buffer
	b.WriteString("<xml>\n    ")
	writeField(&b, Text("ToUserName", to))
	b.WriteString("\n    ")
	writeField(&b, Text("Encrypt", encrypted))
	b.WriteString("\n</xml>\n")
	return b.Bytes()
}

func writeGroup(b *bytes.Buffer, name string, fields []Field) {
	b.WriteString("<" + name + ">")
	for _, f := range fields {
		writeField(b, f)
		b.WriteByte('\n')
	}
	b.WriteString("</" + name + ">")
}

func writeField(b *bytes.Buffer, f Field) {
	switch {
	case len(f.Fields) > 0:
		writeGroup(b, f.Name, f.Fields)
	case f.Bare:
		b.WriteString("<" + f.Name + ">" + f.Value + "</" + f.Name + ">")
	default:
		// CDATA ends at the first "]]>": one that a person typed is shared out between two sections.
		value := strings.ReplaceAll(f.Value, "]]>", "]]]]><![CDATA[>")
		b.WriteString("<" + f.Name + "><![CDATA[" + value + "]]></" + f.Name + ">")
	}
}
