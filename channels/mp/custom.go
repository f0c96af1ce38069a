package mp

import (
	"fmt"
	"strings"

	"github.com/chuanhuabot/bot/channels/internal/wx"
	"github.com/chuanhuabot/bot/sdk"
)

// custom returns the customer-service messages that carry c, several for a text that is longer than limit bytes
// (developers.weixin.qq.com/doc/service/api/customer/message/api_sendcustommessage). An error says that nothing can.
func custom(c sdk.Content, limit int) ([]map[string]any, error) {
	switch c := c.(type) {
	case sdk.Text:
		return customTexts(c.Text, limit)
	case sdk.Image:
		return customMedia("image", c.Media)
	case sdk.Voice:
		return customMedia("voice", c.Media)
	case sdk.Video:
		return customVideo(c)
	case sdk.Link:
		return customLink(c, limit)
	case sdk.Menu:
		return customMenu(c)
	case nil:
		return nil, errNothing
	}
	return nil, fmt.Errorf("a customer-service message cannot carry content of kind %s", c.Kind())
}

func customTexts(text string, limit int) ([]map[string]any, error) {
	if blank(text) {
		return nil, errNothing
	}
	var all []map[string]any
	for _, piece := range pieces(wx.JSONText(text), limit) {
		all = append(all, customText(piece))
	}
	return all, nil
}

func customText(text string) map[string]any { return message("text", map[string]any{"content": text}) }

// pieces splits a text into such of at most limit bytes each, at the ends of words where these are near.
func pieces(text string, limit int) []string {
	var all []string
	for text = strings.TrimSpace(text); text != ""; {
		piece := shortened(text, limit) // Not empty: the text begins with something that can be seen.
		all = append(all, piece)
		text = strings.TrimSpace(text[len(piece):])
	}
	return all
}

func customMedia(kind string, m sdk.Media) ([]map[string]any, error) {
	if blank(m.ID) {
		return nil, errNoMedia
	}
	return []map[string]any{message(kind, map[string]any{"media_id": wx.JSONText(m.ID)})}, nil
}

// customVideo needs the id of a still picture too.
func customVideo(v sdk.Video) ([]map[string]any, error) {
	if blank(v.Media.ID) || blank(v.Thumbnail.ID) {
		return nil, errNoMedia
	}
	return []map[string]any{message("video", map[string]any{
		"media_id": wx.JSONText(v.Media.ID), "thumb_media_id": wx.JSONText(v.Thumbnail.ID),
		"title": wx.JSONText(v.Title), "description": wx.JSONText(v.Description),
	})}, nil
}

// customLink is an article, or a text where the link has no title.
func customLink(l sdk.Link, limit int) ([]map[string]any, error) {
	if blank(l.URL) {
		return nil, errNothing
	}
	if blank(l.Title) {
		return customTexts(l.Description+"\n"+l.URL, limit)
	}
	return []map[string]any{message("news", map[string]any{"articles": []map[string]any{{
		"title": wx.JSONText(l.Title), "description": wx.JSONText(l.Description), "url": wx.JSONText(l.URL), "picurl": wx.JSONText(l.PictureURL),
	}}})}, nil
}

func customMenu(m sdk.Menu) ([]map[string]any, error) {
	var list []map[string]any
	for _, choice := range m.Choices {
		if !blank(choice.Text) {
			list = append(list, map[string]any{"id": wx.JSONText(choice.ID), "content": wx.JSONText(choice.Text)})
		}
	}
	if len(list) == 0 {
		return nil, errNothing
	}
	return []map[string]any{message("msgmenu", map[string]any{
		"head_content": wx.JSONText(m.Head), "list": list, "tail_content": wx.JSONText(m.Tail),
	})}, nil
}

func message(kind string, body map[string]any) map[string]any {
	return map[string]any{"msgtype": kind, kind: body}
}
