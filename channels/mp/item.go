package mp

import (
	"github.com/chuanhuabot/bot/channels/internal/compose"
	"github.com/chuanhuabot/bot/core"
)

// itemOf returns what passive replies anywhere show of a delivery.
func itemOf(d *core.Delivery) compose.Item {
	shown, _, _ := passive(d.Content, place{}) // What cannot be shown is no part of a message.
	return compose.Item{Delivery: d, Shown: shown}
}

func itemsOf(deliveries []*core.Delivery) []compose.Item {
	items := make([]compose.Item, len(deliveries))
	for i, d := range deliveries {
		items[i] = itemOf(d)
	}
	return items
}
