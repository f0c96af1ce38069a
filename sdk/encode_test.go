package sdk

import (
	"bytes"
	"context"
	"errors"
	"reflect"
	"testing"
	"time"

	"github.com/chuanhuabot/bot/sdk/internal/pb"
)

func TestWire_EveryContentBothWays(t *testing.T) {
	var got *Message
	r := mustOpen(t, HandlerFunc(func(_ context.Context, m *Message, r Responder) error {
		got = m
		return errors.Join(r.Reply(m.Content), r.Forward(m.Content))
	}))
	for kind, c := range samples() {
		t.Run(string(kind), func(t *testing.T) {
			want, did := sampleMessage(c), &said{}
			if err := r.Handle(t.Context(), want, did); err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(got, want) {
				t.Errorf("the handler got\n%#v, want\n%#v", got, want)
			}
			did.expect(t, c, forwarded{c})
		})
	}
}

func TestWire_EveryActionInOrder(t *testing.T) {
	r := mustOpen(t, HandlerFunc(func(_ context.Context, _ *Message, r Responder) error {
		return errors.Join(r.Append("a"), r.Append(""), r.Reply(Text{}), r.Append("b"), r.Pass(), r.Forward(Image{}),
			r.Handoff("为什么"), r.Save([]byte{0xff}), r.Save(nil), r.Reply(Menu{}))
	}))
	did := &said{}
	if err := r.Handle(t.Context(), hello("1"), did); err != nil {
		t.Fatal(err)
	}
	did.expect(t, appended("a"), appended(""), Text{}, appended("b"), passed{}, forwarded{Image{}},
		handedOff("为什么"), saved("\xff"), saved(""), Menu{})
}

func TestMessage_Binary(t *testing.T) {
	for kind, c := range samples() {
		t.Run(string(kind), func(t *testing.T) {
			want, got := sampleMessage(c), Message{ID: "old", State: []byte("old")}
			data, err := want.MarshalBinary()
			if err != nil {
				t.Fatal(err)
			}
			if err := got.UnmarshalBinary(data); err != nil || !reflect.DeepEqual(&got, want) {
				t.Errorf("got %#v, %v\nwant %#v", &got, err, want)
			}
		})
	}
}

func TestMessage_BinaryOfZeroFields(t *testing.T) {
	data, err := (&Message{Content: Text{}}).MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	got := sampleMessage(Text{Text: "old"})
	if err := got.UnmarshalBinary(data); err != nil || !reflect.DeepEqual(got, &Message{Content: Text{}}) {
		t.Errorf("got %#v, %v", got, err)
	}
	if !got.Time.IsZero() || !got.AnswerBy.IsZero() {
		t.Errorf("times %s and %s, want none", got.Time, got.AnswerBy)
	}
}

func TestContent_Binary(t *testing.T) {
	for kind, want := range samples() {
		data, err := MarshalContent(want)
		if err != nil {
			t.Fatalf("%s: %v", kind, err)
		}
		if got, err := UnmarshalContent(data); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: got %#v, %v, want %#v", kind, got, err, want)
		}
	}
}

func TestContent_NoneIsRefusedEverywhere(t *testing.T) {
	text := Text{Text: "a pointer is no content"}
	for name, c := range map[string]Content{"nil": nil, "pointer": &text, "nil pointer": (*Text)(nil)} {
		t.Run(name, func(t *testing.T) {
			if _, err := MarshalContent(c); !errors.Is(err, ErrNoContent) {
				t.Errorf("MarshalContent: %v", err)
			}
			if _, err := (&Message{ID: "7", Content: c}).MarshalBinary(); !errors.Is(err, ErrNoContent) {
				t.Errorf("MarshalBinary: %v", err)
			}
			if err := Connect(nil).Handle(t.Context(), &Message{Content: c}, &said{}); !errors.Is(err, ErrNoContent) {
				t.Errorf("Remote.Handle: %v", err)
			}
			r := &responder{}
			if err := errors.Join(r.Reply(c), r.Forward(c)); !errors.Is(err, ErrNoContent) {
				t.Errorf("Responder: %v", err)
			}
		})
	}
	var m Message
	if err := m.UnmarshalBinary(nil); !errors.Is(err, ErrNoContent) {
		t.Errorf("UnmarshalBinary of nothing: %v", err)
	}
}

func TestContent_BrokenBytes(t *testing.T) {
	for name, data := range map[string][]byte{
		"truncated":     {0x0a, 0x05, 0x0a},
		"bad tag":       {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff},
		"bad UTF-8":     {0x0a, 0x03, 0x0a, 0x01, 0xff},
		"unknown kind":  {0x9a, 0x06, 0x00},
		"nothing":       {},
		"a group's end": {0x0c},
	} {
		if c, err := UnmarshalContent(data); err == nil {
			t.Errorf("%s: got %#v without an error", name, c)
		}
		m := Message{ID: "untouched"}
		if err := m.UnmarshalBinary(data); err == nil || m.ID != "untouched" {
			t.Errorf("%s: got %#v, %v", name, m, err)
		}
	}
}

// TestWire_InvalidUTF8 holds that no byte in a text can end the stream, in either direction.
func TestWire_InvalidUTF8(t *testing.T) {
	const bad, good = "a\xff\xc0b", "a\uFFFDb"
	r := mustOpen(t, HandlerFunc(func(_ context.Context, m *Message, r Responder) error {
		if m.ID != good || m.Sender != good || m.Text() != good || string(m.State) != bad {
			t.Errorf("the handler got %#v", m)
		}
		_ = errors.Join(r.Reply(Text{Text: bad}), r.Append(bad), r.Handoff(bad), r.Save([]byte(bad)),
			r.Reply(Raw{Type: bad, Fields: []byte(bad)}))
		return errors.New(bad)
	}))
	did := &said{}
	m := &Message{ID: bad, Sender: bad, Conversation: bad, Content: Text{Text: bad}, State: []byte(bad)}
	if err := r.Handle(t.Context(), m, did); err == nil || err.Error() != good {
		t.Errorf("Handle: %v", err)
	}
	did.expect(t, Text{Text: good}, appended(good), handedOff(good), saved(bad), Raw{Type: good, Fields: []byte(good)})
	if err := r.Ping(t.Context()); err != nil {
		t.Errorf("the stream is gone: %v", err)
	}
}

func TestMillis(t *testing.T) {
	for _, want := range []time.Time{{}, time.UnixMilli(-1), time.UnixMilli(1), time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)} {
		if got := fromMillis(toMillis(want)); !got.Equal(want) {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

// TestMenu_EmptyChoicesOfOthers holds that what other languages may send decodes: nil messages in a list.
func TestMenu_EmptyChoicesOfOthers(t *testing.T) {
	p := &pb.Content{Kind: &pb.Content_Menu{Menu: &pb.Menu{Choices: []*pb.Choice{nil, {Id: "2"}}}}}
	got, err := decodeContent(p)
	if want := (Menu{Choices: []Choice{{}, {ID: "2"}}}); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %#v, %v", got, err)
	}
}

func TestSave_KeepsACopy(t *testing.T) {
	state := []byte("before")
	r := mustOpen(t, HandlerFunc(func(_ context.Context, _ *Message, r Responder) error {
		err := r.Save(state)
		copy(state, bytes.Repeat([]byte("x"), len(state)))
		return err
	}))
	did := &said{}
	if err := r.Handle(t.Context(), hello("1"), did); err != nil {
		t.Fatal(err)
	}
	did.expect(t, saved("before"))
}
