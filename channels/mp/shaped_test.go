package mp

import (
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/chuanhuabot/bot/channels/internal/fields"
	"github.com/chuanhuabot/bot/channels/internal/wx"
	"github.com/chuanhuabot/bot/sdk"
)

func TestPassive_WhatFitsWhere(t *testing.T) {
	menu := sdk.Menu{Choices: []sdk.Choice{{ID: "1", Text: "a"}}}
	for name, test := range map[string]struct {
		content sdk.Content
		at      place
		kind    sdk.Kind
		noted   bool
		err     error
	}{
		"text":                              {sdk.Text{Text: "a"}, place{}, sdk.KindText, false, nil},
		"menu":                              {menu, place{}, sdk.KindText, true, nil},
		"menu that can follow":              {menu, place{menus: true}, "", false, errWrongKind},
		"raw menu":                          {raw("msgmenu", `{"list":[{"id":"1","content":"a"}]}`), place{}, sdk.KindText, true, nil},
		"raw menu that can follow":          {raw("msgmenu", `{"list":[{"id":"1","content":"a"}]}`), place{menus: true}, "", false, errWrongKind},
		"menu of nothing":                   {sdk.Menu{Head: "h"}, place{menus: true}, "", false, errNothing},
		"place":                             {sdk.Location{Label: "x"}, place{}, sdk.KindText, true, nil},
		"link as an article":                {sdk.Link{URL: "u", Title: "t", Description: "d", PictureURL: "p"}, place{}, sdk.KindLink, false, nil},
		"link as a text":                    {sdk.Link{URL: "u", Title: "t"}, place{}, sdk.KindText, true, nil},
		"event":                             {sdk.Event{}, place{}, "", false, errNeverSent},
		"music":                             {raw("music", `{"thumb_media_id":"T"}`), place{}, sdk.KindRaw, false, nil},
		"eight articles after an event":     {newsOf(8), place{event: true}, sdk.KindRaw, false, nil},
		"nine articles after an event":      {newsOf(9), place{event: true}, sdk.KindRaw, true, nil},
		"two articles after a message":      {newsOf(2), place{}, sdk.KindRaw, true, nil},
		"transfer after a message":          {raw("transfer_customer_service", "{}"), place{}, sdk.KindRaw, false, nil},
		"transfer after an event":           {raw("transfer_customer_service", "{}"), place{event: true}, "", false, errNoTransfer},
		"template follows":                  {raw("template", `{"template_id":"T","data":{"a":{}}}`), place{}, "", false, errWrongKind},
		"template that is wrong":            {raw("template", `{"template_id":"T"}`), place{}, "", false, fields.ErrRaw},
		"card follows":                      {raw("wxcard", `{"card_id":"C"}`), place{}, "", false, errWrongKind},
		"type that nobody knows":            {raw("hologram", `{}`), place{}, "", false, fields.ErrRaw},
		"fields that are a list":            {raw("music", `[]`), place{}, "", false, fields.ErrRaw},
		"thumbnail of control characters":   {raw("music", `{"thumb_media_id":"\u0001"}`), place{}, "", false, fields.ErrRaw},
		"article of forbidden letters only": {raw("news", `{"articles":[{"title":"\u0002","description":"D","url":"u","picurl":"p"}]}`), place{}, "", false, fields.ErrRaw},
	} {
		got, note, err := passive(test.content, test.at)
		if !errors.Is(err, test.err) || (note != "") != test.noted {
			t.Errorf("%s: note %q, %v", name, note, err)
		}
		if (got == nil) != (test.kind == "") || got != nil && got.Kind() != test.kind {
			t.Errorf("%s: got %v", name, got)
		}
	}
}

// TestRaw_SaysWhatIsMissing reads what a plugin's author would.
func TestRaw_SaysWhatIsMissing(t *testing.T) {
	for given, want := range map[[2]string]string{
		{"music", `{}`}:                                                      "music.thumb_media_id is missing",
		{"music", `{"thumb_media_id":5}`}:                                    "music.thumb_media_id must be a text",
		{"music", `{"thumb_media_id":"T","title":5}`}:                        "music.title must be a text",
		{"transfer_customer_service", `{"kf_account":1}`}:                    "transfer_customer_service.kf_account must be a text",
		{"msgmenu", `{"list":[{"id":"1","content":"a"}],"tail_content":[]}`}: "msgmenu.tail_content must be a text",
		{"msgmenu", `{"list":[{"id":1,"content":"a"}]}`}:                     "msgmenu.list[0].id must be a text",
		{"news", `{}`}:                                 "news.articles is missing",
		{"news", `{"articles":[]}`}:                    "news.articles is missing",
		{"news", `{"articles":["x"]}`}:                 "news.articles must be a list of objects",
		{"news", `{"articles":[{"title":"t"}]}`}:       "news.articles[0].description is missing",
		{"msgmenu", `{"list":[{"id":"1"}]}`}:           "msgmenu.list[0].content is missing",
		{"wxcard", `{}`}:                               "wxcard.card_id is missing",
		{"mpnewsarticle", `{"article_id":" "}`}:        "mpnewsarticle.article_id is missing",
		{"miniprogrampage", `{"title":"t"}`}:           "miniprogrampage.appid is missing",
		{"template", `{"data":{"a":{}}}`}:              "template.template_id is missing",
		{"subscribe", `{"template_id":"T"}`}:           "subscribe.data is missing",
		{"subscribe", `{"template_id":"T","data":{}}`}: "subscribe.data is missing",
		{"mpvideo", `{}`}:                              "the types are miniprogrampage, mpnewsarticle, msgmenu",
	} {
		_, _, err := passive(raw(given[0], given[1]), place{})
		if err == nil || !strings.Contains(err.Error(), want) || !errors.Is(err, fields.ErrRaw) {
			t.Errorf("%v: got %v, want %s", given, err, want)
		}
	}
}

func TestPassive_SurplusArticlesAreCut(t *testing.T) {
	for event, want := range map[bool]int{false: 1, true: 8} {
		c, _, err := passive(newsOf(10), place{event: event})
		if err != nil {
			t.Fatal(err)
		}
		xml := "<xml>" + string(appendContent(nil, c)) + "</xml>"
		root, err := wx.Parse([]byte(xml))
		if err != nil {
			t.Fatal(err)
		}
		if n := len(root.Find("Articles").Fields); n != want || root.Get("ArticleCount") != map[int]string{1: "1", 8: "8"}[want] {
			t.Errorf("event %t: %d articles in %s", event, n, xml)
		}
	}
}

// TestDegraded_IsDone: what it returns needs it no more, and a note comes with each change.
func TestDegraded_IsDone(t *testing.T) {
	for _, c := range []sdk.Content{
		nil, sdk.Text{Text: "a"}, sdk.Image{}, sdk.Image{Media: sdk.Media{ID: "M", URL: "https://example.com"}}, sdk.Image{Media: sdk.Media{URL: "https://example.com"}},
		sdk.Voice{Media: sdk.Media{URL: "ftp://example.com"}}, sdk.Video{Media: sdk.Media{URL: "https://example.com"}, Title: "t"}, sdk.File{}, sdk.File{Media: sdk.Media{Name: "n"}},
		sdk.Location{}, sdk.Location{Latitude: 200}, sdk.Menu{}, sdk.Menu{Choices: []sdk.Choice{{Text: "a"}}}, sdk.Event{}, sdk.Raw{}, sdk.Link{},
	} {
		shown, note := degraded(c, false)
		if same := reflect.DeepEqual(shown, c); same != (note == "") {
			t.Errorf("%#v became %#v with the note %q", c, shown, note)
		}
		if again, note := degraded(shown, false); !reflect.DeepEqual(again, shown) || note != "" {
			t.Errorf("%#v became %#v, and then %#v", c, shown, again)
		}
	}
}

func TestDegraded_Texts(t *testing.T) {
	for name, test := range map[string]struct {
		content sdk.Content
		want    string
	}{
		"image":            {sdk.Image{Media: sdk.Media{URL: `https://example.com/"><a>`, Name: "a <b>\nc"}}, `<a href="https://example.com/%22%3E%3Ca%3E">a ＜b＞ c</a>`},
		"image of no name": {sdk.Image{Media: sdk.Media{URL: "https://example.com/p"}}, "https://example.com/p"},
		"video":            {sdk.Video{Media: sdk.Media{URL: "https://example.com/v", Name: "v.mp4"}, Title: "T"}, `<a href="https://example.com/v">T</a>`},
		"file":             {sdk.File{Media: sdk.Media{Name: "a.pdf"}}, "a.pdf"},
		"file to run":      {sdk.File{Media: sdk.Media{URL: "javascript:alert(1)", Name: "a.pdf"}}, "a.pdf"},
		"place":            {sdk.Location{Latitude: -1.5, Longitude: 2, Label: "甲;乙:丙&丁"}, `<a href="https://apis.map.qq.com/uri/v1/marker?marker=coord%3A-1.5%2C2%3Btitle%3A%E7%94%B2%20%E4%B9%99%20%E4%B8%99%26%E4%B8%81%3Baddr%3A%E7%94%B2%20%E4%B9%99%20%E4%B8%99%26%E4%B8%81&referer=bot">甲;乙:丙&丁</a>`},
		"menu":             {sdk.Menu{Head: "h", Choices: []sdk.Choice{{ID: "a&b", Text: `<1> "x" 50%`}, {Text: " "}}, Tail: "t"}, "h\n" + `<a href="weixin://bizmsgmenu?msgmenucontent=%3C1%3E%20%22x%22%2050%25&msgmenuid=a%26b">＜1＞ "x" 50%</a>` + "\nt"},
	} {
		if shown, note := degraded(test.content, false); shown != (sdk.Text{Text: test.want}) || note == "" {
			t.Errorf("%s: got %v, %q", name, shown, note)
		}
	}
}

func TestDegraded_LongMenusHaveNumbers(t *testing.T) {
	m := sdk.Menu{}
	for range 20 {
		m.Choices = append(m.Choices, sdk.Choice{ID: "1", Text: "一个很长的选项"})
	}
	shown, _ := degraded(m, false)
	if text := shown.(sdk.Text).Text; !strings.HasPrefix(text, "1. 一个很长的选项\n2. ") || !strings.HasSuffix(text, "\n20. 一个很长的选项") {
		t.Errorf("got %s", text)
	}
}

// TestReply_ShownInAnotherWay goes the whole way, and finds the note in the log.
func TestReply_ShownInAnotherWay(t *testing.T) {
	c, _, log := answering(t, config(ModePlain), sdk.File{Media: sdk.Media{Name: "a.pdf"}})
	wantText(t, callPlain(t.Context(), c, textBody(1, "hello")), "a.pdf")
	if got := log.String(); strings.Count(got, "content is shown in another way") != 1 || !strings.Contains(got, "kind=file") {
		t.Errorf("got the log %s", got)
	}
}

func TestReply_TransferNeedsAMessage(t *testing.T) {
	c, _, log := answering(t, config(ModePlain), raw("transfer_customer_service", ""))
	if got := callPlain(t.Context(), c, textBody(1, "人工")).Body.String(); !strings.Contains(got, "<MsgType><![CDATA[transfer_customer_service]]></MsgType></xml>") {
		t.Errorf("got %s", got)
	}
	wantSuccess(t, callPlain(t.Context(), c, eventBody("CLICK", "<EventKey>K</EventKey>")))
	if !strings.Contains(log.String(), errNoTransfer.Error()) {
		t.Errorf("got the log %s", log)
	}
}

func TestReply_Markdown(t *testing.T) {
	for name, test := range map[string]struct {
		on         bool
		text, want string
	}{
		"on":                 {true, "# 标题\n**粗**体", "【标题】\n粗体"},
		"off":                {false, "# 标题", "# 标题"},
		"nothing but markup": {true, "```\n```", "```\n```"},
	} {
		conf := config(ModePlain)
		conf.Markdown = test.on
		c, _, _ := answering(t, conf, sdk.Text{Text: test.text})
		t.Run(name, func(t *testing.T) { wantText(t, callPlain(t.Context(), c, textBody(1, "hello")), test.want) })
	}
}
