package host

import (
	"context"
	"fmt"
	"log/slog"
	"runtime"
	"sync"
)

// Host owns the plugin processes of one bot. It is safe for concurrent use.
type Host struct {
	log     *slog.Logger
	dir     *runDir
	spawner *spawner
	hosting *hosting
	pace    pace
	starts  chan struct{} // Holds one element for each process that is being started.
	mtls    bool          // The transport is no private socket.

	mu      sync.Mutex
	plugins []*Plugin
}

// maxStarts bounds the processes that are being started at a time: many plugins at once would all be late.
const maxStarts = 4

// New returns a Host without plugins. It clears away what a bot that was killed has left behind, processes included.
func New(log *slog.Logger) (*Host, error) {
	dir, err := openRunDir(log)
	if err != nil {
		return nil, fmt.Errorf("folder for the plugins' sockets: %w", err)
	}
	serving, err := newHosting(dir.path)
	if err != nil {
		dir.close()
		return nil, fmt.Errorf("socket for what plugins ask of the bot: %w", err)
	}
	return &Host{log: log, dir: dir, spawner: newSpawner(), hosting: serving, pace: pace{restartMin, restartMax}, starts: make(chan struct{}, maxStarts), mtls: runtime.GOOS == "windows"}, nil
}

// Start begins to run a plugin and does not wait for it: Plugin.Ready does.
func (h *Host) Start(s Spec) *Plugin {
	p := newPlugin(h, s)
	h.mu.Lock()
	h.plugins = append(h.plugins, p)
	h.mu.Unlock()
	go p.supervise()
	return p
}

// Close stops all plugins side by side. Each may end the turns that it runs until ctx ends; then it is killed. After
// Close nothing of a plugin is left, neither processes nor files.
func (h *Host) Close(ctx context.Context) {
	h.mu.Lock()
	plugins := h.plugins
	h.plugins = nil
	h.mu.Unlock()
	var stops sync.WaitGroup
	for _, p := range plugins {
		stops.Go(func() { p.Stop(ctx) })
	}
	stops.Wait()
	h.spawner.close()
	if err := h.hosting.close(); err != nil {
		h.log.Warn("the plugins' service did not end well", "err", err)
	}
	h.dir.close()
}
