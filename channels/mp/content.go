package mp

import (
	"math"
	"strconv"
	"strings"

	"github.com/chuanhuabot/bot/channels/internal/wx"
	"github.com/chuanhuabot/bot/sdk"
)

// newContent reads the fields of one type of message
// (developers.weixin.qq.com/doc/offiaccount/Message_Management/Receiving_standard_messages.html). A type that is not
// known, or not as it is known, becomes Raw with all its fields.
func newContent(kind string, root *wx.Field) sdk.Content {
	switch kind {
	case "text":
		return sdk.Text{Text: root.Get("Content"), Choice: root.Get("bizmsgmenuid")}
	case "image":
		return sdk.Image{Media: sdk.Media{ID: root.Get("MediaId"), URL: root.Get("PicUrl")}}
	case "voice":
		return newVoice(root)
	case "video", "shortvideo":
		return sdk.Video{Media: sdk.Media{ID: root.Get("MediaId")}, Thumbnail: sdk.Media{ID: root.Get("ThumbMediaId")}}
	case "location":
		return newLocation(root)
	case "link":
		return sdk.Link{URL: root.Get("Url"), Title: root.Get("Title"), Description: root.Get("Description")}
	}
	if isEvent(kind) {
		return sdk.Event{Type: root.Get("Event"), Key: root.Get("EventKey"), Fields: root.JSON()}
	}
	return sdk.Raw{Type: kind, Fields: root.JSON()}
}

func isEvent(kind string) bool { return kind == "event" }

// newVoice takes Recognition as the optional field that it is: the platform sends it empty, or not at all.
func newVoice(root *wx.Field) sdk.Content {
	v := sdk.Voice{
		Media:      sdk.Media{ID: root.Get("MediaId"), Format: root.Get("Format")},
		Transcript: root.Get("Recognition"),
	}
	if id := root.Get("MediaId16K"); id != "" {
		v.Wideband = sdk.Media{ID: id, Format: root.Get("Format")}
	}
	return v
}

// newLocation knows that X is the latitude.
func newLocation(root *wx.Field) sdk.Content {
	latitude, okLatitude := number(root.Get("Location_X"))
	longitude, okLongitude := number(root.Get("Location_Y"))
	if !okLatitude || !okLongitude {
		return sdk.Raw{Type: "location", Fields: root.JSON()}
	}
	scale, _ := number(root.Get("Scale")) // 0 says that it is unknown
	return sdk.Location{Latitude: latitude, Longitude: longitude, Scale: scale, Label: root.Get("Label")}
}

func number(s string) (float64, bool) {
	f, err := strconv.ParseFloat(strings.TrimSpace(s), 64)
	return f, err == nil && !math.IsNaN(f) && !math.IsInf(f, 0)
}

// isUnsubscribe tells whether the person has left: no reply can reach them any more.
func isUnsubscribe(c sdk.Content) bool {
	e, ok := c.(sdk.Event)
	return ok && strings.EqualFold(e.Type, "unsubscribe")
}
