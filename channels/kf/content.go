package kf

import (
	"bytes"
	"encoding/json"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/chuanhuabot/bot/channels/internal/wx"
	"github.com/chuanhuabot/bot/sdk"
)

// contentOf returns the content of an entry (pages 94670 and 94699). A type that has none of its own, or is not as it is known,
// becomes Raw with all its fields.
func contentOf(e entry, voiceFormat string) sdk.Content {
	media := sdk.Media{ID: wx.Clean(e.body.text("media_id"))}
	switch {
	case e.kind == kindEvent:
		return eventOf(e)
	case e.body == nil:
	case e.kind == "text" && e.body.has("content"):
		return sdk.Text{Text: wx.Clean(e.body.text("content")), Choice: wx.Clean(e.body.text("menu_id"))}
	case e.kind == "location":
		return locationOf(e)
	case e.kind == "link" && e.body.text("url") != "":
		return sdk.Link{
			URL: wx.Clean(e.body.text("url")), Title: wx.Clean(e.body.text("title")), Description: wx.Clean(e.body.text("desc")),
			PictureURL: wx.Clean(e.body.text("pic_url")),
		}
	case media.ID == "":
	case e.kind == "image":
		return sdk.Image{Media: media}
	case e.kind == "voice":
		media.Format = voiceFormat
		return sdk.Voice{Media: media}
	case e.kind == "video":
		return sdk.Video{Media: media}
	case e.kind == "file":
		media.Name = wx.FileName(e.body.text("filename"))
		return sdk.File{Media: media}
	}
	return sdk.Raw{Type: wx.Clean(e.kind), Fields: compact(e.all)}
}

func locationOf(e entry) sdk.Content {
	latitude, okLatitude := e.body.number("latitude")
	longitude, okLongitude := e.body.number("longitude")
	if !okLatitude || !okLongitude || math.IsNaN(latitude+longitude) || math.IsInf(latitude+longitude, 0) {
		return sdk.Raw{Type: e.kind, Fields: compact(e.all)}
	}
	label := e.body.text("name")
	if address := e.body.text("address"); address != label {
		label = strings.TrimSpace(label + " " + address)
	}
	return sdk.Location{Latitude: latitude, Longitude: longitude, Label: wx.Clean(label)}
}

// keyOf returns the field that is the key of an event.
func keyOf(event string) string {
	switch event {
	case "enter_session":
		return "scene"
	case "msg_send_fail":
		return "fail_msgid"
	case "servicer_status_change":
		return "status"
	case "session_status_change":
		return "change_type"
	case "user_recall_msg", "servicer_recall_msg":
		return "recall_msgid"
	case "reject_customer_msg_switch_change":
		return "reject_switch"
	}
	return ""
}

// eventOf has the fields of the event and those that stand outside of it.
func eventOf(e entry) sdk.Event {
	kind := e.body.text("event_type")
	return sdk.Event{Type: wx.Clean(kind), Key: wx.Clean(e.body.text(keyOf(kind))), Fields: e.flat()}
}

// flat returns the fields of an event as one object.
func (e entry) flat() json.RawMessage {
	all := maps.Clone(e.outer)
	if e.body != nil {
		delete(all, kindEvent)
	}
	delete(all, "msgtype")
	maps.Copy(all, e.body)
	flat, err := json.Marshal(all)
	if err != nil {
		return compact(e.all)
	}
	return flat
}

// compact returns JSON without its blanks, and as valid UTF-8.
func compact(raw json.RawMessage) json.RawMessage {
	var b bytes.Buffer
	if json.Compact(&b, raw) != nil {
		return slices.Clone(raw)
	}
	return bytes.ToValidUTF8(b.Bytes(), []byte("\ufffd"))
}
