package mp

import (
	"fmt"
	"strings"

	"github.com/chuanhuabot/bot/sandbox/wire"
)

// Inbound is what a person sends or does: the fields of a push behind the common ones, in the platform's order
// (developers.weixin.qq.com/doc/offiaccount/Message_Management/Receiving_standard_messages.html).
type Inbound struct {
	Type   string // MsgType.
	Event  string // For events only.
	Fields []wire.Field
}

const event = "event"

// msgID stands where the platform writes the MsgId, which the push fills in.
func msgID() wire.Field { return wire.Number("MsgId", "") }

// Text is a text that a person typed.
func Text(content string) Inbound {
	return Inbound{Type: "text", Fields: []wire.Field{wire.Text("Content", content), msgID()}}
}

// MenuText is the text of an item of a msgmenu that a person tapped.
func MenuText(content, id string) Inbound {
	return Inbound{Type: "text", Fields: []wire.Field{wire.Text("Content", content), msgID(), wire.Number("bizmsgmenuid", id)}}
}

// ArticleText is a text that a person wrote below an article.
func ArticleText(content, dataID, index string) Inbound {
	return Inbound{Type: "text", Fields: []wire.Field{
		wire.Text("Content", content), msgID(), wire.Text("MsgDataId", dataID), wire.Number("Idx", index),
	}}
}

// Image is a picture; mediaID is one that Account.Keep or the bot's upload gave.
func Image(pictureURL, mediaID string) Inbound {
	return Inbound{Type: "image", Fields: []wire.Field{wire.Text("PicUrl", pictureURL), msgID(), wire.Text("MediaId", mediaID)}}
}

// Voice is a clip as it comes today: with the id of the wideband one, and without Recognition. Recognized adds that.
func Voice(mediaID, wideband string) Inbound {
	return Inbound{Type: "voice", Fields: []wire.Field{
		wire.Text("MediaId", mediaID), wire.Text("Format", "amr"), msgID(), wire.Text("MediaId16K", wideband),
	}}
}

// Recognized returns in with a Recognition. The platform sends it empty where the old switch is still on, and filled as
// it did until 2023.
func (in Inbound) Recognized(text string) Inbound {
	in.Fields = append(append([]wire.Field(nil), in.Fields...), wire.Text("Recognition", text))
	return in
}

// Video is a video; ShortVideo is the same for what was recorded in the chat.
func Video(mediaID, thumbMediaID string) Inbound { return video("video", mediaID, thumbMediaID) }

// ShortVideo is a video that was recorded in the chat.
func ShortVideo(mediaID, thumbMediaID string) Inbound {
	return video("shortvideo", mediaID, thumbMediaID)
}

func video(kind, mediaID, thumbMediaID string) Inbound {
	return Inbound{Type: kind, Fields: []wire.Field{wire.Text("MediaId", mediaID), wire.Text("ThumbMediaId", thumbMediaID), msgID()}}
}

// Location is a place. On the wire X is the latitude.
func Location(latitude, longitude float64, scale int, label string) Inbound {
	return Inbound{Type: "location", Fields: []wire.Field{
		wire.Number("Location_X", decimal(latitude)), wire.Number("Location_Y", decimal(longitude)),
		wire.Number("Scale", fmt.Sprint(scale)), wire.Text("Label", label), msgID(),
	}}
}

// Link is a page that a person shared.
func Link(title, description, url string) Inbound {
	return Inbound{Type: "link", Fields: []wire.Field{
		wire.Text("Title", title), wire.Text("Description", description), wire.Text("Url", url), msgID(),
	}}
}

// Unsupported is what arrives for files and other kinds that the platform does not pass on: a text.
func Unsupported() Inbound { return Text("【收到不支持的消息类型，暂无法显示】") }

// Message is any other message: a MsgType and the fields behind it. A MsgId is added at the end if there is none.
func Message(kind string, fields ...wire.Field) Inbound {
	in := Inbound{Type: kind, Fields: fields}
	if !in.has("MsgId") {
		in.Fields = append(append([]wire.Field(nil), fields...), msgID())
	}
	return in
}

func decimal(f float64) string { return fmt.Sprintf("%.6f", f) }

func (in Inbound) has(name string) bool {
	for _, f := range in.Fields {
		if f.Name == name {
			return true
		}
	}
	return false
}

func (in Inbound) get(name string) string {
	for _, f := range in.Fields {
		if f.Name == name {
			return f.Value
		}
	}
	return ""
}

// kind is what the transcript calls it.
func (in Inbound) kind() string {
	if in.Type == event {
		return in.Event
	}
	return in.Type
}

// words is what the transcript shows of it.
func (in Inbound) words() string {
	var parts []string
	for _, name := range []string{"Content", "Title", "Label", "EventKey", "Url"} {
		if value := in.get(name); value != "" {
			parts = append(parts, value)
		}
	}
	return strings.Join(parts, " ")
}

// fields returns all fields of the push, the common ones first.
func (in Inbound) fields(to, from string, created int64, id string) []wire.Field {
	all := []wire.Field{
		wire.Text("ToUserName", to), wire.Text("FromUserName", from), wire.Number("CreateTime", fmt.Sprint(created)),
		wire.Text("MsgType", in.Type),
	}
	if in.Type == event {
		all = append(all, wire.Text("Event", in.Event))
	}
	for _, f := range in.Fields {
		if f.Name == "MsgId" && f.Value == "" {
			f.Value = id
		}
		all = append(all, f)
	}
	return all
}
