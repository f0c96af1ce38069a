package mp

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

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
		"text":               {sdk.Text{Text: " 你好 <a>\u2028b\x01 "}, `[{"msgtype":"text","text":{"content":"你好 <a>\nb"}}]`},
		"image":              {sdk.Image{Media: media}, `[{"image":{"media_id":"MID"},"msgtype":"image"}]`},
		"voice":              {sdk.Voice{Media: media}, `[{"msgtype":"voice","voice":{"media_id":"MID"}}]`},
		"video":              {sdk.Video{Media: media, Thumbnail: sdk.Media{ID: "T"}, Title: "t"}, `[{"msgtype":"video","video":{"description":"","media_id":"MID","thumb_media_id":"T","title":"t"}}]`},
		"link":               {sdk.Link{URL: "https://example.com/", Title: "t"}, `[{"msgtype":"news","news":{"articles":[{"description":"","picurl":"","title":"t","url":"https://example.com/"}]}}]`},
		"link without title": {sdk.Link{URL: "https://example.com/"}, `[{"msgtype":"text","text":{"content":"https://example.com/"}}]`},
		"menu":               {sdk.Menu{Head: "h", Choices: []sdk.Choice{{ID: "1", Text: "a"}, {ID: "2"}}}, `[{"msgmenu":{"head_content":"h","list":[{"content":"a","id":"1"}],"tail_content":""},"msgtype":"msgmenu"}]`},
	} {
		got, err := custom(test.content, 2048)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		var want any
		if err := json.Unmarshal([]byte(test.want), &want); err != nil {
			t.Fatal(err)
		}
		again, _ := json.Marshal(want)
		if text, err := json.Marshal(got); err != nil || unescaped(text) != unescaped(again) {
			t.Errorf("%s: %s, %v", name, text, err)
		}
	}
}

// unescaped is JSON as people read it.
func unescaped(data []byte) string {
	return strings.NewReplacer(`\u003c`, "<", `\u003e`, ">").Replace(string(data))
}

func TestCustom_WhatCannotBeSent(t *testing.T) {
	for name, content := range map[string]sdk.Content{
		"nothing": nil, "blank": sdk.Text{Text: " \x00"}, "no media": sdk.Image{}, "no thumbnail": sdk.Video{Media: sdk.Media{ID: "M"}},
		"no address": sdk.Link{Title: "t"}, "no choices": sdk.Menu{Head: "h"}, "a file": sdk.File{}, "a place": sdk.Location{}, "raw": sdk.Raw{},
	} {
		if got, err := custom(content, 2048); err == nil || got != nil {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestPieces_LoseNothingButBlanks(t *testing.T) {
	for name, text := range map[string]string{
		"short": "hello", "Chinese": strings.Repeat("长", 2000), "words": strings.Repeat("word ", 1500), "one word": strings.Repeat("x", 5000),
		"emoji": strings.Repeat("😀", 1100), "blanks": "a" + strings.Repeat(" ", 5000) + "b", "lines": strings.Repeat("line\n\n", 900), "none": " \n ",
	} {
		got := pieces(text, 2048)
		for _, p := range got {
			if len(p) > 2048 || !utf8.ValidString(p) || blank(p) {
				t.Errorf("%s: a piece of %d bytes", name, len(p))
			}
		}
		squeeze := func(s string) string { return strings.Join(strings.Fields(s), "") }
		if squeeze(strings.Join(got, "")) != squeeze(text) {
			t.Errorf("%s: %d pieces do not make the text", name, len(got))
		}
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
		err := c.late.failed(test.err)
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

func TestCapabilities_OfAnAccountThatMaySend(t *testing.T) {
	for kind, want := range map[string]bool{"unverified": false, "verified": true, "test": true} {
		conf := config(ModePlain)
		conf.Account = kind
		c := newChannel(t, conf, &safeBuffer{})
		if got := slices.Contains(c.Capabilities().Kinds, sdk.KindMenu); got != (kind == "verified") || c.late.possible() != want {
			t.Errorf("%s: %t", kind, got)
		}
		conf.AppSecret = sdk.Secret{}
		if newChannel(t, conf, &safeBuffer{}).late.possible() {
			t.Errorf("%s may send without a secret", kind)
		}
	}
}
