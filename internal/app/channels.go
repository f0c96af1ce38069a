package app

import (
	"fmt"
	"log/slog"

	"github.com/chuanhuabot/bot/channels/mp"
	"github.com/chuanhuabot/bot/core"
	"github.com/chuanhuabot/bot/internal/config"
)

// newChannels builds the channels of bot.yaml, which keep in store what must survive the process.
func newChannels(c *config.Config, store core.Store, log *slog.Logger) (map[string]core.Channel, error) {
	channels := make(map[string]core.Channel, len(c.Channels))
	for _, e := range c.Channels {
		ch, err := mp.New(e.Key, *e.Value.MP, store, log)
		if err != nil {
			return nil, fmt.Errorf("channel %s: %w", e.Key, err)
		}
		channels[e.Key] = ch
	}
	return channels, nil
}
