package kf

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/chuanhuabot/bot/channels/internal/fields"
	"github.com/chuanhuabot/bot/sandbox/transcript"
	"github.com/chuanhuabot/bot/sdk"
)

// item is an item of a raw menu.
func item(kind, object string) string { return fmt.Sprintf(`{"type":%q,%q:%s}`, kind, kind, object) }

// menuOf is a raw menu of items.
func menuOf(items ...string) sdk.Raw {
	return rawOf("msgmenu", `{"list":[`+strings.Join(items, ",")+`]}`)
}

// list returns one text n times.
func list(n int, one string) []string { return slices.Repeat([]string{one}, n) }

// said is the object of an item that only says something.
func said(text string) string { return item("text", texts("content", text)) }

// texts is an object of texts, each after its name.
func texts(pairs ...string) string {
	all := map[string]string{}
	for i := 0; i+1 < len(pairs); i += 2 {
		all[pairs[i]] = pairs[i+1]
	}
	data, _ := json.Marshal(all) // Of texts.
	return string(data)
}

// TestSend_Raw sends each type as large as it can be. The simulated platform refuses what is larger.
func TestSend_Raw(t *testing.T) {
	s := newCounter(t)
	thumb := s.corp.Keep("image", "t.png", []byte("data"))
	const contact = "https://work.weixin.qq.com/ca/a"
	page := "https://" + long(2040)
	link := func(title, desc, url string) sdk.Raw {
		return rawOf("link", texts("title", title, "desc", desc, "url", url, "thumb_media_id", thumb))
	}
	program := func(title string) sdk.Raw {
		return rawOf("miniprogram", texts("appid", "wx1", "title", title, "thumb_media_id", thumb, "pagepath", "p"))
	}
	around := rawOf("msgmenu", `{"head_content":"`+long(1024)+`","list":[`+said("t")+`],"tail_content":"`+long(1024)+`"}`)
	largest := item("miniprogram", texts("appid", long(32), "pagepath", long(1024), "content", long(1024)))
	noIDs := menuOf(item("click", texts("content", "c")), item("click", texts("id", "", "content", "d")),
		item("click", `{"id":null,"content":"e"}`))
	s.check(map[string]test{
		"link":                {link("T", "D", "https://example.com"), "link", "T", nil},
		"link of no words":    {rawOf("link", texts("title", "T", "url", "http://a", "thumb_media_id", thumb)), "link", "T", nil},
		"link, large":         {link(long(128), long(512), page), "link", long(128), nil},
		"link, too large":     {link(strings.Repeat("长", 50), long(513), page), "link", strings.Repeat("长", 42), nil},
		"program":             {program("T"), "miniprogram", "T", nil},
		"program, too large":  {program(strings.Repeat("🐱", 17)), "miniprogram", strings.Repeat("🐱", 16), nil},
		"card":                {rawOf("business_card", texts("userid", zhang)), "business_card", zhang, nil},
		"acquisition":         {rawOf("ca_link", texts("link_url", contact)), "ca_link", contact, nil},
		"menu of a click":     {menuOf(item("click", texts("id", long(64), "content", long(128)))), "msgmenu", long(128), nil},
		"menu of no id":       {noIDs, "msgmenu", "c\nd\ne", nil},
		"menu of a page":      {menuOf(item("view", texts("url", page, "content", long(1024)))), "msgmenu", long(1024), nil},
		"menu of a program":   {menuOf(largest), "msgmenu", long(1024), nil},
		"menu of a text":      {menuOf(item("text", `{"content":"`+long(256)+`","no_newline":1}`)), "msgmenu", long(256), nil},
		"menu of ten":         {menuOf(list(10, said("t"))...), "msgmenu", strings.Join(list(10, "t"), "\n"), nil},
		"menu of long words":  {around, "msgmenu", long(1024) + "\nt\n" + long(1024), nil},
		"menu of odd letters": {menuOf(item("text", `{"content":"a\u0001\u2028b"}`)), "msgmenu", "a\nb", nil},
	})
}

// TestSend_RawLinksAreCutAtWholeCharacters: the platform would cut them in the middle of one. The plugin's author reads of it.
func TestSend_RawLinksAreCutAtWholeCharacters(t *testing.T) {
	s := newCounter(t)
	thumb := s.corp.Keep("image", "t.png", []byte("data"))
	title, desc := " "+strings.Repeat("题", 60), "ab"+strings.Repeat("述", 200)
	all, err := s.send(rawOf("link", texts("title", title, "desc", desc, "url", "https://a", "thumb_media_id", thumb)))
	if err != nil || len(all) != 1 || all[0].Kind != transcript.Saw {
		t.Fatalf("%+v, %v", all, err)
	}
	if d := all[0].Detail; d.Title != strings.Repeat("题", 42) || d.Description != "ab"+strings.Repeat("述", 170) {
		t.Errorf("got %q, %q", d.Title, d.Description)
	}
	s.logged("a text in it is too long: it is cut")
}

// TestRaw_SaysWhatIsWrong reads what a plugin's author would.
func TestRaw_SaysWhatIsWrong(t *testing.T) {
	link := func(pairs ...string) string {
		return texts(append([]string{"title", "T", "url", "https://a", "thumb_media_id", "M"}, pairs...)...)
	}
	of := func(items ...string) string { return string(menuOf(items...).Fields) }
	click := func(object string) string { return of(item("click", object)) }
	with := func(field, value string) string { return `{"list":[` + said("t") + `],"` + field + `":` + value + `}` }
	for _, test := range []struct{ kind, object, want string }{
		{"link", `{}`, "link.title is missing"},
		{"link", `{"title":"T"}`, "link.url is missing"},
		{"link", `{"title":"T","url":"https://a"}`, "link.thumb_media_id is missing"},
		{"link", `{"title":{"a":1},"url":"https://a","thumb_media_id":"M"}`, "link.title must be a text"},
		{"link", link("title", " \u0001"), "link.title is missing"},
		{"link", `{"title":"T","url":"https://a","thumb_media_id":"M","desc":5}`, "link.desc must be a text"},
		{"link", link("url", "https://"+long(2041)), "link.url has more than 2048 bytes"},
		{"link", link("url", "example.com"), "link.url must begin with http:// or https://"},
		{"link", link("url", "javascript:alert(1)"), "link.url must begin with http:// or https://"},
		{"miniprogram", `{"title":"T"}`, "miniprogram.appid is missing"},
		{"miniprogram", texts("appid", "a", "title", "T", "thumb_media_id", "M"), "miniprogram.pagepath is missing"},
		{"miniprogram", `{"appid":1}`, "miniprogram.appid must be a text"},
		{"business_card", `{}`, "business_card.userid is missing"},
		{"business_card", `{"userid":["a"]}`, "business_card.userid is missing"},
		{"ca_link", `{}`, "ca_link.link_url is missing"},
		{"ca_link", texts("link_url", "https://example.com/ca/"), "ca_link.link_url must begin with https://work.weixin.qq.com/ca/"},
		{"msgmenu", ``, "msgmenu.list is missing"},
		{"msgmenu", `{"list":[]}`, "msgmenu.list is missing"},
		{"msgmenu", `{"list":["a"]}`, "msgmenu.list must be a list of objects"},
		{"msgmenu", `{"list":[{}]}`, "msgmenu.list[0].type must be click, view, miniprogram or text"},
		{"msgmenu", `{"list":[{"type":"click"}]}`, "msgmenu.list[0].type must be click, view, miniprogram or text, with an object"},
		{"msgmenu", `{"list":[{"type":"click","click":"c"}]}`, "msgmenu.list[0].type must be"},
		{"msgmenu", `{"list":[{"type":"list","list":{}}]}`, "msgmenu.list[0].type must be"},
		{"msgmenu", of(said("t"), item("view", `{"url":"u"}`)), "msgmenu.list[1].view.content is missing"},
		{"msgmenu", click(`{}`), "msgmenu.list[0].click.content is missing"},
		{"msgmenu", click(texts("content", long(129))), "msgmenu.list[0].click.content has more than 128 bytes"},
		{"msgmenu", click(texts("content", "c", "id", long(65))), "msgmenu.list[0].click.id has more than 64 bytes"},
		{"msgmenu", click(`{"content":"c","id":7}`), "msgmenu.list[0].click.id must be a text"},
		{"msgmenu", click(`{"content":{"a":1}}`), "msgmenu.list[0].click.content must be a text"},
		{"msgmenu", of(item("view", texts("url", long(2049), "content", "c"))), "msgmenu.list[0].view.url has more than 2048 bytes"},
		{"msgmenu", of(item("view", texts("url", "u", "content", long(1025)))), "msgmenu.list[0].view.content has more than 1024 bytes"},
		{"msgmenu", of(item("miniprogram", texts("appid", long(33)))), "msgmenu.list[0].miniprogram.appid has more than 32 bytes"},
		{"msgmenu", of(item("miniprogram", texts("appid", "a"))), "msgmenu.list[0].miniprogram.pagepath is missing"},
		{"msgmenu", of(said(long(257))), "msgmenu.list[0].text.content has more than 256 bytes"},
		{"msgmenu", of(list(11, said("t"))...), "msgmenu.list has more than 10 items"},
		{"msgmenu", with("head_content", "7"), "msgmenu.head_content must be a text"},
		{"msgmenu", with("head_content", `"`+long(1025)+`"`), "msgmenu.head_content has more than 1024 bytes"},
		{"msgmenu", with("tail_content", `"`+long(1025)+`"`), "msgmenu.tail_content has more than 1024 bytes"},
		{"link", `[]`, "its fields are no JSON object"},
		{"hologram", `{}`, `"hologram" is not what the platform takes: the types are business_card, ca_link, link, miniprogram, msgmenu`},
		{"", `{}`, "the types are business_card, ca_link, link, miniprogram, msgmenu"},
		{"text", `{"content":"a"}`, "the types are"},
	} {
		for range 5 { // Always the same words.
			o, note, err := raw(rawOf(test.kind, test.object))
			if !errors.Is(err, fields.ErrRaw) || !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), "\n") {
				t.Errorf("%s %.80s: got %v, want %s", test.kind, test.object, err, test.want)
			}
			if o.body != nil || note != "" {
				t.Errorf("%s %.80s: %v, %q", test.kind, test.object, o, note)
			}
		}
	}
}

// TestRaw_KeepsFieldsThatNobodyKnows: the platform may have new ones.
func TestRaw_KeepsFieldsThatNobodyKnows(t *testing.T) {
	o, _, err := raw(rawOf("business_card", `{"userid":"u","since":12345678901234567890,"more":{"a":[1]}}`))
	data, _ := json.Marshal(o.body)
	want := `{"business_card":{"more":{"a":[1]},"since":12345678901234567890,"userid":"u"},"msgtype":"business_card"}`
	if err != nil || string(data) != want {
		t.Errorf("%s, %v", data, err)
	}
}

func TestHandoffOf(t *testing.T) {
	for _, test := range []struct {
		content sdk.Content
		reason  string
		ok      bool
	}{
		{rawOf("handoff", `{"reason":"angry\u0001"}`), "angry", true},
		{rawOf("handoff", ``), "", true},
		{rawOf("handoff", `{"reason":7}`), "", true},
		{rawOf("handoff", `[]`), "", true},
		{rawOf("link", `{"reason":"x"}`), "", false},
		{sdk.Text{Text: "handoff"}, "", false},
		{nil, "", false},
	} {
		if reason, ok := handoffOf(test.content); reason != test.reason || ok != test.ok || isHandoff(test.content) != ok {
			t.Errorf("%v: %q, %t", test.content, reason, ok)
		}
	}
}
