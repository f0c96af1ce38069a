package app

import (
	"os"
	"runtime/debug"
)

// gcPercent makes the garbage collector run a quarter as often as Go's default: what is alive in a bot or in a small
// plugin is a few megabytes, so at full load the default collects some twenty times a second.
const gcPercent = 400

// TuneRuntime sets up Go's runtime for the bot and for the plugins in its binary. Whoever sets GOGC keeps it. Call it
// first in main.
func TuneRuntime() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(gcPercent)
	}
}
