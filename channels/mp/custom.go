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

// custom returns the call that carries c, and says in a note what had to be changed for that
// (developers.weixin.qq.com/doc/service/api/customer/message/api_sendcustommessage). menus says whether the account may send menus.
// A call without a body says that c is shown as a text of more than limit bytes, which takes several. An error says that nothing can
// carry c; it is final.
func custom(c sdk.Content, limit int, menus bool) (sent outgoing, note string, err error) {
	if c, err = meant(c); err != nil {
		return outgoing{}, "", err
	}
	c, note = degraded(c, menus)
	switch c := c.(type) {
	case nil:
		return outgoing{}, "", errNothing
	case sdk.Text:
		sent, err = shortText(c.Text, limit)
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

func shortText(text string, limit int) (outgoing, error) {
	if blank(text) {
		return outgoing{}, errNothing
	}
	text = strings.TrimSpace(wx.JSONText(text))
	if len(text) > limit {
		return outgoing{}, nil
	}
	return customText(text), nil
}

func customText(text string) outgoing { return message("text", map[string]any{"content": text}) }

func customMedia(kind string, m sdk.Media) (outgoing, error) {
	if blank(m.ID) {
		return outgoing{}, errNoMedia
	}
	return message(kind, map[string]any{"media_id": wx.JSONText(m.ID)}), nil
}

// customVideo needs the id of a still picture too.
func customVideo(v sdk.Video) (outgoing, error) {
	if blank(v.Media.ID) {
		return outgoing{}, errNoMedia
	}
	if blank(v.Thumbnail.ID) {
		return outgoing{}, errNoThumbnail
	}
	return message("video", map[string]any{
		"media_id": wx.JSONText(v.Media.ID), "thumb_media_id": wx.JSONText(v.Thumbnail.ID),
		"title": wx.JSONText(v.Title), "description": wx.JSONText(v.Description),
	}), nil
}

// customLink is an article, or a text where the link has no title.
func customLink(l sdk.Link, limit int) (outgoing, error) {
	if blank(l.URL) {
		return outgoing{}, errNothing
	}
	if blank(l.Title) {
		return shortText(l.Description+"\n"+l.URL, limit)
	}
	return message("news", map[string]any{"articles": []map[string]any{{
		"title": wx.JSONText(l.Title), "description": wx.JSONText(l.Description), "url": wx.JSONText(l.URL), "picurl": wx.JSONText(l.PictureURL),
	}}}), nil
}

func customMenu(m sdk.Menu) (outgoing, error) {
	var list []map[string]any
	for _, choice := range m.Choices {
		if !blank(choice.Text) {
			list = append(list, map[string]any{"id": wx.JSONText(choice.ID), "content": wx.JSONText(choice.Text)})
		}
	}
	if len(list) == 0 {
		return outgoing{}, errNothing
	}
	return message("msgmenu", map[string]any{
		"head_content": wx.JSONText(m.Head), "list": list, "tail_content": wx.JSONText(m.Tail),
	}), nil
}

func message(kind string, fields map[string]any) outgoing {
	return outgoing{customSend, map[string]any{"msgtype": kind, kind: fields}}
}
