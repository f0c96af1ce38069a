package kf

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/chuanhuabot/bot/channels/internal/fields"
	"github.com/chuanhuabot/bot/core"
	wecom "github.com/chuanhuabot/bot/sandbox/kf"
	"github.com/chuanhuabot/bot/sdk"
)

func long(n int) string { return strings.Repeat("x", n) }

// choices are n choices with an ID and a text of some bytes each.
func choices(n, id, text int) (all []sdk.Choice) {
	for range n {
		all = append(all, sdk.Choice{ID: long(id), Text: long(text)})
	}
	return all
}

// numbered is the text of as many choices.
func numbered(n, text int) string {
	var said []string
	for i := range n {
		said = append(said, fmt.Sprintf("%d. %s", i+1, long(text)))
	}
	return strings.Join(said, "\n")
}

func TestSend_Menus(t *testing.T) {
	few, eleventh := choices(2, 1, 1), append(choices(10, 1, 1), sdk.Choice{Text: " "})
	rated := sdk.Menu{Head: "满意吗？", Choices: []sdk.Choice{{ID: "101", Text: "满意"}, {ID: "102", Text: "不"}}, Tail: "谢谢"}
	odd := sdk.Menu{Head: "a\u2028b", Choices: []sdk.Choice{{ID: "\x01", Text: " a\x01\u2028"}}, Tail: "\x02"}
	blanks := sdk.Menu{Head: " ", Choices: []sdk.Choice{{ID: "1", Text: " \x00"}, {ID: "2", Text: "b"}, {ID: "3"}}}
	grows := strings.Repeat("\xff", 400) // Each is three bytes when it is UTF-8.
	grown := strings.Repeat("\ufffd", 400)
	largest := sdk.Menu{Head: long(1024), Choices: choices(10, 64, 128), Tail: long(1024)}
	newCounter(t).check(map[string]test{
		"menu":                  {rated, "msgmenu", "满意吗？\n满意\n不\n谢谢", nil},
		"menu without IDs":      {sdk.Menu{Choices: []sdk.Choice{{Text: "a"}, {Text: "b"}}}, "msgmenu", "a\nb", nil},
		"menu of odd letters":   {odd, "msgmenu", "a\nb\na", nil},
		"menu with blanks":      {blanks, "msgmenu", "b", nil},
		"as large as it can be": {largest, "msgmenu", long(1024) + strings.Repeat("\n"+long(128), 10) + "\n" + long(1024), nil},
		"eleven choices":        {sdk.Menu{Head: "h", Choices: choices(11, 1, 1)}, "text", "h\n" + numbered(11, 1), nil},
		"ten and a blank one":   {sdk.Menu{Choices: eleventh}, "msgmenu", "x" + strings.Repeat("\nx", 9), nil},
		"a long choice":         {sdk.Menu{Choices: choices(2, 1, 129)}, "text", numbered(2, 129), nil},
		"a long ID":             {sdk.Menu{Choices: choices(2, 65, 1)}, "text", numbered(2, 1), nil},
		"a long head":           {sdk.Menu{Head: long(1025), Choices: few}, "text", long(1025) + "\n" + numbered(2, 1), nil},
		"a long tail":           {sdk.Menu{Choices: few, Tail: long(1025)}, "text", numbered(2, 1) + "\n" + long(1025), nil},
		"a head that grows":     {sdk.Menu{Head: "a" + grows, Choices: few}, "text", "a" + grown + "\n" + numbered(2, 1), nil},
		"a choice that grows":   {sdk.Menu{Choices: []sdk.Choice{{Text: "a" + grows}}}, "text", "1. a" + grown, nil},
		"no choices":            {sdk.Menu{Head: "h"}, "", "", errNothing},
		"blank choices":         {sdk.Menu{Head: "h", Choices: make([]sdk.Choice, 3)}, "", "", errNothing},
	})
}

// TestSend_AMenuThatIsATextMayBeLong: then it is several messages, each of which the platform takes.
func TestSend_AMenuThatIsATextMayBeLong(t *testing.T) {
	all, err := newCounter(t).send(sdk.Menu{Head: long(1500), Choices: choices(20, 1, 100)})
	if err != nil || len(all) != 2 {
		t.Errorf("%d messages, %v", len(all), err)
	}
}

// TestMenu_ATapComesBack goes the whole way: the ID of a choice is what the plugin reads when it is tapped.
func TestMenu_ATapComesBack(t *testing.T) {
	s := newStage(t, wecom.Rules{})
	s.start(func(_ context.Context, m *sdk.Message, r sdk.Responder) error {
		if text := m.Content.(sdk.Text); text.Choice != "" {
			return r.Reply(sdk.Text{Text: text.Choice + " " + text.Text})
		}
		return r.Reply(sdk.Menu{Choices: []sdk.Choice{{ID: "yes/1", Text: "是"}, {ID: "no", Text: "否"}}})
	})
	s.say(ann, wecom.Text("hello"))
	s.sees(ann, "是\n否")
	items := s.account.Transcript(ann)[1].Detail.Items
	s.say(ann, wecom.MenuText(items[0].Text, items[0].ID))
	s.sees(ann, "是\n否", "yes/1 是")
}

// TestOnEvent_WhatWelcomes: an event gives the right to one text or menu, also to one whose items a Menu does not have.
func TestOnEvent_WhatWelcomes(t *testing.T) {
	menu := rawOf("msgmenu", `{"head_content":"h","list":[`+item("view", texts("url", "https://a", "content", "v"))+`,`+
		item("click", texts("id", "", "content", "c"))+`]}`)
	for name, test := range map[string]struct {
		content sdk.Content
		want    string
		failed  error
	}{
		"text":            {sdk.Text{Text: " **hi** "}, "hi", nil},
		"text of 2048":    {sdk.Text{Text: long(2048)}, long(2048), nil},
		"menu":            {sdk.Menu{Head: "h", Choices: choices(1, 1, 1)}, "h\nx", nil},
		"menu as a text":  {sdk.Menu{Choices: choices(11, 1, 1)}, numbered(11, 1), nil},
		"raw menu":        {menu, "h\nv\nc", nil},
		"raw menu, wrong": {rawOf("msgmenu", `{"list":[]}`), "", fields.ErrRaw},
		"link as a text":  {sdk.Link{Title: "T", URL: "https://example.com"}, "T\nhttps://example.com", nil},
		"place":           {sdk.Location{Latitude: 1, Label: "x"}, "", errNoRight},
		"raw card":        {rawOf("business_card", `{"userid":"zhangsan"}`), "", errNoRight},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStage(t, wecom.Rules{})
			s.config.Confirm = 0
			s.start(func(_ context.Context, m *sdk.Message, r sdk.Responder) error { return r.Reply(test.content) })
			s.say(ann, wecom.Enter("scene", ""))
			if test.failed == nil {
				s.sees(ann, test.want)
				s.deliveries(0)
				return
			}
			if d := s.deliveries(1, core.StatusFailed)[0]; !strings.Contains(d.Reason, test.failed.Error()) {
				t.Errorf("got %s", d.Reason)
			}
			for _, e := range s.account.Transcript(ann) {
				if e.Kind == "saw" {
					t.Errorf("they saw %+v", e)
				}
			}
		})
	}
}

func rawOf(kind, object string) sdk.Raw { return sdk.Raw{Type: kind, Fields: json.RawMessage(object)} }
