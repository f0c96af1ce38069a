package mp

import "strings"

// Button is one button of an account's menu: what a tap does, or up to five buttons that a tap shows
// (developers.weixin.qq.com/doc/service/api/custommenu/api_createcustommenu). The keys are the platform's, in bot.yaml and in
// its API.
type Button struct {
	Name      string      `yaml:"name" json:"name" required:"true" doc:"What the button says, at most 16 bytes: five Chinese characters."`
	Type      string      `yaml:"type" json:"type,omitempty" enum:"click|view|miniprogram|scancode_push|scancode_waitmsg|pic_sysphoto|pic_photo_or_album|pic_weixin|location_select|media_id|article_id|view_limited|article_view_limited" doc:"What a tap does; without it a key is a click, a url a view, an appid a miniprogram, and a media_id or article_id sends that."`
	Key       string      `yaml:"key" json:"key,omitempty" doc:"What plugins get as the event's key, at most 128 bytes."`
	URL       string      `yaml:"url" json:"url,omitempty" doc:"The page that a tap opens, at most 1024 bytes; for a mini program what old phones open in its place."`
	AppID     string      `yaml:"appid" json:"appid,omitempty" doc:"The AppID of the mini program that a tap opens."`
	Page      string      `yaml:"pagepath" json:"pagepath,omitempty" doc:"The page of the mini program, such as pages/index."`
	MediaID   string      `yaml:"media_id" json:"media_id,omitempty" doc:"The permanent material that a tap sends or opens."`
	ArticleID string      `yaml:"article_id" json:"article_id,omitempty" doc:"The published article that a tap sends or opens."`
	Below     []SubButton `yaml:"sub_button" json:"sub_button,omitempty" doc:"Up to five buttons that a tap shows; then the button has a name and nothing else."`
}

// SubButton is a button that is shown after a tap on another. It is as a Button that does something.
type SubButton struct {
	Name      string `yaml:"name" json:"name" required:"true" doc:"What the button says, at most 60 bytes: twenty Chinese characters."`
	Type      string `yaml:"type" json:"type,omitempty" enum:"click|view|miniprogram|scancode_push|scancode_waitmsg|pic_sysphoto|pic_photo_or_album|pic_weixin|location_select|media_id|article_id|view_limited|article_view_limited" doc:"What a tap does, as for a button above."`
	Key       string `yaml:"key" json:"key,omitempty" doc:"What plugins get as the event's key, at most 128 bytes."`
	URL       string `yaml:"url" json:"url,omitempty" doc:"The page that a tap opens, at most 1024 bytes; for a mini program what old phones open in its place."`
	AppID     string `yaml:"appid" json:"appid,omitempty" doc:"The AppID of the mini program that a tap opens."`
	Page      string `yaml:"pagepath" json:"pagepath,omitempty" doc:"The page of the mini program, such as pages/index."`
	MediaID   string `yaml:"media_id" json:"media_id,omitempty" doc:"The permanent material that a tap sends or opens."`
	ArticleID string `yaml:"article_id" json:"article_id,omitempty" doc:"The published article that a tap sends or opens."`
}

// Tap returns b without what is below it.
func (b Button) Tap() SubButton {
	return SubButton{b.Name, b.Type, b.Key, b.URL, b.AppID, b.Page, b.MediaID, b.ArticleID}
}

// Kind returns the type of a button, which follows from what it has if it is not written. It is "" for one that does nothing.
func (b SubButton) Kind() string {
	switch {
	case b.Type != "":
		return b.Type
	case b.AppID != "" || b.Page != "":
		return "miniprogram"
	case b.MediaID != "":
		return "media_id"
	case b.ArticleID != "":
		return "article_id"
	case b.URL != "":
		return "view"
	case b.Key != "":
		return "click"
	}
	return ""
}

// complete returns the menu with the type of each button, as the platform takes and gives it.
func complete(menu []Button) []Button {
	out := make([]Button, len(menu))
	for i, b := range menu {
		b.Type = b.Tap().Kind()
		below := b.Below
		b.Below = nil // The platform says [] where nothing is below.
		for _, s := range below {
			s.Type = s.Kind()
			b.Below = append(b.Below, s)
		}
		out[i] = b
	}
	return out
}

// outline is a menu on one line: 帮助, 更多 [官网, 关于].
func outline(menu []Button) string {
	var out []string
	for _, b := range menu {
		name := b.Name
		if len(b.Below) > 0 {
			var below []string
			for _, s := range b.Below {
				below = append(below, s.Name)
			}
			name += " [" + strings.Join(below, ", ") + "]"
		}
		out = append(out, name)
	}
	return strings.Join(out, ", ")
}
