package mp

import (
	"fmt"
	"slices"
	"strings"

	"github.com/chuanhuabot/bot/channels/internal/wx"
	"github.com/chuanhuabot/bot/sdk"
)

// The most of what a menu may have (developers.weixin.qq.com/doc/service/api/custommenu/api_createcustommenu). Sizes are bytes
// of UTF-8.
const (
	maxButtons     = 3
	maxBelow       = 5
	maxButtonName  = 16
	maxSubName     = 60
	maxButtonKey   = 128
	maxButtonURL   = 1024
	maxButtonOther = 1024 // Nothing is published.
)

// checkMenu finds what the platform would refuse.
func (c *Config) checkMenu(p *sdk.Problems) {
	if len(c.Menu) > maxButtons {
		p.Add("menu", fmt.Sprintf("has %d buttons; WeChat takes at most %d, each with up to %d below it in sub_button", len(c.Menu), maxButtons, maxBelow))
	}
	for i, b := range c.Menu {
		at := fmt.Sprintf("menu[%d]", i)
		if len(b.Below) == 0 {
			b.Tap().check(p, at, maxButtonName)
			continue
		}
		checkName(p, at, b.Name, maxButtonName)
		if b.Tap() != (SubButton{Name: b.Name}) {
			p.Add(at, "a button with sub_button only opens it: leave out its type, key, url and the like")
		}
		if len(b.Below) > maxBelow {
			p.Add(at+".sub_button", fmt.Sprintf("has %d buttons; WeChat takes at most %d", len(b.Below), maxBelow))
		}
		for j, s := range b.Below {
			s.check(p, fmt.Sprintf("%s.sub_button[%d]", at, j), maxSubName)
		}
	}
}

// needs returns the fields that buttons of a type have; nil if there is no such type.
func needs(kind string) []string {
	switch kind {
	case "click", "scancode_push", "scancode_waitmsg", "pic_sysphoto", "pic_photo_or_album", "pic_weixin", "location_select":
		return []string{"key"}
	case "view":
		return []string{"url"}
	case "miniprogram":
		return []string{"url", "appid", "pagepath"}
	case "media_id", "view_limited":
		return []string{"media_id"}
	case "article_id", "article_view_limited":
		return []string{"article_id"}
	}
	return nil
}

// buttonField is one of a button's fields beside name and type.
type buttonField struct {
	name, value string
	most        int
}

func (b SubButton) fields() []buttonField {
	return []buttonField{
		{"key", b.Key, maxButtonKey}, {"url", b.URL, maxButtonURL}, {"appid", b.AppID, maxButtonOther}, {"pagepath", b.Page, maxButtonOther},
		{"media_id", b.MediaID, maxButtonOther}, {"article_id", b.ArticleID, maxButtonOther},
	}
}

// check looks at a button that does something.
func (b SubButton) check(p *sdk.Problems, at string, mostName int) {
	checkName(p, at, b.Name, mostName)
	kind := b.Kind()
	if kind == "" {
		p.Add(at, "does nothing; write what a tap does: a key for plugins, a url to open, or sub_button with more buttons")
		return
	}
	needed := needs(kind)
	if needed == nil {
		p.Add(at+".type", "is no type of button; click and view are the usual ones, and can be left out")
		return
	}
	for _, f := range b.fields() {
		needs := slices.Contains(needed, f.name)
		switch {
		case needs && f.value == "":
			p.Add(at+"."+f.name, "is missing; a button of type "+kind+" needs "+strings.Join(needed, ", "))
		case !needs && f.value != "":
			p.Add(at+"."+f.name, "does not fit; a button of type "+kind+" has "+strings.Join(needed, ", ")+" and no "+f.name)
		default:
			f.check(p, at)
		}
	}
}

func (f buttonField) check(p *sdk.Problems, at string) {
	switch {
	case f.value == "":
	case len(f.value) > f.most:
		p.Add(at+"."+f.name, fmt.Sprintf("has %d bytes; WeChat takes at most %d", len(f.value), f.most))
	case f.value != wx.JSONText(f.value) || strings.ContainsAny(f.value, "\r\n\t"):
		p.Add(at+"."+f.name, "has a line break or another character that WeChat does not take")
	case f.name == "url" && !isURL(f.value, "http", "https"):
		p.Add(at+".url", "must begin with https:// or http://")
	}
}

func checkName(p *sdk.Problems, at, name string, most int) {
	switch {
	case strings.TrimSpace(name) == "":
		p.Add(at+".name", "is empty; write what the button says")
	case len(name) > most:
		p.Add(at+".name", fmt.Sprintf("has %d bytes; WeChat takes at most %d here, which is %d Chinese characters", len(name), most, most/3))
	case name != wx.JSONText(name) || strings.ContainsAny(name, "\r\n\t"):
		p.Add(at+".name", "has a line break or another character that WeChat does not take")
	}
}
