package verify

import (
	"context"
	"log/slog"

	"google.golang.org/grpc"

	"github.com/chuanhuabot/bot/sdk"
)

// Launcher prepares a process of the plugin under test as the bot does; Connect starts it. environ, if not nil, changes what
// the handshake puts into its environment. What it writes goes to log, a line at a time, with "stdout" or "stderr" under the
// key "stream".
type Launcher func(environ func([]string) []string, log *slog.Logger) (Process, error)

// Process is one process of the plugin under test. One goroutine uses it at a time.
type Process interface {
	Connector
	Ender
	Signaller
	Leaver
}

// Connector begins a process.
type Connector interface {
	// Connect starts it and waits for the handshake until ctx ends. After an error it may still be there.
	Connect(ctx context.Context) (grpc.ClientConnInterface, error)
	// Access is what it reaches its Host with.
	Access() sdk.HostAccess
}

// Ender tells of the end of a process.
type Ender interface {
	// Exited is closed when it has ended and all its output was read.
	Exited() <-chan struct{}
	// Ended says how, in the words of the operating system, once Exited is closed.
	Ended() string
	// ExitCode is -1 where a signal ended it; it is there once Exited is closed.
	ExitCode() int
}

// Signaller does to a process what may happen to it.
type Signaller interface {
	// CloseInput closes its standard input, as the end of the bot does.
	CloseInput() error
	// Interrupt sends what Ctrl-C sends. It fails where the system has no such thing.
	Interrupt() error
}

// Leaver ends a process.
type Leaver interface {
	// Leave asks it to go and waits until it has, for two seconds at most. killed: it had to be killed. left: it went, and
	// processes that it had started stayed.
	Leave() (killed, left bool)
	// Close kills what is left and waits until it is gone. A second call does nothing.
	Close()
}
