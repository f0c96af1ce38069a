package sdk

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strings"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/chuanhuabot/bot/sdk/internal/pb"
)

// ErrNoContent is returned for a content that is nil, or of a kind that this version does not know.
var ErrNoContent = errors.New("no content, or a kind of content that this version does not know")

// MarshalBinary writes the message in the protocol's own encoding, as stores keep it.
func (m *Message) MarshalBinary() ([]byte, error) {
	p, err := encodeMessage(m)
	if err != nil {
		return nil, err
	}
	return proto.Marshal(p)
}

// UnmarshalBinary reads what MarshalBinary wrote.
func (m *Message) UnmarshalBinary(data []byte) error {
	var p pb.Message
	if err := proto.Unmarshal(data, &p); err != nil {
		return fmt.Errorf("decode message: %w", err)
	}
	decoded, err := decodeMessage(&p)
	if err != nil {
		return err
	}
	*m = *decoded
	return nil
}

// MarshalContent writes a content in the protocol's own encoding, as stores keep it.
func MarshalContent(c Content) ([]byte, error) {
	p, err := encodeContent(c)
	if err != nil {
		return nil, err
	}
	return proto.Marshal(p)
}

// UnmarshalContent reads what MarshalContent wrote.
func UnmarshalContent(data []byte) (Content, error) {
	var p pb.Content
	if err := proto.Unmarshal(data, &p); err != nil {
		return nil, fmt.Errorf("decode content: %w", err)
	}
	return decodeContent(&p)
}

func encodeMessage(m *Message) (*pb.Message, error) {
	c, err := encodeContent(m.Content)
	if err != nil {
		return nil, fmt.Errorf("encode message %s: %w", m.ID, err)
	}
	return &pb.Message{
		Id: valid(m.ID), Channel: valid(m.Channel), Account: valid(m.Account), Sender: valid(m.Sender),
		Conversation: valid(m.Conversation),
		TimeMs:       toMillis(m.Time), Content: c, State: m.State, AnswerByMs: toMillis(m.AnswerBy),
		Window: encodeWindow(m.Window),
	}, nil
}

func decodeMessage(p *pb.Message) (*Message, error) {
	c, err := decodeContent(p.GetContent())
	if err != nil {
		return nil, fmt.Errorf("decode message %s: %w", p.GetId(), err)
	}
	return &Message{
		ID: p.GetId(), Channel: p.GetChannel(), Account: p.GetAccount(), Sender: p.GetSender(),
		Conversation: p.GetConversation(), Time: fromMillis(p.GetTimeMs()), Content: c, State: p.GetState(),
		AnswerBy: fromMillis(p.GetAnswerByMs()), Window: decodeWindow(p.GetWindow()),
	}, nil
}

func encodeWindow(w Window) *pb.Window {
	if w == (Window{}) {
		return nil
	}
	return &pb.Window{Left: uint32(min(max(w.Left, 0), math.MaxUint32)), UntilMs: toMillis(w.Until)}
}

func decodeWindow(p *pb.Window) Window {
	return Window{Left: int(p.GetLeft()), Until: fromMillis(p.GetUntilMs())}
}

func encodeContent(c Content) (*pb.Content, error) {
	switch c := c.(type) {
	case Text:
		return &pb.Content{Kind: &pb.Content_Text{Text: &pb.Text{Text: valid(c.Text), Choice: valid(c.Choice)}}}, nil
	case Image:
		return &pb.Content{Kind: &pb.Content_Image{Image: &pb.Image{Media: encodeMedia(c.Media)}}}, nil
	case Voice:
		return &pb.Content{Kind: &pb.Content_Voice{Voice: &pb.Voice{
			Media: encodeMedia(c.Media), Wideband: encodeMedia(c.Wideband), Transcript: valid(c.Transcript)}}}, nil
	case Video:
		return &pb.Content{Kind: &pb.Content_Video{Video: &pb.Video{
			Media: encodeMedia(c.Media), Thumbnail: encodeMedia(c.Thumbnail), Title: valid(c.Title), Description: valid(c.Description)}}}, nil
	case File:
		return &pb.Content{Kind: &pb.Content_File{File: &pb.File{Media: encodeMedia(c.Media)}}}, nil
	case Location:
		return &pb.Content{Kind: &pb.Content_Location{Location: &pb.Location{
			Latitude: c.Latitude, Longitude: c.Longitude, Scale: c.Scale, Label: valid(c.Label)}}}, nil
	case Link:
		return &pb.Content{Kind: &pb.Content_Link{Link: &pb.Link{
			Url: valid(c.URL), Title: valid(c.Title), Description: valid(c.Description), PictureUrl: valid(c.PictureURL)}}}, nil
	case Menu:
		return &pb.Content{Kind: &pb.Content_Menu{Menu: encodeMenu(c)}}, nil
	case Event:
		return &pb.Content{Kind: &pb.Content_Event{Event: &pb.Event{
			Type: valid(c.Type), Key: valid(c.Key), FieldsJson: valid(string(c.Fields))}}}, nil
	case Raw:
		return &pb.Content{Kind: &pb.Content_Raw{Raw: &pb.Raw{Type: valid(c.Type), FieldsJson: valid(string(c.Fields))}}}, nil
	default:
		return nil, ErrNoContent
	}
}

func decodeContent(p *pb.Content) (Content, error) {
	switch k := p.GetKind().(type) {
	case *pb.Content_Text:
		return Text{Text: k.Text.GetText(), Choice: k.Text.GetChoice()}, nil
	case *pb.Content_Image:
		return Image{Media: decodeMedia(k.Image.GetMedia())}, nil
	case *pb.Content_Voice:
		return Voice{Media: decodeMedia(k.Voice.GetMedia()), Wideband: decodeMedia(k.Voice.GetWideband()),
			Transcript: k.Voice.GetTranscript()}, nil
	case *pb.Content_Video:
		return Video{Media: decodeMedia(k.Video.GetMedia()), Thumbnail: decodeMedia(k.Video.GetThumbnail()),
			Title: k.Video.GetTitle(), Description: k.Video.GetDescription()}, nil
	case *pb.Content_File:
		return File{Media: decodeMedia(k.File.GetMedia())}, nil
	case *pb.Content_Location:
		return Location{Latitude: k.Location.GetLatitude(), Longitude: k.Location.GetLongitude(),
			Scale: k.Location.GetScale(), Label: k.Location.GetLabel()}, nil
	case *pb.Content_Link:
		return Link{URL: k.Link.GetUrl(), Title: k.Link.GetTitle(), Description: k.Link.GetDescription(),
			PictureURL: k.Link.GetPictureUrl()}, nil
	case *pb.Content_Menu:
		return decodeMenu(k.Menu), nil
	case *pb.Content_Event:
		return Event{Type: k.Event.GetType(), Key: k.Event.GetKey(), Fields: decodeFields(k.Event.GetFieldsJson())}, nil
	case *pb.Content_Raw:
		return Raw{Type: k.Raw.GetType(), Fields: decodeFields(k.Raw.GetFieldsJson())}, nil
	default:
		return nil, ErrNoContent
	}
}

func encodeMenu(m Menu) *pb.Menu {
	out := &pb.Menu{Head: valid(m.Head), Tail: valid(m.Tail)}
	for _, c := range m.Choices {
		out.Choices = append(out.Choices, &pb.Choice{Id: valid(c.ID), Text: valid(c.Text)})
	}
	return out
}

func decodeMenu(p *pb.Menu) Menu {
	out := Menu{Head: p.GetHead(), Tail: p.GetTail()}
	for _, c := range p.GetChoices() {
		out.Choices = append(out.Choices, Choice{ID: c.GetId(), Text: c.GetText()})
	}
	return out
}

func encodeMedia(m Media) *pb.Media {
	if m == (Media{}) {
		return nil
	}
	return &pb.Media{Id: valid(m.ID), Url: valid(m.URL), Name: valid(m.Name), Format: valid(m.Format)}
}

func decodeMedia(p *pb.Media) Media {
	return Media{ID: p.GetId(), URL: p.GetUrl(), Name: p.GetName(), Format: p.GetFormat()}
}

func decodeFields(s string) json.RawMessage {
	if s == "" {
		return nil
	}
	return json.RawMessage(s)
}

// valid replaces what is not UTF-8: one such byte in a field of type string would end the whole stream.
func valid(s string) string { return strings.ToValidUTF8(s, "\uFFFD") }

func toMillis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

func fromMillis(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms)
}
