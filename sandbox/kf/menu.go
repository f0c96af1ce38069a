package kf

import (
	"fmt"

	"github.com/chuanhuabot/bot/sandbox/transcript"
)

// maxItems is how many items a menu may have (page 94677).
const maxItems = 10

// menu is a msgmenu: items that are tapped, or lines of text.
type menu struct {
	Head  string     `json:"head_content"`
	Items []menuItem `json:"list"`
	Tail  string     `json:"tail_content"`
}

type menuItem struct {
	Kind  string `json:"type"`
	Click struct {
		ID      *string `json:"id"`
		Content string  `json:"content"`
	} `json:"click"`
	View struct {
		URL     string `json:"url"`
		Content string `json:"content"`
	} `json:"view"`
	MiniProgram struct {
		AppID   string `json:"appid"`
		Page    string `json:"pagepath"`
		Content string `json:"content"`
	} `json:"miniprogram"`
	Text struct {
		Content   string `json:"content"`
		NoNewline int    `json:"no_newline"`
	} `json:"text"`
}

// check holds the menu to the limits of page 94677, and gives ids to the items that have none.
func (m *menu) check() *refusal {
	switch {
	case m.Head == "" && m.Tail == "" && len(m.Items) == 0:
		return refuse(codeEmpty)
	case len(m.Head) > 1024 || len(m.Tail) > 1024:
		return refuse(codeParameter)
	case len(m.Items) > maxItems:
		return refuse(codeMenuItems)
	}
	for i := range m.Items {
		if refused := m.Items[i].check(i); refused != nil {
			return refused
		}
	}
	return nil
}

func (item *menuItem) check(number int) *refusal {
	fits := false
	switch item.Kind {
	case "click":
		if item.Click.ID == nil {
			id := fmt.Sprint("menu_", number+1)
			item.Click.ID = &id
		}
		fits = within(*item.Click.ID, 64) && within(item.Click.Content, 128)
	case "view":
		fits = within(item.View.URL, 2048) && within(item.View.Content, 1024)
	case "miniprogram":
		p := item.MiniProgram
		fits = within(p.AppID, 32) && within(p.Page, 1024) && within(p.Content, 1024)
	case "text":
		fits = within(item.Text.Content, 256) && (item.Text.NoNewline == 0 || item.Text.NoNewline == 1)
	default:
		return refuse(codeMenuItem)
	}
	if !fits {
		return refuse(codeParameter)
	}
	return nil
}

func within(text string, most int) bool { return text != "" && len(text) <= most }

// shown is what a customer sees of an item.
func (item *menuItem) shown() transcript.Item {
	switch item.Kind {
	case "click":
		return transcript.Item{ID: *item.Click.ID, Text: item.Click.Content}
	case "view":
		return transcript.Item{Text: item.View.Content, URL: item.View.URL}
	case "miniprogram":
		return transcript.Item{Text: item.MiniProgram.Content, Description: item.MiniProgram.AppID + " " + item.MiniProgram.Page}
	}
	return transcript.Item{Text: item.Text.Content}
}
