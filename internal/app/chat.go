package app

import (
	"context"
	"log/slog"

	"github.com/chuanhuabot/bot/channels/console"
	"github.com/chuanhuabot/bot/core"
	"github.com/chuanhuabot/bot/core/memstore"
	"github.com/chuanhuabot/bot/core/services"
	"github.com/chuanhuabot/bot/internal/config"
)

// Chat talks to the routes of c through a terminal until the input or ctx ends. It uses the plugins of bot.yaml but none
// of its channels and none of its data, so it can run beside the bot.
func Chat(ctx context.Context, c *config.Config, terminal console.Options, log *slog.Logger) error {
	offers := services.New(log)
	w, err := newCrew(c, offers, log)
	if err != nil {
		return err
	}
	ch := console.New(terminal)
	store, channels := memstore.New(), map[string]core.Channel{terminal.Name: ch}
	bot := core.New(core.Options{Store: store, Channels: channels, Log: log, Handler: newRouter(c, w.in(c), store, nil, log)})
	offers.Open(services.Parts{Sender: bot, Channels: channels, Store: store})
	for _, p := range w.in(c) {
		// What cannot start is in the log; the other plugins may still answer.
		_ = p.Started(ctx)
	}
	err = ch.Run(ctx, bot)
	ending, cancel := context.WithTimeout(context.WithoutCancel(ctx), c.Drain)
	defer cancel()
	bot.Close(ending)
	w.close(ending)
	return err
}
