package sdk

import (
	"bytes"
	"encoding/json"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

// FuzzMessageRoundTrip holds that every message comes back as it was, except that what is not UTF-8 in a text is
// replaced.
func FuzzMessageRoundTrip(f *testing.F) {
	for i := range Kinds() {
		f.Add(uint8(i), "id", "text", `{"a":1}`, []byte("state"), int64(1348831860123), 23.1, 113.3)
		f.Add(uint8(i), "a\xff", "\xc0\xaf\xed\xa0\x80", "\xf4\x90\x80\x80", []byte{0xff}, int64(-1), math.Inf(1), math.Copysign(0, -1))
	}
	f.Fuzz(func(t *testing.T, kind uint8, a, b, c string, state []byte, ms int64, x, y float64) {
		if math.IsNaN(x) || math.IsNaN(y) {
			t.Skip("NaN is not equal to itself")
		}
		m := &Message{ID: a, Channel: b, Account: c, Sender: a + b, Conversation: b + c, Time: fromMillis(ms),
			Content: fuzzed(kind, a, b, c, x, y), State: state, AnswerBy: fromMillis(-ms)}
		data, err := m.MarshalBinary()
		if err != nil {
			t.Fatalf("marshal: %v", err)
		}
		var got Message
		if err := got.UnmarshalBinary(data); err != nil {
			t.Fatalf("unmarshal: %v", err)
		}
		want := normal(reflect.ValueOf(*m)).Interface().(Message)
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("got  %#v\nwant %#v", got, want)
		}
		again, err := got.MarshalBinary()
		if err != nil || !bytes.Equal(again, data) {
			t.Fatalf("the second encoding differs: %x and %x, %v", data, again, err)
		}
	})
}

// FuzzContentDecode holds that no bytes crash the decoder, and that what it accepts is a content that comes back.
func FuzzContentDecode(f *testing.F) {
	for _, c := range samples() {
		data, err := MarshalContent(c)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
		f.Add(data[:len(data)/2])
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := UnmarshalContent(data)
		if err != nil {
			if c != nil {
				t.Fatalf("got %#v with an error", c)
			}
			return
		}
		if !slices.Contains(Kinds(), c.Kind()) {
			t.Fatalf("unknown kind %q", c.Kind())
		}
		first, err := MarshalContent(c)
		if err != nil {
			t.Fatalf("marshal: %v", err)
		}
		again, err := UnmarshalContent(first)
		if err != nil {
			t.Fatalf("unmarshal: %v", err)
		}
		if second, err := MarshalContent(again); err != nil || !bytes.Equal(first, second) {
			t.Fatalf("the second encoding differs: %x and %x, %v", first, second, err)
		}
	})
}

// fuzzed makes a content of any kind.
func fuzzed(kind uint8, a, b, c string, x, y float64) Content {
	media := Media{ID: a, URL: b, Name: c, Format: a}
	fields := json.RawMessage(c)
	switch kinds := Kinds(); kinds[int(kind)%len(kinds)] {
	case KindImage:
		return Image{Media: media}
	case KindVoice:
		return Voice{Media: media, Wideband: Media{Format: c}, Transcript: b}
	case KindVideo:
		return Video{Media: Media{Name: a}, Thumbnail: media, Title: b, Description: c}
	case KindFile:
		return File{Media: media}
	case KindLocation:
		return Location{Latitude: x, Longitude: y, Scale: x, Label: a}
	case KindLink:
		return Link{URL: a, Title: b, Description: c, PictureURL: a}
	case KindMenu:
		return Menu{Head: a, Tail: b, Choices: []Choice{{ID: c, Text: a}, {}, {ID: b, Text: c}}}
	case KindEvent:
		return Event{Type: a, Key: b, Fields: fields}
	case KindRaw:
		return Raw{Type: a, Fields: fields}
	default:
		return Text{Text: a, Choice: b}
	}
}

// normal returns v as it is after one trip: texts are valid UTF-8, and what is empty is nil.
func normal(v reflect.Value) reflect.Value {
	out := reflect.New(v.Type()).Elem()
	switch {
	case v.Type() == reflect.TypeFor[time.Time]() && v.Interface().(time.Time).IsZero():
	case v.Type() == reflect.TypeFor[time.Time](), v.Kind() == reflect.Float64:
		out.Set(v)
	case v.Type() == reflect.TypeFor[json.RawMessage]() && v.Len() > 0:
		out.SetBytes([]byte(strings.ToValidUTF8(string(v.Bytes()), "\uFFFD")))
	case v.Kind() == reflect.Slice && v.Len() > 0:
		out.Set(reflect.MakeSlice(v.Type(), v.Len(), v.Len()))
		for i := range v.Len() {
			if v.Type().Elem().Kind() == reflect.Struct {
				out.Index(i).Set(normal(v.Index(i)))
			} else {
				out.Index(i).Set(v.Index(i))
			}
		}
	case v.Kind() == reflect.String:
		out.SetString(strings.ToValidUTF8(v.String(), "\uFFFD"))
	case v.Kind() == reflect.Interface:
		out.Set(normal(v.Elem()))
	case v.Kind() == reflect.Struct:
		for i := range v.NumField() {
			out.Field(i).Set(normal(v.Field(i)))
		}
	}
	return out
}
