package app

import (
	"context"
	"fmt"
	"log/slog"
	"os"

	"github.com/chuanhuabot/bot/core/host"
	"github.com/chuanhuabot/bot/core/services"
	"github.com/chuanhuabot/bot/internal/config"
	"github.com/chuanhuabot/bot/internal/strictyaml"
)

// startPlugins starts every plugin of bot.yaml and does not wait for them. The host is not nil unless there is an error. offers are what
// they may ask of the bot.
func startPlugins(c *config.Config, offers *services.Services, log *slog.Logger) (*host.Host, []*host.Plugin, error) {
	h, err := host.New(log)
	if err != nil {
		return nil, nil, err
	}
	plugins := make([]*host.Plugin, len(c.Plugins))
	for i, e := range c.Plugins {
		command, err := commandOf(e)
		if err != nil {
			ended, cancel := context.WithCancel(context.Background())
			cancel()
			h.Close(ended)
			return nil, nil, err
		}
		plugins[i] = h.Start(host.Spec{
			Name: e.Key, Command: command, Dir: c.Dir, Env: e.Value.Env.Environ(), Config: e.Value.Config.JSON(),
			Host: offers.For(e.Key, grantsOf(e.Value)), StartTimeout: e.Value.StartTimeout,
		})
	}
	return h, plugins, nil
}

func grantsOf(p config.Plugin) []services.Grant {
	grants := make([]services.Grant, len(p.Grants))
	for i, g := range p.Grants {
		grants[i] = services.Grant(g)
	}
	return grants
}

// commandOf returns a plugin's command line: for a bundled one, this very program.
func commandOf(e strictyaml.Entry[config.Plugin]) ([]string, error) {
	if !e.Value.Bundled() {
		return e.Value.Command, nil
	}
	self, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("find this program, to run the bundled plugin %s: %w", e.Key, err)
	}
	return []string{self, "plugin", "run", e.Key}, nil
}
