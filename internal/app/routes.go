package app

import (
	"log/slog"

	"github.com/chuanhuabot/bot/core"
	"github.com/chuanhuabot/bot/core/host"
	"github.com/chuanhuabot/bot/core/trace"
	"github.com/chuanhuabot/bot/internal/config"
	"github.com/chuanhuabot/bot/sdk"
)

// newRouter builds the routes of bot.yaml over its plugins, which are in the order of the file. A recorder that is not nil
// tells of each turn.
func newRouter(c *config.Config, plugins []*host.Plugin, store core.Store, rec *trace.Recorder, log *slog.Logger) sdk.Handler {
	steps := make(map[string]core.Step, len(plugins))
	for i, e := range c.Plugins {
		step := core.Step{
			Name: e.Key, Timeout: e.Value.Timeout,
			Handler: core.Stateful{Name: e.Key, Handler: plugins[i], Store: store},
		}
		if rec != nil {
			step.Handler = rec.Step(e.Key, step.Handler)
		}
		steps[e.Key] = step
	}
	routes := make([]core.Route, len(c.Routes))
	for i, r := range c.Routes {
		routes[i] = core.Route{When: whenOf(r.When), Apology: c.Apology}
		if r.Apology != nil {
			routes[i].Apology = *r.Apology
		}
		for _, name := range r.To {
			routes[i].To = append(routes[i].To, steps[name])
		}
		for _, name := range r.Fallback {
			routes[i].Fallback = append(routes[i].Fallback, steps[name])
		}
	}
	router := core.NewRouter(routes, log)
	if rec != nil {
		return rec.Router(router)
	}
	return router
}

func whenOf(w config.When) core.When {
	out := core.When{Channels: w.Channel, Events: w.Event, Text: w.Text}
	for _, k := range w.Kind {
		out.Kinds = append(out.Kinds, sdk.Kind(k))
	}
	return out
}
