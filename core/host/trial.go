package host

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"time"

	"github.com/hashicorp/go-plugin"
	"google.golang.org/grpc"

	"github.com/chuanhuabot/bot/sdk"
)

// Trial is one process of a plugin that is started as the bot starts them, and then left to whoever examines it: nobody
// configures it, watches over it or starts it again. Its methods may be called by one goroutine at a time.
type Trial struct {
	i    *instance
	left bool // Set before the process counts as exited.
}

// Try prepares a process, which Connect starts. environ, if not nil, changes what the handshake puts into its environment.
// What it writes goes to log, a line at a time with the key "stream". The caller ends it with Close.
func (h *Host) Try(s Spec, environ func([]string) []string, log *slog.Logger) (*Trial, error) {
	path, err := program(s.Command)
	if err != nil {
		return nil, err
	}
	t := &Trial{i: &instance{process: newProcess(path, s, h, log), hosting: h.hosting, access: h.hosting.admit(s.Host)}}
	t.i.process.environ, t.i.process.lines = environ, log // Every line counts, however many there are.
	t.i.process.gone = func(pid int) { t.left = lingers(pid) }
	t.i.client = plugin.NewClient(t.i.clientConfig(h, s))
	return t, nil
}

// Connect starts the process and waits for the handshake until ctx ends. It is called once. After an error the process may
// still be there.
func (t *Trial) Connect(ctx context.Context) (grpc.ClientConnInterface, error) {
	timeout := t.i.process.spec.startTimeout()
	ctx, cancel := context.WithTimeoutCause(ctx, timeout, fmt.Errorf("no handshake within %s", timeout))
	defer cancel()
	conn, err := t.i.connect(ctx)
	if err != nil {
		return nil, err
	}
	return conn, nil
}

// Access is what the process reaches its Host with.
func (t *Trial) Access() sdk.HostAccess { return t.i.access }

// Exited is closed when the process has ended and all its output was read.
func (t *Trial) Exited() <-chan struct{} { return t.i.process.exited }

// Ended says how the process ended, in the words of the operating system. It is called after Exited is closed.
func (t *Trial) Ended() string { return t.i.process.result() }

// ExitCode is the process's own, and -1 where a signal ended it. It is called after Exited is closed.
func (t *Trial) ExitCode() int { return t.i.process.cmd.ProcessState.ExitCode() }

// CloseInput closes the standard input of the process, as the end of the bot does.
func (t *Trial) CloseInput() error {
	return t.i.process.running(func() error { return t.i.process.stdin.Close() })
}

// Interrupt sends the process what Ctrl-C sends. It fails where the system has no such thing.
func (t *Trial) Interrupt() error {
	return t.i.process.running(func() error { return t.i.process.cmd.Process.Signal(os.Interrupt) })
}

// Leave asks the process to go and waits until it has, for two seconds at most. killed: it had to be killed. left: it went,
// and processes that it had started stayed; those are killed by then.
func (t *Trial) Leave() (killed, left bool) {
	kill := time.AfterFunc(goodbye, t.i.process.kill)
	t.i.client.Kill()
	t.i.process.wait()
	return !kill.Stop(), t.left
}

// Close kills what is left and waits until it is gone. A second call does nothing.
func (t *Trial) Close() {
	t.i.process.kill()
	t.i.client.Kill()
	t.i.process.wait()
	t.i.hosting.dismiss(t.i.access)
}

// running does something to the process while it has its number.
func (p *process) running(do func() error) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.started {
		return errors.New("it was not started")
	}
	select {
	case <-p.exited:
		return errors.New("it has ended")
	default:
		return do()
	}
}
