package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"

	"github.com/chuanhuabot/bot/core"
	"github.com/chuanhuabot/bot/core/memstore"
	"github.com/chuanhuabot/bot/core/services"
	"github.com/chuanhuabot/bot/internal/config"
	"github.com/chuanhuabot/bot/internal/strictyaml"
	"github.com/chuanhuabot/bot/sdk"
)

// ErrProblems is returned by Check, Doctor and PushMenus once they have reported what is wrong.
var ErrProblems = errors.New("there are problems")

// Check loads the configuration, starts each plugin to have it look at its own part, and writes every problem with its
// line to out. It opens no port and no store.
func Check(ctx context.Context, path string, out io.Writer) error {
	c, err := config.Load(path, config.Options{Bundled: Bundled()})
	if err != nil {
		fmt.Fprintln(out, err)
		return ErrProblems
	}
	for _, w := range c.Warnings {
		fmt.Fprintf(out, "%v (warning)\n", w)
	}
	problems, err := checkPlugins(ctx, c)
	if err != nil {
		return err
	}
	if len(problems) > 0 {
		fmt.Fprintln(out, problems)
		return ErrProblems
	}
	fmt.Fprintf(out, "%s is right: %s, %s, %s\n", path, count(len(c.Channels), "channel"), count(len(c.Plugins), "plugin"),
		count(len(c.Routes), "route"))
	tellOfVoice(ctx, c, out)
	return nil
}

// checkPlugins starts all plugins and returns what they say of their configuration.
func checkPlugins(ctx context.Context, c *config.Config) (strictyaml.Problems, error) {
	var problems strictyaml.Problems
	err := tryPlugins(ctx, c, func(_ string, found strictyaml.Problems) { problems = append(problems, found...) })
	return problems, err
}

// tryPlugins starts all plugins and tells what each says of its configuration, in the order of the file.
func tryPlugins(ctx context.Context, c *config.Config, tell func(name string, found strictyaml.Problems)) error {
	log := slog.New(slog.DiscardHandler)
	ended, cancel := context.WithCancel(ctx)
	cancel()
	// What plugins ask of the bot while they are configured is answered by one without channels, and nothing is kept.
	store, offers := memstore.New(), services.New(log)
	bot := core.New(core.Options{Store: store, Log: log})
	defer bot.Close(ended)
	offers.Open(services.Parts{Sender: bot, Store: store})
	w, err := newCrew(c, offers, log)
	if err != nil {
		return err
	}
	defer w.close(ended)
	for i, p := range w.in(c) {
		e := c.Plugins[i]
		tell(e.Key, problemsOf(c, e, p.Started(ctx)))
	}
	return nil
}

// problemsOf returns what the start of a plugin has found, at the lines of the file.
func problemsOf(c *config.Config, e strictyaml.Entry[config.Plugin], err error) strictyaml.Problems {
	var own sdk.Problems
	switch {
	case err == nil:
		return nil
	case errors.As(err, &own):
		return e.Value.Config.Problems(own)
	}
	return strictyaml.Problems{c.Problem("plugins."+e.Key, err.Error())}
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
