package mp

import (
	"encoding/json"
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/chuanhuabot/bot/channels/internal/fields"
	"github.com/chuanhuabot/bot/channels/internal/wx"
	"github.com/chuanhuabot/bot/core"
	"github.com/chuanhuabot/bot/sdk"
)

func TestCustom_EveryKind(t *testing.T) {
	media := sdk.Media{ID: "MID"}
	for name, test := range map[string]struct {
		content sdk.Content
		want    string
	}{
		"text":               {sdk.Text{Text: " 你好 <a>\u2028b\x01 "}, `{"msgtype":"text","text":{"content":"你好 <a>\nb"}}`},
		"image":              {sdk.Image{Media: media}, `{"image":{"media_id":"MID"},"msgtype":"image"}`},
		"voice":              {sdk.Voice{Media: media}, `{"msgtype":"voice","voice":{"media_id":"MID"}}`},
		"video":              {sdk.Video{Media: media, Thumbnail: sdk.Media{ID: "T"}, Title: "t"}, `{"msgtype":"video","video":{"description":"","media_id":"MID","thumb_media_id":"T","title":"t"}}`},
		"link":               {sdk.Link{URL: "https://example.com/", Title: "t"}, `{"msgtype":"news","news":{"articles":[{"description":"","picurl":"","title":"t","url":"https://example.com/"}]}}`},
		"link without title": {sdk.Link{URL: "https://example.com/"}, `{"msgtype":"text","text":{"content":"https://example.com/"}}`},
		"menu":               {sdk.Menu{Head: "h", Choices: []sdk.Choice{{ID: "1", Text: "a"}, {ID: "2"}}}, `{"msgmenu":{"head_content":"h","list":[{"content":"a","id":"1"}],"tail_content":""},"msgtype":"msgmenu"}`},
		"raw menu":           {raw("msgmenu", `{"head_content":"h","list":[{"id":"1","content":"a"}]}`), `{"msgmenu":{"head_content":"h","list":[{"content":"a","id":"1"}],"tail_content":""},"msgtype":"msgmenu"}`},
		"music":              {raw("music", `{"musicurl":"https://a/","thumb_media_id":"T"}`), `{"msgtype":"music","music":{"musicurl":"https://a/","hqmusicurl":"https://a/","thumb_media_id":"T"}}`},
		"news":               {raw("news", `{"articles":[{"title":"a\u2028","url":"https://a/","x":12345678901234567890}]}`), `{"msgtype":"news","news":{"articles":[{"title":"a\n","url":"https://a/","x":12345678901234567890}]}}`},
		"published article":  {raw("mpnewsarticle", `{"article_id":"A"}`), `{"msgtype":"mpnewsarticle","mpnewsarticle":{"article_id":"A"}}`},
		"card":               {raw("wxcard", `{"card_id":"A"}`), `{"msgtype":"wxcard","wxcard":{"card_id":"A"}}`},
		"mini program":       {raw("miniprogrampage", `{"title":"t","appid":"a","pagepath":"p","thumb_media_id":"T"}`), `{"msgtype":"miniprogrampage","miniprogrampage":{"title":"t","appid":"a","pagepath":"p","thumb_media_id":"T"}}`},
		"place":              {sdk.Location{Latitude: 1, Longitude: 2, Label: "here"}, `{"msgtype":"text","text":{"content":"<a href=\"https://apis.map.qq.com/uri/v1/marker?marker=coord%3A1%2C2%3Btitle%3Ahere%3Baddr%3Ahere&referer=bot\">here</a>"}}`},
	} {
		got, note, err := custom(test.content, 2048, true)
		if err != nil || got.path != "/cgi-bin/message/custom/send" || (note != "") != (name == "place") {
			t.Errorf("%s: %v, note %q, %v", name, got, note, err)
			continue
		}
		sameJSON(t, name, got.body, test.want)
	}
}

func sameJSON(t *testing.T, name string, got any, want string) {
	t.Helper()
	var wanted any
	if err := json.Unmarshal([]byte(want), &wanted); err != nil {
		t.Fatal(name, err)
	}
	data, err := json.Marshal(got)
	if err != nil {
		t.Fatal(name, err)
	}
	var again any
	if err := json.Unmarshal(data, &again); err != nil || !reflect.DeepEqual(again, wanted) {
		t.Errorf("%s: got %s, want %s", name, data, want)
	}
}

func TestCustom_Notices(t *testing.T) {
	for kind, path := range map[string]string{"template": "/cgi-bin/message/template/send", "subscribe": "/cgi-bin/message/subscribe/bizsend"} {
		fields := `{"template_id":"T","url":"https://a/","miniprogram":{"appid":"a"},"client_msg_id":"c","data":{"thing1":{"value":"x"}}}`
		got, note, err := custom(sdk.Raw{Type: kind, Fields: json.RawMessage(fields)}, 2048, false)
		if err != nil || note != "" || got.path != path {
			t.Fatalf("%s: %v %q %v", kind, got, note, err)
		}
		sameJSON(t, kind, got.body, fields)
	}
}

func TestCustom_MenusAsTexts(t *testing.T) {
	got, note, err := custom(sdk.Menu{Head: "h", Choices: []sdk.Choice{{ID: "1", Text: "a"}}}, 2048, false)
	if err != nil || note == "" {
		t.Fatal(got, note, err)
	}
	sameJSON(t, "menu", got.body, `{"msgtype":"text","text":{"content":"h\n<a href=\"weixin://bizmsgmenu?msgmenucontent=a&msgmenuid=1\">a</a>"}}`)
}

func TestCustom_MoreArticlesThanAreShown(t *testing.T) {
	got, note, err := custom(newsOf(3), 2048, true)
	if err != nil || !strings.Contains(note, "3 articles") {
		t.Fatal(got, note, err)
	}
	sameJSON(t, "news", got.body, `{"msgtype":"news","news":{"articles":[{"title":"T0","description":"D","url":"https://example.com/0","picurl":"https://example.com/p"}]}}`)
}

func TestCustom_WhatCannotBeSent(t *testing.T) {
	for name, test := range map[string]struct {
		content sdk.Content
		want    error
	}{
		"nothing": {nil, errNothing}, "blank": {sdk.Text{Text: " \x00"}, errNothing}, "no media": {sdk.Image{}, errNoMedia},
		"no thumbnail": {sdk.Video{Media: sdk.Media{ID: "M"}}, errNoThumbnail}, "no clip": {sdk.Video{Thumbnail: sdk.Media{ID: "M"}}, errNoMedia},
		"no address": {sdk.Link{Title: "t"}, errNothing}, "no choices": {sdk.Menu{Head: "h"}, errNothing}, "a file of nothing": {sdk.File{}, errNoMedia},
		"nowhere": {sdk.Location{Latitude: 91}, errNeverSent}, "raw": {sdk.Raw{}, fields.ErrRaw}, "event": {sdk.Event{Type: "CLICK"}, errNeverSent},
		"transfer": {sdk.Raw{Type: "transfer_customer_service"}, errPassiveOnly},
	} {
		if got, note, err := custom(test.content, 2048, true); !errors.Is(err, test.want) || got.body != nil || note != "" {
			t.Errorf("%s: %v, %q, %v", name, got, note, err)
		}
	}
}

// TestLate_PartsLoseNothingButBlanks holds that a text that takes several messages is all there, whatever it is made of.
func TestLate_PartsLoseNothingButBlanks(t *testing.T) {
	c := newChannel(t, config(ModePlain), &safeBuffer{})
	for name, text := range map[string]string{
		"short": "hello", "Chinese": strings.Repeat("长", 2000), "words": strings.Repeat("word ", 1500), "one word": strings.Repeat("x", 5000),
		"emoji": strings.Repeat("😀", 1100), "blanks": "a" + strings.Repeat(" ", 5000) + "b", "lines": strings.Repeat("line\n\n", 900),
	} {
		d := &core.Delivery{Content: sdk.Text{Text: text}}
		parts := partsOf(t, c.late, d)
		for _, p := range parts {
			if len(p) > 2048 || !utf8.ValidString(p) || blank(p) {
				t.Errorf("%s: a part of %d bytes", name, len(p))
			}
		}
		squeeze := func(s string) string { return strings.Join(strings.Fields(s), "") }
		if squeeze(strings.Join(parts, "")) != squeeze(text) {
			t.Errorf("%s: %d parts do not make the text", name, len(parts))
		}
	}
}

// TestLate_LinkWithoutTitleMayTakeSeveral is about what becomes a text, and is long.
func TestLate_LinkWithoutTitleMayTakeSeveral(t *testing.T) {
	c := newChannel(t, config(ModePlain), &safeBuffer{})
	parts := partsOf(t, c.late, &core.Delivery{Content: sdk.Link{Description: strings.Repeat("长", 800), URL: "https://example.com/"}})
	if len(parts) != 2 || !strings.HasSuffix(parts[1], "\nhttps://example.com/") {
		t.Errorf("%q", parts)
	}
}

// partsOf returns the texts of the messages that carry a delivery.
func partsOf(t *testing.T, l *late, d *core.Delivery) []string {
	t.Helper()
	var parts []string
	for {
		call, progress, err := l.next(d)
		if err != nil {
			t.Fatal(err)
		}
		if call.body == nil {
			return parts
		}
		parts = append(parts, call.body["text"].(map[string]any)["content"].(string))
		if progress == 0 {
			return parts
		}
		d.Progress = progress
	}
}

// TestLate_WhatAnErrorMeans decides between sent twice and lost.
func TestLate_WhatAnErrorMeans(t *testing.T) {
	for name, test := range map[string]struct {
		err    error
		again  bool
		after  time.Duration
		closed bool
	}{
		"not sent":          {wx.ErrNotSent, true, 0, false},
		"no token, busy":    {errors.Join(wx.ErrNotSent, &wx.Refusal{Code: -1}), true, 0, false},
		"no token":          {errors.Join(wx.ErrNotSent, &wx.Refusal{Code: 40164}), true, time.Minute, false},
		"nobody knows":      {wx.ErrUnknown, false, 0, false},
		"busy":              {&wx.Refusal{Code: -1}, false, 0, false},
		"quota of the day":  {&wx.Refusal{Code: 45009}, true, time.Hour, false},
		"too often":         {&wx.Refusal{Code: 45011}, true, time.Minute, false},
		"not on the list":   {&wx.Refusal{Code: 40164}, true, time.Minute, false},
		"window over":       {&wx.Refusal{Code: 45015}, false, 0, true},
		"used up":           {&wx.Refusal{Code: 45047}, false, 0, true},
		"not allowed":       {&wx.Refusal{Code: 48001}, false, 0, true},
		"never heard of it": {&wx.Refusal{Code: 99999}, false, 0, false},
	} {
		c := newChannel(t, config(ModePlain), &safeBuffer{})
		err := c.late.failed(test.err, true)
		var later *core.RetryError
		if errors.As(err, &later) != test.again || !errors.Is(err, test.err) && !test.again {
			t.Errorf("%s: %v", name, err)
		}
		if test.again && later.After != test.after {
			t.Errorf("%s: after %v", name, later)
		}
		if errors.Is(err, errClosed) != test.closed {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestLate_OfAnAccountThatMaySend(t *testing.T) {
	for kind, want := range map[string]bool{"unverified": false, "verified": true, "test": true} {
		conf := config(ModePlain)
		conf.Account = kind
		c := newChannel(t, conf, &safeBuffer{})
		if c.late.menus != (kind == "verified") || c.late.possible() != want {
			t.Errorf("%s: menus %t, possible %t", kind, c.late.menus, c.late.possible())
		}
		if kinds := c.Capabilities().Kinds; !slices.Contains(kinds, sdk.KindLocation) || slices.Contains(kinds, sdk.KindEvent) {
			t.Errorf("%s: kinds %v", kind, kinds)
		}
		conf.AppSecret = sdk.Secret{}
		if newChannel(t, conf, &safeBuffer{}).late.possible() {
			t.Errorf("%s may send without a secret", kind)
		}
	}
}
