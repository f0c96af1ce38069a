package app

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/chuanhuabot/bot/core/host"
	"github.com/chuanhuabot/bot/internal/config"
)

// Source is where an App has its configuration from.
type Source struct {
	// Path is the file, Load reads it anew, and Loaded is what it said when the App was made.
	Path   string
	Load   func() (*config.Config, error)
	Loaded *config.Config
	// MadeUp says that credentials are made up by each Load: they differ, and it means nothing.
	MadeUp bool
	// Again asks for that. Nil: nobody does.
	Again <-chan struct{}
	// Watch looks by itself for changes of the file and of the plugins' programs.
	Watch bool
}

// watchEvery is how often files are looked at.
const watchEvery = 500 * time.Millisecond

// follow takes up changes until ctx ends. What it waits for ends with it.
func (a *App) follow(ctx context.Context, s Source) {
	var ticks <-chan time.Time
	if s.Watch {
		every := time.NewTicker(watchEvery)
		defer every.Stop()
		ticks = every.C
	}
	last := a.seen
	for {
		select {
		case <-ctx.Done():
			return
		case <-s.Again:
		case <-ticks:
			// A file that is being written changes from look to look: it is taken up once it is the same twice.
			now := a.crew.files(s.Path)
			settled := now == last
			if last = now; !settled || now == a.seen {
				continue
			}
		}
		a.seen = a.crew.files(s.Path) // Before it is read: what is written meanwhile is news.
		a.reload(ctx, s)
	}
}

// reload takes up what has changed in bot.yaml and in the plugins' programs. What has not changed goes on as it is, and if something is
// wrong everything does.
func (a *App) reload(ctx context.Context, s Source) {
	c, err := s.Load()
	if err != nil {
		a.log.ErrorContext(ctx, "bot.yaml has mistakes, so nothing has changed", "err", err)
		return
	}
	for _, w := range c.Warnings {
		a.log.Warn(w.Error())
	}
	if later := needRestart(s.Loaded, c, s.MadeUp); len(later) > 0 {
		a.log.WarnContext(ctx, "this is taken up when the bot is started again", "keys", strings.Join(later, ", "))
	}
	leaving, err := a.crew.change(ctx, c)
	switch {
	case ctx.Err() != nil:
		return // The bot stops.
	case err != nil:
		a.log.ErrorContext(ctx, "bot.yaml was not taken up, and everything goes on as before", "err", err)
		return
	}
	over := a.routes.turn(newRouter(c, a.crew.in(c), a.store, a.recorder, a.log))
	a.log.InfoContext(ctx, "bot.yaml was read again", "plugins", len(c.Plugins), "routes", len(c.Routes))
	if len(leaving) > 0 {
		a.leaves.Go(func() { dismiss(ctx, over, leaving) })
	}
}

// dismiss stops plugins that no route uses any more, once the turns by the routes before have ended.
func dismiss(ctx context.Context, over <-chan struct{}, leaving []*host.Plugin) {
	select {
	case <-over:
	case <-ctx.Done(): // The bot stops, and they with it.
		return
	}
	for _, p := range leaving {
		p.Stop(ctx)
	}
}

// needRestart names the keys that differ and that a bot which runs cannot change.
func needRestart(before, now *config.Config, madeUp bool) []string {
	var keys []string
	channels := [2]any{before.Channels, now.Channels}
	if madeUp {
		channels = [2]any{printed(before), printed(now)}
	}
	for key, pair := range map[string][2]any{
		"listen": {before.Listen, now.Listen}, "data": {before.Data, now.Data}, "nats": {before.NATS, now.NATS},
		"drain": {before.Drain, now.Drain}, "log": {before.Log, now.Log}, "channels": channels,
	} {
		if !reflect.DeepEqual(pair[0], pair[1]) {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	return keys
}

// printed is the channels as they print: without secrets.
func printed(c *config.Config) (all []string) {
	for _, e := range c.Channels {
		switch {
		case e.Value.MP != nil:
			all = append(all, fmt.Sprintf("%s: %+v", e.Key, *e.Value.MP))
		case e.Value.KF != nil:
			all = append(all, fmt.Sprintf("%s: %+v", e.Key, *e.Value.KF))
		}
	}
	return all
}

// files tells one state of bot.yaml and of the plugins' programs from another.
func (w *crew) files(path string) string {
	w.mu.Lock()
	defer w.mu.Unlock()
	all := []string{stampOf(path)}
	for name, m := range w.members {
		all = append(all, fmt.Sprintf("%s: %s", name, programOf(m.spec)))
	}
	slices.Sort(all)
	return strings.Join(all, "\n")
}
