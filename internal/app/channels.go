package app

import (
	"fmt"
	"log/slog"
	"os"

	"github.com/chuanhuabot/bot/channels/kf"
	"github.com/chuanhuabot/bot/channels/mp"
	"github.com/chuanhuabot/bot/core"
	"github.com/chuanhuabot/bot/internal/config"
)

// newChannels builds the channels of bot.yaml, which keep in store what must survive the process.
func newChannels(c *config.Config, store core.Store, log *slog.Logger) (map[string]core.Channel, error) {
	channels := make(map[string]core.Channel, len(c.Channels))
	for _, e := range c.Channels {
		ch, err := newChannel(e.Key, e.Value, store, log)
		if err != nil {
			return nil, fmt.Errorf("channel %s: %w", e.Key, err)
		}
		channels[e.Key] = ch
	}
	return channels, nil
}

func newChannel(name string, c config.Channel, store core.Store, log *slog.Logger) (core.Channel, error) {
	if c.MP != nil {
		return mp.New(name, *c.MP, store, log)
	}
	host, err := os.Hostname() // What starts again on a machine need not wait for itself; beside each other, the store keeps replicas apart.
	if err != nil {
		host = "unknown"
	}
	return kf.New(name, *c.KF, store, host, log)
}
