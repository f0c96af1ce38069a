package kf

import (
	"fmt"
	"strings"

	"github.com/chuanhuabot/bot/channels/internal/wx"
	"github.com/chuanhuabot/bot/sdk"
)

// What the platform takes of a menu, in bytes (page 94677).
const (
	maxChoices    = 10
	maxChoiceID   = 64
	maxChoiceText = 128
	maxMenuText   = 1024
)

// fits tells whether the platform takes a menu as it is.
func fits(m sdk.Menu) bool {
	choices := choicesOf(m)
	if len(choices) > maxChoices {
		return false
	}
	for _, one := range choices {
		if len(one.ID) > maxChoiceID || len(one.Text) > maxChoiceText {
			return false
		}
	}
	return len(wx.JSONText(m.Head)) <= maxMenuText && len(wx.JSONText(m.Tail)) <= maxMenuText
}

// choicesOf returns the choices that say something.
func choicesOf(m sdk.Menu) []sdk.Choice {
	var all []sdk.Choice
	for _, one := range m.Choices {
		if !blank(one.Text) {
			all = append(all, sdk.Choice{ID: wx.JSONText(one.ID), Text: trimmed(wx.JSONText(one.Text))})
		}
	}
	return all
}

// menu returns the message of a menu that fits.
func menu(m sdk.Menu) (outgoing, error) {
	var list []map[string]any
	for _, one := range choicesOf(m) {
		click := map[string]any{"content": one.Text}
		if one.ID != "" { // The platform makes one up then.
			click["id"] = one.ID
		}
		list = append(list, map[string]any{"type": "click", "click": click})
	}
	if len(list) == 0 {
		return outgoing{}, errNothing
	}
	fields := map[string]any{"list": list}
	for name, text := range map[string]string{"head_content": m.Head, "tail_content": m.Tail} {
		if !blank(text) {
			fields[name] = wx.JSONText(text)
		}
	}
	return message("msgmenu", fields), nil
}

// menuText has a line for each choice. A menu without choices is "".
func menuText(m sdk.Menu) string {
	var said []string
	for i, one := range choicesOf(m) {
		said = append(said, fmt.Sprintf("%d. %s", i+1, one.Text))
	}
	if len(said) == 0 {
		return ""
	}
	return lines(m.Head, strings.Join(said, "\n"), m.Tail)
}
