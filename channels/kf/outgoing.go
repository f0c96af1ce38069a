package kf

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"strings"

	"github.com/chuanhuabot/bot/channels/internal/markdown"
	"github.com/chuanhuabot/bot/channels/internal/wx"
	"github.com/chuanhuabot/bot/core"
	"github.com/chuanhuabot/bot/sdk"
)

// The reasons why a content cannot be sent. They are final.
var (
	errNothing   = errors.New("nothing to send: the platform takes no empty message")
	errNoMedia   = errors.New("no media id, and no address to show instead")
	errNowhere   = errors.New("a place that is nowhere on the earth, and has no name to show instead")
	errNeverSent = errors.New("nothing that can be sent")
)

// outgoing is what a message says, as the platform takes it.
type outgoing struct{ body map[string]any }

// with returns the body of a call with more fields.
func (o outgoing) with(more map[string]any) map[string]any {
	all := maps.Clone(o.body)
	maps.Copy(all, more)
	return all
}

func message(kind string, fields map[string]any) outgoing {
	return outgoing{map[string]any{"msgtype": kind, kind: fields}}
}

func textCall(text string) outgoing { return message("text", map[string]any{"content": text}) }

// blank tells whether the platform would get an empty field.
func blank(s string) bool { return strings.TrimSpace(wx.Clean(s)) == "" }

func trimmed(s string) string { return strings.TrimSpace(s) }

// shown returns a content as a text if that is how it is shown, and as it is if not. A text that the platform would take for an empty
// one is empty.
func (c *Channel) shown(d *core.Delivery) sdk.Content {
	text, _, ok := c.asText(d.Content)
	switch {
	case !ok:
		return d.Content
	case blank(text):
		return sdk.Text{}
	}
	return sdk.Text{Text: wx.JSONText(text)}
}

// asText returns the text as which a content is shown: a text, and what the platform has no message for. note is for the log where
// that is not how it was meant.
func (c *Channel) asText(content sdk.Content) (text, note string, ok bool) {
	switch v := content.(type) {
	case sdk.Text:
		return c.plain(v.Text), "", true
	case sdk.Link: // A link of the platform's own needs a picture that it keeps: that is Raw.
		text = lines(v.Title, v.Description, v.URL)
		return text, "a link needs a picture that the platform keeps: shown as a text", true
	case sdk.Image:
		return addressOf(v.Media, "")
	case sdk.Voice:
		return addressOf(v.Media, v.Transcript)
	case sdk.Video:
		return addressOf(v.Media, v.Title)
	case sdk.File:
		return addressOf(v.Media, "")
	case sdk.Location:
		if !onEarth(v) {
			return v.Label, "it is nowhere on the earth: shown as a text", !blank(v.Label)
		}
	case sdk.Menu:
		if text := menuText(v); !fits(v) && text != "" {
			return text, "the platform takes no such menu: shown as a text with numbers", true
		}
	}
	return "", "", false
}

// plain returns a text without the Markdown that WeChat does not show. A text that consists of nothing but Markdown stays as it is.
func (c *Channel) plain(text string) string {
	if !c.config.Markdown {
		return text
	}
	if shown := markdown.Plain(text, false); !blank(shown) {
		return shown
	}
	return text
}

// addressOf is a text for media that has an address and no id.
func addressOf(m sdk.Media, title string) (text, note string, ok bool) {
	if !blank(m.ID) || !isURL(m.URL, "http", "https") {
		return "", "", false
	}
	return lines(first(title, m.Name), m.URL), "there is no media id: its address is shown", true
}

func lines(all ...string) string {
	var said []string
	for _, one := range all {
		if !blank(one) {
			said = append(said, trimmed(one))
		}
	}
	return strings.Join(said, "\n")
}

func onEarth(l sdk.Location) bool { return math.Abs(l.Latitude) <= 90 && math.Abs(l.Longitude) <= 180 } // NaN is not.

// outgoing returns what the platform gets for a content that is not shown as a text, and says in a note what had to be changed for
// that (page 94677). An error is final.
func (c *Channel) outgoing(content sdk.Content) (o outgoing, note string, err error) {
	switch v := content.(type) {
	case nil:
		return outgoing{}, "", errNothing
	case sdk.Image:
		o, err = media("image", v.Media)
	case sdk.Voice:
		o, err = media("voice", v.Media)
	case sdk.Video:
		o, err = media("video", v.Media)
	case sdk.File:
		o, err = media("file", v.Media)
	case sdk.Location:
		if !onEarth(v) {
			return outgoing{}, "", errNowhere
		}
		o = message("location", map[string]any{
			"name": wx.JSONText(v.Label), "address": wx.JSONText(v.Label), "latitude": v.Latitude, "longitude": v.Longitude,
		})
	case sdk.Menu:
		o, err = menu(v)
	case sdk.Raw:
		return raw(v)
	default:
		err = fmt.Errorf("content of kind %s is %w", content.Kind(), errNeverSent)
	}
	return o, "", err
}

func media(kind string, m sdk.Media) (outgoing, error) {
	if blank(m.ID) {
		return outgoing{}, errNoMedia
	}
	return message(kind, map[string]any{"media_id": wx.JSONText(m.ID)}), nil
}
