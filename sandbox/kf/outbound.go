package kf

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

// outbound is a message of the bot (pages 94677 and, with a code, 95122).
type outbound struct {
	To      string  `json:"touser"`
	Account string  `json:"open_kfid"`
	Code    string  `json:"code"`
	ID      *string `json:"msgid"`
	Kind    string  `json:"msgtype"`
	Text    struct {
		Content string `json:"content"`
	} `json:"text"`
	Image       mediaPart `json:"image"`
	Voice       mediaPart `json:"voice"`
	Video       mediaPart `json:"video"`
	File        mediaPart `json:"file"`
	Link        card      `json:"link"`
	MiniProgram card      `json:"miniprogram"`
	Menu        menu      `json:"msgmenu"`
	Location    struct {
		Name      string   `json:"name"`
		Address   string   `json:"address"`
		Latitude  *float64 `json:"latitude"`
		Longitude *float64 `json:"longitude"`
	} `json:"location"`
	BusinessCard struct {
		Member string `json:"userid"`
	} `json:"business_card"`
	Acquisition struct {
		URL string `json:"link_url"`
	} `json:"ca_link"`
}

type mediaPart struct {
	ID string `json:"media_id"`
}

// card is a link or a mini program.
type card struct {
	Title       string `json:"title"`
	Description string `json:"desc"`
	URL         string `json:"url"`
	AppID       string `json:"appid"`
	Page        string `json:"pagepath"`
	Thumb       string `json:"thumb_media_id"`
}

var messageID = regexp.MustCompile(`^[0-9A-Za-z_-]{1,32}$`)

// check refuses what the platform would not take from anybody, and cuts what it cuts.
func (out *outbound) check(c *Corp) *refusal {
	if out.ID != nil && !messageID.MatchString(*out.ID) { // Also "": leave it out to have none.
		return refuse(codeParameter)
	}
	if check, ok := checks[out.Kind]; ok {
		return check(out, c)
	}
	return refuse(codeMsgType)
}

// checks are the kinds of message that there are, and their limits (page 94677).
var checks = map[string]func(*outbound, *Corp) *refusal{
	"text":          (*outbound).checkText,
	"image":         func(out *outbound, c *Corp) *refusal { return c.checkMedia(out.Image.ID, "image") },
	"voice":         func(out *outbound, c *Corp) *refusal { return c.checkMedia(out.Voice.ID, "voice") },
	"video":         func(out *outbound, c *Corp) *refusal { return c.checkMedia(out.Video.ID, "video") },
	"file":          func(out *outbound, c *Corp) *refusal { return c.checkMedia(out.File.ID, "file") },
	"link":          (*outbound).checkLink,
	"miniprogram":   (*outbound).checkMiniProgram,
	"msgmenu":       func(out *outbound, _ *Corp) *refusal { return out.Menu.check() },
	"location":      (*outbound).checkLocation,
	"business_card": (*outbound).checkBusinessCard,
	"ca_link":       (*outbound).checkAcquisition,
}

func (out *outbound) checkText(c *Corp) *refusal {
	rules, text := c.platform.Rules(), &out.Text.Content
	switch {
	case strings.TrimSpace(*text) == "":
		return refuse(codeEmpty)
	case len(*text) <= rules.TextLimit:
	case !rules.CutText:
		return refuse(codeTextSize)
	default:
		*text = cut(*text, rules.TextLimit)
	}
	return nil
}

func (c *Corp) checkMedia(id, kind string) *refusal {
	if m, ok := c.Medium(id); !ok || m.Type != kind {
		return refuse(codeMediaID)
	}
	return nil
}

func (out *outbound) checkLink(c *Corp) *refusal {
	l := &out.Link
	if l.Title == "" || len(l.URL) > 2048 || !strings.HasPrefix(l.URL, "http://") && !strings.HasPrefix(l.URL, "https://") {
		return refuse(codeParameter)
	}
	l.Title, l.Description = cut(l.Title, 128), cut(l.Description, 512)
	return c.checkMedia(l.Thumb, "image")
}

func (out *outbound) checkMiniProgram(c *Corp) *refusal {
	m := &out.MiniProgram
	if m.AppID == "" || m.Page == "" {
		return refuse(codeParameter)
	}
	m.Title = cut(m.Title, 64)
	return c.checkMedia(m.Thumb, "image")
}

func (out *outbound) checkLocation(*Corp) *refusal {
	latitude, longitude := out.Location.Latitude, out.Location.Longitude
	if latitude == nil || longitude == nil || *latitude < -90 || *latitude > 90 || *longitude < -180 || *longitude > 180 {
		return refuse(codeParameter)
	}
	return nil
}

func (out *outbound) checkBusinessCard(c *Corp) *refusal {
	if _, ok := c.member(out.BusinessCard.Member); !ok {
		return refuse(codeMember)
	}
	return nil
}

func (out *outbound) checkAcquisition(*Corp) *refusal {
	if !strings.HasPrefix(out.Acquisition.URL, "https://work.weixin.qq.com/ca/") {
		return refuse(codeParameter)
	}
	return nil
}

// cut returns the first bytes of a text, at most as many, and no half character.
func cut(text string, most int) string {
	if len(text) <= most {
		return text
	}
	for most > 0 && !utf8.RuneStart(text[most]) {
		most--
	}
	return text[:most]
}
