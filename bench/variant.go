package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// variant is one way of answering callbacks.
type variant struct {
	name  string
	start func(ctx context.Context) (*running, error)
}

// build builds the bot as users run it.
func build(ctx context.Context, path string) error {
	cmd := exec.CommandContext(ctx, "go", "build", "-o", path, ".")
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("build the bot (run this in the project's folder): %w", err)
	}
	return nil
}

// inProcess is the limit: channel, core and handler in one process.
func inProcess(string) variant {
	return variant{name: "in process", start: func(ctx context.Context) (*running, error) {
		self, err := os.Executable()
		if err != nil {
			return nil, err
		}
		address, err := freeAddress()
		if err != nil {
			return nil, err
		}
		return start(ctx, address, exec.CommandContext(ctx, self, "-serve-in-process", address))
	}}
}

// throughPlugin is the bot as it is shipped: store, host and the echo plugin in a process of its own.
func throughPlugin(dir, bot string) variant {
	return variant{name: "through a plugin", start: func(ctx context.Context) (*running, error) {
		address, err := freeAddress()
		if err != nil {
			return nil, err
		}
		path := filepath.Join(dir, "bot.yaml")
		text := fmt.Sprintf("listen: %q\ndata: %q\nchannels: {wx: {mp: {path: /wx, app_id: wx0000000000000000, token: %s}}}\n"+
			"plugins: {echo: {}}\nroutes: [{to: [echo]}]\n", address, filepath.Join(dir, "data"), token)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			return nil, err
		}
		return start(ctx, address, exec.CommandContext(ctx, bot, "run", "-c", path))
	}}
}

func freeAddress() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer l.Close()
	return l.Addr().String(), nil
}

// running is a variant that runs.
type running struct {
	address string
	cmd     *exec.Cmd
	started time.Duration
}

// start starts a server and waits until it answers one message. Its log goes to a file, as it would in real life.
func start(ctx context.Context, address string, cmd *exec.Cmd) (*running, error) {
	log, err := os.CreateTemp("", "bench-log")
	if err != nil {
		return nil, err
	}
	defer os.Remove(log.Name())
	defer log.Close()
	cmd.Stderr = log
	began := time.Now()
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	s := &running{address: address, cmd: cmd}
	for range 5000 {
		probe, cancel := context.WithTimeout(ctx, time.Microsecond)
		took, err := load(probe, address, 0)
		cancel()
		if err == nil && len(took) > 0 {
			s.started = time.Since(began)
			return s, nil
		}
		time.Sleep(time.Millisecond)
	}
	s.stop()
	text, _ := os.ReadFile(log.Name())
	return nil, fmt.Errorf("it does not answer; its log:\n%s", text)
}

func (s *running) stop() {
	_ = s.cmd.Process.Signal(os.Interrupt)
	_ = s.cmd.Wait()
}
