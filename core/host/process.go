package host

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/hashicorp/go-plugin/runner"
)

// process is one operating system process. It is what go-plugin calls a runner: go-plugin sees the first line of standard
// output, which is the handshake, and nothing else. Everything after that line, and all of standard error, is read here,
// so that no output of a plugin can stall or crash the bot.
type process struct {
	path  string
	spec  Spec
	host  *Host
	log   *slog.Logger
	lines *slog.Logger // For what it writes.
	brake *brake
	env   []string // What go-plugin adds for the handshake.
	tail  *tail

	// Both are for a Trial, and nil otherwise. gone is called when the process has ended, before its group is killed.
	environ func(env []string) []string
	gone    func(pid int)

	cmd       *exec.Cmd
	stdin     *os.File // Closes with the bot, however it ends: that tells the plugin to end too.
	handshake *io.PipeReader
	exited    chan struct{}
	readers   sync.WaitGroup

	mu      sync.Mutex
	started bool
	killed  bool
	err     error
}

var _ runner.Runner = (*process)(nil)

func newProcess(path string, s Spec, h *Host, log *slog.Logger) *process {
	return &process{path: path, spec: s, host: h, log: log, lines: limited(log), brake: newBrake(), tail: &tail{}, exited: make(chan struct{})}
}

var errNoProgram = errors.New("no such program")

// program finds the program of a command.
func program(command []string) (string, error) {
	if len(command) == 0 {
		return "", fmt.Errorf("%w: the command is empty", errNoProgram)
	}
	path, err := exec.LookPath(command[0])
	if errors.Is(err, exec.ErrDot) {
		err = nil
	}
	if err != nil {
		return "", fmt.Errorf("%w: %v; correct `command`, or build the plugin first", errNoProgram, err)
	}
	return filepath.Abs(path)
}

// Start starts the process in a group of its own.
func (p *process) Start(context.Context) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.killed {
		return errors.New("killed before it was started")
	}
	files, err := newFiles()
	if err != nil {
		return err
	}
	p.cmd = exec.Command(p.path, p.spec.Command[1:]...)
	p.cmd.Args[0] = p.spec.Command[0]
	if p.environ != nil {
		p.env = p.environ(p.env)
	}
	p.cmd.Env = append([]string{"PATH=" + os.Getenv("PATH")}, append(p.spec.Env, p.env...)...)
	p.cmd.Stdin, p.cmd.Stdout, p.cmd.Stderr = files.stdin[0], files.stdout[1], files.stderr[1]
	p.cmd.Dir, p.cmd.SysProcAttr = p.spec.Dir, ownGroup()
	err = p.host.spawner.start(p.cmd)
	files.closeTheirs()
	if err != nil {
		files.closeOurs()
		return err
	}
	p.started, p.stdin = true, files.stdin[1]
	p.host.dir.note(p.cmd.Process.Pid)
	p.read(files.stdout[0], files.stderr[0])
	go p.reap(files)
	return nil
}

// read starts the readers of both outputs.
func (p *process) read(stdout, stderr io.Reader) {
	first, in := io.Pipe()
	p.handshake = first
	p.readers.Go(func() {
		out := newLines(p.lines, "stdout", p.tail)
		_, _ = io.Copy(braked{&firstLine{to: in, rest: out}, p.brake}, stdout)
		_ = in.Close()
		out.end()
	})
	p.readers.Go(func() {
		out := newLines(p.lines, "stderr", p.tail)
		_, _ = io.Copy(braked{out, p.brake}, stderr)
		out.end()
	})
}

// reap waits for the process, takes down what it started, and gives the readers a moment for the last lines: a stray
// descendant may hold the pipes open for ever.
func (p *process) reap(f *files) {
	err := p.cmd.Wait()
	if p.gone != nil {
		p.gone(p.cmd.Process.Pid)
	}
	killGroup(p.cmd.Process.Pid)
	deadline := time.Now().Add(exitGrace)
	_ = f.stdout[0].SetReadDeadline(deadline)
	_ = f.stderr[0].SetReadDeadline(deadline)
	// The first line may still be under way to go-plugin, or go-plugin may have stopped to read.
	unread := time.AfterFunc(exitGrace, func() { _ = p.handshake.Close() })
	p.readers.Wait()
	unread.Stop()
	f.closeOurs()
	p.host.dir.forget(p.cmd.Process.Pid)
	p.mu.Lock()
	p.err = err
	p.mu.Unlock()
	close(p.exited)
}

// kill ends the process and all of its group at once. It may be called at any time, also before the start.
func (p *process) kill() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.killed = true
	if !p.started {
		return
	}
	select {
	case <-p.exited: // Its number may be somebody else's by now.
	default:
		killGroup(p.cmd.Process.Pid)
		_ = p.cmd.Process.Kill()
	}
}

// wait blocks until nothing of the process is left. One that was never started is gone already.
func (p *process) wait() {
	p.mu.Lock()
	started := p.started
	p.mu.Unlock()
	if started {
		<-p.exited
	}
}

// result says how it ended, in the words of the operating system.
func (p *process) result() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.err == nil {
		return "exit status 0"
	}
	return p.err.Error()
}

// lastWords returns the last lines that it wrote, ready to stand behind an error.
func (p *process) lastWords() string {
	lines := p.tail.lines()
	if len(lines) == 0 {
		return ""
	}
	return "; it wrote last:\n\t" + strings.Join(lines, "\n\t")
}

// pid returns its number, 0 if the host has not started it.
func (p *process) pid() int {
	if p.cmd == nil {
		return 0
	}
	return p.cmd.Process.Pid
}

// Stdout returns the first line of standard output.
func (p *process) Stdout() io.ReadCloser { return p.handshake }

// Stderr returns nothing: go-plugin is not to see it.
func (p *process) Stderr() io.ReadCloser { return io.NopCloser(bytes.NewReader(nil)) }

// Wait waits for the end of the process.
func (p *process) Wait(context.Context) error {
	<-p.exited
	return p.err
}

// Kill kills it, where it is not a Trial's: go-plugin calls this as soon as a handshake fails, and how such a process ends
// by itself is what a Trial is for.
func (p *process) Kill(context.Context) error {
	if p.gone == nil {
		p.kill()
	}
	return nil
}

// ID returns its number, or "" before the start.
func (p *process) ID() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.started {
		return ""
	}
	return strconv.Itoa(p.cmd.Process.Pid)
}

// Name returns the program.
func (p *process) Name() string { return p.path }

// Diagnose says nothing: errors carry the last lines anyway.
func (p *process) Diagnose(context.Context) string { return "" }

// PluginToHost returns the address as it is.
func (p *process) PluginToHost(network, address string) (string, string, error) {
	return network, address, nil
}

// HostToPlugin returns the address as it is.
func (p *process) HostToPlugin(network, address string) (string, string, error) {
	return network, address, nil
}
