package mp

import (
	"time"

	"github.com/chuanhuabot/bot/channels/internal/wx"
	"github.com/chuanhuabot/bot/sdk"
)

// appendPassive appends the XML of a passive reply to m. c is what an answer holds, so it is complete
// (developers.weixin.qq.com/doc/subscription/guide/product/message/Passive_user_reply_message.html).
func appendPassive(b []byte, m *sdk.Message, c sdk.Content, now time.Time) []byte {
	b = append(b, "<xml>"...)
	b = wx.AppendText(b, "ToUserName", m.Sender)
	b = wx.AppendText(b, "FromUserName", m.Account)
	b = wx.AppendNumber(b, "CreateTime", now.Unix())
	b = appendContent(b, c)
	return append(b, "</xml>"...)
}

func appendContent(b []byte, c sdk.Content) []byte {
	switch c := c.(type) {
	case sdk.Text:
		b = wx.AppendText(b, "MsgType", "text")
		b = wx.AppendText(b, "Content", c.Text)
	case sdk.Image:
		b = wx.AppendText(b, "MsgType", "image")
		b = appendMedia(b, "Image", c.Media.ID)
	case sdk.Voice:
		b = wx.AppendText(b, "MsgType", "voice")
		b = appendMedia(b, "Voice", c.Media.ID)
	case sdk.Video:
		b = appendVideo(b, c)
	case sdk.Link:
		b = appendNews(b, c)
	}
	return b
}

func appendMedia(b []byte, name, id string) []byte {
	b = append(b, "<"+name+">"...)
	b = wx.AppendText(b, "MediaId", id)
	return append(b, "</"+name+">"...)
}

func appendVideo(b []byte, v sdk.Video) []byte {
	b = wx.AppendText(b, "MsgType", "video")
	b = append(b, "<Video>"...)
	b = wx.AppendText(b, "MediaId", v.Media.ID)
	b = appendOptional(b, "Title", v.Title)
	b = appendOptional(b, "Description", v.Description)
	return append(b, "</Video>"...)
}

func appendOptional(b []byte, name, text string) []byte {
	if text == "" {
		return b
	}
	return wx.AppendText(b, name, text)
}

// appendNews writes one article: that is all the platform shows in answer to a message.
func appendNews(b []byte, l sdk.Link) []byte {
	b = wx.AppendText(b, "MsgType", "news")
	b = wx.AppendNumber(b, "ArticleCount", 1)
	b = append(b, "<Articles><item>"...)
	b = wx.AppendText(b, "Title", l.Title)
	b = wx.AppendText(b, "Description", l.Description)
	b = wx.AppendText(b, "PicUrl", l.PictureURL)
	b = wx.AppendText(b, "Url", l.URL)
	return append(b, "</item></Articles>"...)
}

// appendEnvelope appends the XML of an encrypted reply, signed with its own values
// (developers.weixin.qq.com/doc/subscription/guide/dev/push/encryption). TimeStamp is in seconds.
func appendEnvelope(b []byte, encrypted, signature, nonce string, seconds int64) []byte {
	b = append(b, "<xml>"...)
	b = wx.AppendText(b, "Encrypt", encrypted)
	b = wx.AppendText(b, "MsgSignature", signature)
	b = wx.AppendNumber(b, "TimeStamp", seconds)
	b = wx.AppendText(b, "Nonce", nonce)
	return append(b, "</xml>"...)
}
