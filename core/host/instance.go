package host

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"strings"
	"sync"
	"time"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/go-plugin"
	"github.com/hashicorp/go-plugin/runner"
	"google.golang.org/grpc"

	"github.com/chuanhuabot/bot/sdk"
)

// instance is one process of a plugin, from its start to its end. go-plugin can start a client only once, so each process
// has an instance of its own.
type instance struct {
	process  *process
	client   *plugin.Client
	remote   *sdk.Remote
	hosting  *hosting
	access   sdk.HostAccess
	entrance *entrance
	about    sdk.Description
	attached *grpc.ClientConn // To a process of somebody else's; nil if it is the host's own.
	copied   string           // The program, if it is one of the host's own; else empty.
	took     time.Duration    // From the start to ready.
	began    time.Time        // When turns could begin.

	mu      sync.Mutex
	givenUp int // Turns in a row.
	hangs   bool
	stuck   chan struct{} // Closed when they were too many.
}

// start starts a process and makes it ready for turns. An error carries the last lines that the process wrote; nothing of
// it is left then.
func start(ctx context.Context, h *Host, s Spec, log *slog.Logger) (*instance, error) {
	if s.Attach != "" {
		return attach(ctx, h, s, log)
	}
	select {
	case h.starts <- struct{}{}:
		defer func() { <-h.starts }()
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
	began := time.Now()
	path, err := program(s.Command)
	if err != nil {
		return nil, err
	}
	copied := ""
	if s.SHA256 != "" {
		if copied, err = pinned(path, s.SHA256, h.dir.path); err != nil {
			return nil, err
		}
		path = copied
	}
	i := newInstance(path, h, s, log)
	i.copied = copied
	i.client = plugin.NewClient(i.clientConfig(h, s))
	ctx, cancel := context.WithTimeoutCause(ctx, s.startTimeout(), fmt.Errorf("not ready within %s", s.startTimeout()))
	defer cancel()
	if err := i.prepare(ctx, s); err != nil {
		cancel()
		i.close(ctx)
		return nil, fmt.Errorf("start: %w%s", err, i.process.lastWords())
	}
	i.took = time.Since(began).Round(time.Millisecond)
	return i, nil
}

func newInstance(path string, h *Host, s Spec, log *slog.Logger) *instance {
	return &instance{
		process: newProcess(path, s, h, log), hosting: h.hosting, access: h.hosting.admit(s.Host), entrance: newEntrance(s.maxTurns()),
		stuck: make(chan struct{}),
	}
}

func (i *instance) clientConfig(h *Host, s Spec) *plugin.ClientConfig {
	return &plugin.ClientConfig{
		HandshakeConfig:  plugin.HandshakeConfig{MagicCookieKey: sdk.CookieKey, MagicCookieValue: sdk.CookieValue},
		VersionedPlugins: map[int]plugin.PluginSet{sdk.ProtocolVersion: {sdk.PluginName: &connPlugin{}}},
		RunnerFunc: func(_ hclog.Logger, cmd *exec.Cmd, _ string) (runner.Runner, error) {
			i.process.env = cmd.Env
			return i.process, nil
		},
		AllowedProtocols: []plugin.Protocol{plugin.ProtocolGRPC},
		SkipHostEnv:      true,
		AutoMTLS:         h.mtls,                         // On Windows a plugin listens on a TCP port, where anybody could talk to it.
		StartTimeout:     s.startTimeout() + time.Second, // Ours comes first, with its reason.
		UnixSocketConfig: &plugin.UnixSocketConfig{TempDir: h.dir.path},
		GRPCDialOptions:  sdk.DialOptions(),
		SyncStdout:       braked{newLines(i.process.lines, "stdout", i.process.tail), i.process.brake},
		SyncStderr:       braked{newLines(i.process.lines, "stderr", i.process.tail), i.process.brake},
		// Lines of the process are read by the process itself; what go-plugin would say of them, or of its own steps, is
		// in our errors.
		Logger: hclog.New(&hclog.LoggerOptions{Level: hclog.Off}),
	}
}

// prepare shakes hands, and introduces itself.
func (i *instance) prepare(ctx context.Context, s Spec) error {
	conn, err := i.connect(ctx)
	if err != nil {
		return err
	}
	return i.introduce(ctx, conn, s)
}

// introduce describes, configures and opens the conversation.
func (i *instance) introduce(ctx context.Context, conn *grpc.ClientConn, s Spec) (err error) {
	i.remote = sdk.Connect(conn)
	if i.about, err = i.remote.Describe(ctx); err != nil {
		return ended(ctx, err)
	}
	config := s.Config
	if len(config) == 0 {
		config = []byte("{}")
	}
	if err := i.remote.Configure(ctx, config, i.access); err != nil {
		return ended(ctx, err)
	}
	return i.remote.Open(context.Background())
}

// connect waits for the handshake, which go-plugin does without a context: at its end the process is killed, and the
// handshake fails.
func (i *instance) connect(ctx context.Context) (*grpc.ClientConn, error) {
	kill := context.AfterFunc(ctx, i.process.kill)
	defer kill()
	protocol, err := i.client.Client()
	if err != nil {
		return nil, ended(ctx, handshakeError(err))
	}
	conn, err := protocol.Dispense(sdk.PluginName)
	if err != nil {
		return nil, ended(ctx, err)
	}
	return conn.(*grpc.ClientConn), nil
}

// ended returns why ctx has ended, if it has, and err otherwise.
func ended(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return err
}

// errNoPlugin is the error of a program that runs but does not speak the protocol.
var errNoPlugin = errors.New("its first line on standard output is not go-plugin's handshake: a plugin must call" +
	" sdk.Serve (or do the same in another language) before it prints anything")

// handshakeError puts go-plugin's words into ours.
func handshakeError(err error) error {
	text := err.Error()
	switch {
	case strings.Contains(text, "Failed to read any lines"):
		return errors.New("it ended before the handshake")
	case strings.HasPrefix(text, "Unrecognized remote plugin message"):
		return errNoPlugin
	case strings.Contains(text, "incompatible API version"):
		return fmt.Errorf("it speaks a version of the plugin protocol that this bot does not know (this bot: %d): %w",
			sdk.ProtocolVersion, err)
	default:
		return err
	}
}

// close ends the process: turns that run may end until ctx does, then it is asked to go, then it and all that it started
// are killed.
func (i *instance) close(ctx context.Context) {
	defer i.hosting.dismiss(i.access)
	if i.remote != nil {
		i.end(ctx)
	}
	if i.client == nil {
		if i.attached != nil {
			_ = i.attached.Close() // It was open, and nobody waits for it.
		}
		return
	}
	kill := time.AfterFunc(goodbye, i.process.kill)
	if ctx.Err() != nil {
		i.process.kill()
	}
	i.client.Kill()
	kill.Stop()
	i.process.kill()
	i.process.wait()
	if i.copied != "" {
		_ = os.Remove(i.copied) // The folder goes with the host in any case.
	}
}

// end closes the conversation. A plugin that has no turns has nothing to wait for.
func (i *instance) end(ctx context.Context) {
	if i.remote.Running() == 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, goodbye)
		defer cancel()
	}
	i.remote.Close(ctx)
}

// goodbye is how long a plugin may take to end once it has no more turns.
const goodbye = 2 * time.Second

// alive tells whether the conversation still goes on.
func (i *instance) alive() bool {
	select {
	case <-i.remote.Lost():
		return false
	default:
		return true
	}
}

// lostReason says why the conversation ended while the process may still be there.
func (i *instance) lostReason() error {
	select {
	case <-i.process.exited:
		return fmt.Errorf("the process ended: %s", i.process.result())
	case <-time.After(exitGrace):
	}
	if err := i.remote.Err(); err != nil {
		return fmt.Errorf("the conversation broke off: %w", err)
	}
	return errors.New("the plugin ended the conversation")
}

// exitGrace is how long the end of a process may be seen later than the end of its stream.
const exitGrace = 100 * time.Millisecond
