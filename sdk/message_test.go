package sdk

import (
	"slices"
	"testing"
)

func TestMessage_Text(t *testing.T) {
	want := map[Kind]string{KindText: samples()[KindText].(Text).Text, KindVoice: "明天天气怎么样"}
	for kind, c := range samples() {
		if got := sampleMessage(c).Text(); got != want[kind] {
			t.Errorf("%s: %q, want %q", kind, got, want[kind])
		}
	}
	if got := (&Message{}).Text(); got != "" {
		t.Errorf("no content: %q", got)
	}
}

func TestMessage_WithContent(t *testing.T) {
	m := sampleMessage(Text{Text: "before"})
	other := m.WithContent(Image{})
	if m.Content != (Text{Text: "before"}) || other.Content != (Image{}) {
		t.Errorf("contents %#v and %#v", m.Content, other.Content)
	}
	other.Content = m.Content
	if data, err := m.MarshalBinary(); err != nil || !slices.Equal(data, mustMarshal(t, other)) {
		t.Error("the copy differs in more than its content")
	}
}

func mustMarshal(t *testing.T, m *Message) []byte {
	t.Helper()
	data, err := m.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestKinds_AreTheCallersOwn(t *testing.T) {
	Kinds()[0] = "changed"
	if Kinds()[0] != KindText {
		t.Error("a caller has changed the kinds for all others")
	}
}
