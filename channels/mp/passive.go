package mp

import (
	"time"

	"github.com/chuanhuabot/bot/channels/internal/fields"
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
		b = appendNews(b, fields.Fields{"title": c.Title, "description": c.Description, "picurl": c.PictureURL, "url": c.URL})
	case sdk.Raw:
		b = appendRaw(b, c)
	}
	return b
}

// appendRaw writes what passiveRaw returned, so its fields can be read.
func appendRaw(b []byte, r sdk.Raw) []byte {
	f, _ := fields.Of(r)
	switch r.Type {
	case rawMusic:
		b = appendMusic(b, f)
	case rawNews:
		articles, _ := f.List(rawNews, "articles")
		b = appendNews(b, articles...)
	case rawTransfer:
		b = wx.AppendText(b, "MsgType", r.Type)
		if account := f.Text("kf_account"); !blank(account) {
			b = append(b, "<TransInfo>"...)
			b = wx.AppendText(b, "KfAccount", account)
			b = append(b, "</TransInfo>"...)
		}
	}
	return b
}

func appendMusic(b []byte, music fields.Fields) []byte {
	b = wx.AppendText(b, "MsgType", "music")
	b = append(b, "<Music>"...)
	b = appendOptional(b, "Title", music.Text("title"))
	b = appendOptional(b, "Description", music.Text("description"))
	b = appendOptional(b, "MusicUrl", music.Text("musicurl"))
	b = appendOptional(b, "HQMusicUrl", music.Text("hqmusicurl"))
	b = wx.AppendText(b, "ThumbMediaId", music.Text("thumb_media_id"))
	return append(b, "</Music>"...)
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
	if blank(text) {
		return b
	}
	return wx.AppendText(b, name, text)
}

func appendNews(b []byte, articles ...fields.Fields) []byte {
	b = wx.AppendText(b, "MsgType", "news")
	b = wx.AppendNumber(b, "ArticleCount", int64(len(articles)))
	b = append(b, "<Articles>"...)
	for _, one := range articles {
		b = append(b, "<item>"...)
		b = wx.AppendText(b, "Title", one.Text("title"))
		b = wx.AppendText(b, "Description", one.Text("description"))
		b = wx.AppendText(b, "PicUrl", one.Text("picurl"))
		b = wx.AppendText(b, "Url", one.Text("url"))
		b = append(b, "</item>"...)
	}
	return append(b, "</Articles>"...)
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
