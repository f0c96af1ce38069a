package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"

	"github.com/chuanhuabot/bot/internal/config"
	"github.com/chuanhuabot/bot/internal/strictyaml"
	"github.com/chuanhuabot/bot/sdk"
)

// ErrProblems is returned by Check once it has reported what is wrong.
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
	return nil
}

// checkPlugins starts all plugins and returns what they say of their configuration.
func checkPlugins(ctx context.Context, c *config.Config) (strictyaml.Problems, error) {
	h, plugins, err := startPlugins(c, slog.New(slog.DiscardHandler))
	if err != nil {
		return nil, err
	}
	ended, cancel := context.WithCancel(ctx)
	cancel()
	defer h.Close(ended)
	var problems strictyaml.Problems
	for i, e := range c.Plugins {
		err := plugins[i].Started(ctx)
		var own sdk.Problems
		switch {
		case err == nil:
		case errors.As(err, &own):
			problems = append(problems, e.Value.Config.Problems(own)...)
		default:
			problems = append(problems, c.Problem("plugins."+e.Key, err.Error()))
		}
	}
	return problems, nil
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
