package app

import (
	"github.com/chuanhuabot/bot/channels/mp"
	platformmp "github.com/chuanhuabot/bot/sandbox/mp"
)

// simulatedMenu is a menu of bot.yaml as the simulated platform has it.
func simulatedMenu(menu []mp.Button) []platformmp.Button {
	var out []platformmp.Button
	for _, b := range menu {
		one := simulatedButton(b.Tap())
		for _, s := range b.Below {
			one.Children = append(one.Children, simulatedButton(s))
		}
		out = append(out, one)
	}
	return out
}

func simulatedButton(b mp.SubButton) platformmp.Button {
	return platformmp.Button{
		Type: b.Kind(), Name: b.Name, Key: b.Key, URL: b.URL, App: b.AppID, Page: b.Page, Media: b.MediaID, Article: b.ArticleID,
	}
}
