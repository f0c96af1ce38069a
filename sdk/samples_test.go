package sdk

import (
	"encoding/json"
	"reflect"
	"testing"
	"time"
)

// samples has each kind of content, with every field set.
func samples() map[Kind]Content {
	media := Media{ID: "MEDIA_1", URL: "https://example.com/a?b=c&d", Name: "录音.amr", Format: "amr"}
	other := Media{ID: "MEDIA_2", URL: "https://example.com/thumb", Name: "thumb.jpg", Format: "jpeg"}
	return map[Kind]Content{
		KindText:     Text{Text: "你好 👋\n<b>&amp;</b>\x00", Choice: "choice-1"},
		KindImage:    Image{Media: media},
		KindVoice:    Voice{Media: media, Wideband: other, Transcript: "明天天气怎么样"},
		KindVideo:    Video{Media: media, Thumbnail: other, Title: "title", Description: "description"},
		KindFile:     File{Media: media},
		KindLocation: Location{Latitude: 23.134521, Longitude: -113.358803, Scale: 20, Label: "广州市"},
		KindLink:     Link{URL: "https://example.com", Title: "title", Description: "description", PictureURL: "https://example.com/p"},
		KindMenu:     Menu{Head: "head", Tail: "tail", Choices: []Choice{{ID: "1", Text: "one"}, {ID: "2", Text: "two"}}},
		KindEvent:    Event{Type: "SCAN", Key: "scene-7", Fields: json.RawMessage(`{"Ticket":"T","Latitude":"23.1"}`)},
		KindRaw:      Raw{Type: "shortvideo", Fields: json.RawMessage(`{"MsgType":"shortvideo"}`)},
	}
}

func sampleMessage(c Content) *Message {
	return &Message{
		ID: "1234567890123456", Channel: "wx", Account: "gh_1", Sender: "o_person", Conversation: "o_person@gh_1",
		Time: time.UnixMilli(1348831860123), Content: c, State: []byte{0, 0xff, 'x'}, AnswerBy: time.UnixMilli(1348831864999),
		Window: Window{Left: 5, Until: time.UnixMilli(1349004660000)},
	}
}

// TestSamples_AreComplete keeps the round trips honest: a field that somebody adds must be in the samples.
func TestSamples_AreComplete(t *testing.T) {
	all := samples()
	if len(all) != len(Kinds()) {
		t.Errorf("%d samples for %d kinds", len(all), len(Kinds()))
	}
	for _, kind := range Kinds() {
		c := all[kind]
		if c == nil || c.Kind() != kind {
			t.Errorf("the sample of %s is %#v", kind, c)
			continue
		}
		checkSet(t, string(kind), reflect.ValueOf(c))
	}
	checkSet(t, "message", reflect.ValueOf(*sampleMessage(all[KindText])))
}

// checkSet checks that no field in v is zero.
func checkSet(t *testing.T, path string, v reflect.Value) {
	if v.IsZero() {
		t.Errorf("%s is not set", path)
	}
	switch {
	case v.Kind() == reflect.Struct && v.Type() != reflect.TypeFor[time.Time]():
		for i := range v.NumField() {
			checkSet(t, path+"."+v.Type().Field(i).Name, v.Field(i))
		}
	case v.Kind() == reflect.Slice && v.Type().Elem().Kind() == reflect.Struct:
		for i := range v.Len() {
			checkSet(t, path+"[]", v.Index(i))
		}
	}
}
