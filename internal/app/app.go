// Package app wires the bot: it builds the store, the channels, the plugins and the HTTP server that bot.yaml asks for,
// runs them, and takes them down in order. Wiring happens here and nowhere else.
package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"sync"
	"time"

	"github.com/chuanhuabot/bot/core"
	"github.com/chuanhuabot/bot/core/host"
	"github.com/chuanhuabot/bot/core/jetstore"
	"github.com/chuanhuabot/bot/core/services"
	"github.com/chuanhuabot/bot/core/trace"
	"github.com/chuanhuabot/bot/internal/config"
	"github.com/chuanhuabot/bot/internal/control"
)

// App is one bot, from its start to its end. Make it with New, call Run once.
type App struct {
	config   *config.Config
	log      *slog.Logger
	recorder *trace.Recorder // Nil if nobody wants to know of turns.
	channels map[string]core.Channel
	listener net.Listener    // Nil if no channel is called over HTTP.
	control  *control.Server // Nil if its socket cannot be had.
	store    storeCloser
	services *services.Services
	crew     *crew
	routes   *switchboard
	source   Source
	seen     string         // What the source was like when it was read last.
	leaves   sync.WaitGroup // Plugins that are dismissed.
	bot      *core.Bot
	began    time.Time
}

type storeCloser interface {
	core.Store
	io.Closer
}

// New builds the bot that c describes: it opens the store, starts the plugins' processes without waiting for them, and
// takes the address to listen at, but serves nothing yet. An error says what an operator has to do, and leaves nothing
// behind. Either Run or Close must follow.
func New(ctx context.Context, c *config.Config, log *slog.Logger) (*App, error) {
	return newApp(ctx, c, nil, log)
}

func newApp(ctx context.Context, c *config.Config, rec *trace.Recorder, log *slog.Logger) (*App, error) {
	a := &App{config: c, log: log, recorder: rec, began: time.Now()}
	if err := a.build(ctx); err != nil {
		a.Close()
		return nil, err
	}
	return a, nil
}

func (a *App) build(ctx context.Context) error {
	if err := a.listen(); err != nil {
		return err
	}
	// The plugins start while the store does.
	a.services = services.New(a.log)
	var err error
	if a.crew, err = newCrew(a.config, a.services, a.log); err != nil {
		return err
	}
	store, err := jetstore.Open(ctx, storeOptions(a.config, a.log))
	if err != nil {
		return err
	}
	a.store = store
	if a.control, err = control.Listen(a.config.Data, a.log); err != nil {
		a.log.Warn("`bot deliveries` will not reach this bot", "err", err)
	}
	if a.channels, err = newChannels(a.config, store, a.log); err != nil {
		return err
	}
	a.routes = newSwitchboard(newRouter(a.config, a.crew.in(a.config), store, a.recorder, a.log))
	a.bot = core.New(core.Options{Store: store, Channels: a.channels, Handler: a.routes, Log: a.log, Resumes: true})
	l := newListener()
	warnOfSilence(ctx, a.config, l, a.log)
	a.services.Open(services.Parts{Sender: a.bot, Channels: a.channels, Store: store, Listener: l})
	return nil
}

func storeOptions(c *config.Config, log *slog.Logger) jetstore.Options {
	if c.NATS != nil {
		return jetstore.Options{URL: c.NATS.URL, Log: log}
	}
	return jetstore.Options{Dir: c.Data, Log: log}
}

// Follow lets Run take up changes of bot.yaml and of the plugins' programs. Call it before Run.
func (a *App) Follow(s Source) {
	a.source = s
	a.seen = a.crew.files(s.Path) // Of what was loaded; what changes before Run is taken up then.
}

// Addr returns the address that the HTTP server listens at, or nil if there is none.
func (a *App) Addr() net.Addr {
	if a.listener == nil {
		return nil
	}
	return a.listener.Addr()
}

// Run serves until ctx ends, then drains: turns that run may end within bot.yaml's `drain`, what comes meanwhile is kept for the next
// process, the listener closes, the plugins are stopped side by side. It returns nil then. Any other error means that the bot cannot go on.
func (a *App) Run(ctx context.Context) error {
	defer a.Close()
	running, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	receiving, stopReceiving := context.WithCancel(context.WithoutCancel(ctx))
	// What was kept comes before what is new, in every conversation.
	if err := a.bot.Resume(running); err != nil {
		stop(err)
	}
	a.control.Serve(a.bot.Backlog())
	var channels sync.WaitGroup
	for name, ch := range a.channels {
		channels.Go(func() {
			if err := ch.Run(receiving, a.bot); err != nil {
				stop(fmt.Errorf("channel %s: %w", name, err))
			}
		})
	}
	server := a.serve(stop)
	first := a.crew.in(a.config)
	var beside sync.WaitGroup
	beside.Go(func() { a.announce(running, first) })
	if a.source.Load != nil {
		beside.Go(func() { a.follow(running, a.source) })
	}
	<-running.Done()
	beside.Wait()
	a.leaves.Wait()
	a.drain(server, stopReceiving, &channels)
	a.log.Info("stopped")
	if err := context.Cause(running); ctx.Err() == nil {
		return err
	}
	return nil
}

// announce says when all plugins are ready.
func (a *App) announce(ctx context.Context, plugins []*host.Plugin) {
	for _, p := range plugins {
		if p.Ready(ctx) != nil {
			return // Its supervisor has said why.
		}
	}
	a.log.InfoContext(ctx, "ready", "after", time.Since(a.began).Round(time.Millisecond))
}

// hangUpAfter is how long requests have to end when everything that they could wait for has.
const hangUpAfter = 3 * time.Second

// drain ends in the opposite order of the data's flow, so that what was taken in is also answered.
func (a *App) drain(server *server, stopReceiving context.CancelFunc, channels *sync.WaitGroup) {
	a.log.Info("stopping", "drain", a.config.Drain)
	ctx, cancel := context.WithTimeout(context.Background(), a.config.Drain)
	defer cancel()
	a.bot.Drain(ctx) // What comes meanwhile is kept: nobody is refused.
	stopReceiving()
	channels.Wait()
	leaving, hangUp := context.WithTimeout(context.Background(), hangUpAfter)
	defer hangUp()
	if err := server.shutdown(leaving); err != nil {
		a.log.Warn("requests were still waiting when the bot stopped; WeChat asks again", "err", err)
	}
	a.control.Close(ctx) // It begins no retry while the bot waits for those that run.
	a.bot.Close(ctx)
	a.crew.close(ctx)
}

// Close releases what New took. Run does it too; calling it again is harmless.
func (a *App) Close() {
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	a.control.Close(ended)
	if a.bot != nil {
		a.bot.Close(ended)
	}
	if a.crew != nil {
		a.crew.close(ended)
	}
	if a.listener != nil {
		_ = a.listener.Close() // Closed already if it was served.
	}
	if a.store != nil {
		if err := a.store.Close(); err != nil {
			a.log.Error("close the store", "err", err)
		}
		a.store = nil
	}
}

// errServer says that the HTTP server gave up.
var errServer = errors.New("the HTTP server ended")
