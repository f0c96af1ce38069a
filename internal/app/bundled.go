package app

import (
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"

	"github.com/chuanhuabot/bot/plugins/echo"
	"github.com/chuanhuabot/bot/sdk"
)

// Bundled returns the names of the plugins in this binary.
func Bundled() []string { return []string{"echo"} }

// RunBundled runs a bundled plugin as this process, and does not return if there is one of that name: see sdk.Serve.
func RunBundled(name string) error {
	if slices.Contains(Bundled(), name) && os.Getenv(sdk.CookieKey) == "" {
		return fmt.Errorf("%s is a bundled plugin, which the bot starts by itself: put `%s: {}` under plugins in bot.yaml, "+
			"and it into a route", name, name)
	}
	switch name {
	case "echo":
		if os.Getenv("GOMAXPROCS") == "" {
			// Echo has nothing to compute. On one processor its goroutines hand over to each other without waking threads,
			// which is the larger part of what a message costs it.
			runtime.GOMAXPROCS(1)
		}
		sdk.Serve(echo.New())
		return nil
	default:
		return fmt.Errorf("there is no bundled plugin %q (bundled: %s)", name, strings.Join(Bundled(), ", "))
	}
}
