package app

import (
	"fmt"
	"log/slog"
	"maps"
	"os"
	"runtime"
	"slices"
	"strings"

	"github.com/chuanhuabot/bot/plugins/echo"
	"github.com/chuanhuabot/bot/plugins/voice"
	"github.com/chuanhuabot/bot/sdk"
)

// bundled returns what runs each plugin in this binary.
func bundled() map[string]func() {
	return map[string]func(){"echo": runEcho, "voice": runVoice}
}

// Bundled returns the names of the plugins in this binary.
func Bundled() []string { return slices.Sorted(maps.Keys(bundled())) }

// RunBundled runs a bundled plugin as this process, and does not return if there is one of that name: see sdk.Serve.
func RunBundled(name string) error {
	run := bundled()[name]
	switch {
	case run == nil:
		return fmt.Errorf("there is no bundled plugin %q (bundled: %s)", name, strings.Join(Bundled(), ", "))
	case os.Getenv(sdk.CookieKey) == "":
		return fmt.Errorf("%s is a bundled plugin, which the bot starts by itself: put `%s: {}` under plugins in bot.yaml, "+
			"and it into a route", name, name)
	}
	run()
	return nil
}

func runEcho() {
	if os.Getenv("GOMAXPROCS") == "" {
		// Echo has nothing to compute. On one processor its goroutines hand over to each other without waking threads,
		// which is the larger part of what a message costs it.
		runtime.GOMAXPROCS(1)
	}
	sdk.Serve(echo.New())
}

func runVoice() {
	// The bot puts the time and the plugin's name before each line.
	log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{ReplaceAttr: func(groups []string, a slog.Attr) slog.Attr {
		if len(groups) == 0 && a.Key == slog.TimeKey {
			return slog.Attr{}
		}
		return a
	}}))
	sdk.Serve(voice.New(log))
}
