package mp

import (
	"strings"

	"github.com/chuanhuabot/bot/channels/internal/wx"
	"github.com/chuanhuabot/bot/sdk"
)

// outgoing is one call that reaches a person: a customer-service message, or a template or subscribe message. The body has no touser.
type outgoing struct {
	path string
	body map[string]any
}

// customSend is the call for a customer-service message.
const customSend = "/cgi-bin/message/custom/send"

// custom returns the calls that carry c, several for a text that is longer than limit bytes, and says in a note what had to be changed
// for that (developers.weixin.qq.com/doc/service/api/customer/message/api_sendcustommessage). menus says whether the account may
// send menus. An error says that nothing can carry c; it is final.
func custom(c sdk.Content, limit int, menus bool) (sent []outgoing, note string, err error) {
	if c, err = meant(c); err != nil {
		return nil, "", err
	}
	c, note = degraded(c, menus)
	switch c := c.(type) {
	case nil:
		return nil, "", errNothing
	case sdk.Text:
		sent, err = customTexts(c.Text, limit)
	case sdk.Image:
		sent, err = customMedia("image", c.Media)
	case sdk.Voice:
		sent, err = customMedia("voice", c.Media)
	case sdk.Video:
		sent, err = customVideo(c)
	case sdk.Link:
		sent, err = customLink(c, limit)
	case sdk.Menu:
		sent, err = customMenu(c)
	case sdk.Raw:
		return customRaw(c)
	default:
		err = unsendable(c)
	}
	return sent, note, err
}

func customTexts(text string, limit int) ([]outgoing, error) {
	if blank(text) {
		return nil, errNothing
	}
	var all []outgoing
	for _, piece := range pieces(wx.JSONText(text), limit) {
		all = append(all, customText(piece))
	}
	return all, nil
}

func customText(text string) outgoing { return message("text", map[string]any{"content": text}) }

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

func customMedia(kind string, m sdk.Media) ([]outgoing, error) {
	if blank(m.ID) {
		return nil, errNoMedia
	}
	return []outgoing{message(kind, map[string]any{"media_id": wx.JSONText(m.ID)})}, nil
}

// customVideo needs the id of a still picture too.
func customVideo(v sdk.Video) ([]outgoing, error) {
	if blank(v.Media.ID) {
		return nil, errNoMedia
	}
	if blank(v.Thumbnail.ID) {
		return nil, errNoThumbnail
	}
	return []outgoing{message("video", map[string]any{
		"media_id": wx.JSONText(v.Media.ID), "thumb_media_id": wx.JSONText(v.Thumbnail.ID),
		"title": wx.JSONText(v.Title), "description": wx.JSONText(v.Description),
	})}, nil
}

// customLink is an article, or a text where the link has no title.
func customLink(l sdk.Link, limit int) ([]outgoing, error) {
	if blank(l.URL) {
		return nil, errNothing
	}
	if blank(l.Title) {
		return customTexts(l.Description+"\n"+l.URL, limit)
	}
	return []outgoing{message("news", map[string]any{"articles": []map[string]any{{
		"title": wx.JSONText(l.Title), "description": wx.JSONText(l.Description), "url": wx.JSONText(l.URL), "picurl": wx.JSONText(l.PictureURL),
	}}})}, nil
}

func customMenu(m sdk.Menu) ([]outgoing, error) {
	var list []map[string]any
	for _, choice := range m.Choices {
		if !blank(choice.Text) {
			list = append(list, map[string]any{"id": wx.JSONText(choice.ID), "content": wx.JSONText(choice.Text)})
		}
	}
	if len(list) == 0 {
		return nil, errNothing
	}
	return []outgoing{message("msgmenu", map[string]any{
		"head_content": wx.JSONText(m.Head), "list": list, "tail_content": wx.JSONText(m.Tail),
	})}, nil
}

func message(kind string, fields map[string]any) outgoing {
	return outgoing{customSend, map[string]any{"msgtype": kind, kind: fields}}
}
