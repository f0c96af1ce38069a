package app

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"reflect"
	"slices"
	"strings"
	"sync"

	"github.com/chuanhuabot/bot/core/host"
	"github.com/chuanhuabot/bot/core/services"
	"github.com/chuanhuabot/bot/internal/config"
)

// crew is the plugins that run, by their names in bot.yaml.
type crew struct {
	host   *host.Host
	offers *services.Services
	log    *slog.Logger

	mu      sync.Mutex // One change after the other.
	members map[string]*member
}

// member is one plugin, as it was started or replaced last.
type member struct {
	plugin *host.Plugin
	spec   host.Spec
	files  string // What its program was like.
}

// newCrew starts every plugin of bot.yaml and does not wait for them. offers are what they may ask of the bot.
func newCrew(c *config.Config, offers *services.Services, log *slog.Logger) (*crew, error) {
	h, err := host.New(log)
	if err != nil {
		return nil, err
	}
	w := &crew{host: h, offers: offers, log: log, members: map[string]*member{}}
	for _, e := range c.Plugins {
		spec, err := w.specOf(c, e.Key, e.Value)
		if err != nil {
			w.close(endedContext())
			return nil, err
		}
		w.members[e.Key] = &member{plugin: h.Start(spec), spec: spec, files: programOf(spec)}
	}
	return w, nil
}

// close stops all of them: their turns may end until ctx does.
func (w *crew) close(ctx context.Context) { w.host.Close(ctx) }

// in returns the plugins of c, in the order of the file.
func (w *crew) in(c *config.Config) []*host.Plugin {
	w.mu.Lock()
	defer w.mu.Unlock()
	all := make([]*host.Plugin, len(c.Plugins))
	for i, e := range c.Plugins {
		all[i] = w.members[e.Key].plugin
	}
	return all
}

func (w *crew) specOf(c *config.Config, name string, p config.Plugin) (host.Spec, error) {
	command, err := commandOf(name, p)
	if err != nil {
		return host.Spec{}, err
	}
	if p.Limits.Memory != "" && !host.LimitsHold {
		w.log.Warn("nothing holds the limits of plugins on this system", "plugin", name)
	}
	memory, err := p.Limits.Bytes()
	if err != nil {
		return host.Spec{}, err
	}
	return host.Spec{
		Name: name, Command: command, Dir: c.Dir, Env: p.Env.Environ(), Config: p.Config.JSON(),
		Host: w.offers.For(name, grantsOf(p)), StartTimeout: p.StartTimeout, MaxTurns: p.MaxTurns,
		Limits: host.Limits{Memory: memory, Processes: p.Limits.Processes}, SHA256: p.SHA256, Attach: p.Attach,
	}, nil
}

// change makes the crew that of c: it replaces what has changed, and starts what is new, and waits for that. If one of them cannot work
// everything is as it was, and the error says why. Those that c does not have any more are returned, and still run.
func (w *crew) change(ctx context.Context, c *config.Config) (leaving []*host.Plugin, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	var undo []func()
	for _, e := range c.Plugins {
		back, err := w.changeOne(ctx, c, e.Key, e.Value)
		if err != nil {
			for _, one := range undo {
				one()
			}
			return nil, fmt.Errorf("plugin %s: %w", e.Key, err)
		}
		undo = append(undo, back)
	}
	for name, m := range w.members {
		if !slices.Contains(c.Plugins.Keys(), name) {
			leaving = append(leaving, m.plugin)
			delete(w.members, name)
		}
	}
	return leaving, nil
}

// changeOne returns what takes it back.
func (w *crew) changeOne(ctx context.Context, c *config.Config, name string, p config.Plugin) (back func(), err error) {
	spec, err := w.specOf(c, name, p)
	if err != nil {
		return nil, err
	}
	m, files := w.members[name], programOf(spec)
	switch {
	case m == nil:
		return w.join(ctx, spec, files)
	case m.files == files && alike(m.spec, spec):
		return func() {}, nil
	}
	before := *m
	if err := m.plugin.Replace(ctx, spec); err != nil {
		m.files = "unknown" // It may have taken the spec all the same: the next change replaces it, whatever it says.
		return nil, err
	}
	m.spec, m.files = spec, files
	return func() {
		if err := m.plugin.Replace(ctx, before.spec); err != nil && ctx.Err() == nil {
			m.files = "unknown"
			w.log.Error("this plugin cannot go back to what it was", "plugin", name, "err", err)
			return
		}
		*m = before
	}, nil
}

// join starts a plugin that is new.
func (w *crew) join(ctx context.Context, spec host.Spec, files string) (back func(), err error) {
	p := w.host.Start(spec)
	if err := p.Started(ctx); err != nil {
		p.Stop(endedContext())
		return nil, err
	}
	w.members[spec.Name] = &member{plugin: p, spec: spec, files: files}
	return func() {
		delete(w.members, spec.Name)
		p.Stop(endedContext())
	}, nil
}

// alike tells whether two specs run a plugin in the same way. Their Hosts say what they grant.
func alike(a, b host.Spec) bool {
	same := services.SameGrants(a.Host, b.Host)
	a.Host, b.Host = nil, nil
	return same && reflect.DeepEqual(a, b)
}

// programOf tells one state of a plugin's program from another: its file, and those that its arguments name.
func programOf(s host.Spec) string {
	var b strings.Builder
	for _, path := range filesOf(s) {
		b.WriteString(stampOf(path))
	}
	return b.String()
}

// stampOf tells one state of a file from another.
func stampOf(path string) string {
	info, err := os.Stat(path)
	if err != nil {
		return ""
	}
	return fmt.Sprintln(path, info.Size(), info.ModTime().UnixNano())
}

func endedContext() context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	return ctx
}
