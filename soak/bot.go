package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

// bot is the bot's process: the program as it is shipped, started again whenever it was killed.
type bot struct {
	program, dir, address string
	yaml                  string // With NUMBER for the plugin's version.
	log                   *os.File

	mu      sync.Mutex
	process *exec.Cmd
	kills   []time.Time
	version int
}

const botYAML = `
listen: "ADDRESS"
drain: 20s
apology: "APOLOGY"
log: {format: json}
channels:
CHANNELS
plugins: {slow: {command: ["PROGRAM", PLUGIN], timeout: 30s, env: {VERSION: "NUMBER"}}}
routes: [{to: [slow]}]
`

// apology is what a person is told when the plugin could not answer.
const apology = "抱歉，出错了。"

// newBot writes bot.yaml into dir, with the channels of a platform.
func newBot(program, dir, channels string) (*bot, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	b := &bot{program: program, dir: dir, address: free.Addr().String()}
	if err := free.Close(); err != nil {
		return nil, err
	}
	text := strings.NewReplacer("CHANNELS", channels, "ADDRESS", b.address, "APOLOGY", apology, "PROGRAM", self, "PLUGIN", pluginArgument).Replace(botYAML)
	b.yaml = text
	if err := b.write(); err != nil {
		return nil, err
	}
	b.log, err = os.OpenFile(b.logPath(), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	return b, err
}

// write writes bot.yaml with the plugin's version of now.
func (b *bot) write() error {
	text := strings.ReplaceAll(b.yaml, "NUMBER", strconv.Itoa(b.version))
	return os.WriteFile(filepath.Join(b.dir, "bot.yaml"), []byte(text), 0o600)
}

// upgrade has the bot replace its plugin.
func (b *bot) upgrade() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.version++
	if err := b.write(); err != nil {
		return err
	}
	return b.process.Process.Signal(syscall.SIGHUP)
}

func (b *bot) logPath() string { return filepath.Join(b.dir, "bot.log") }

// start starts the process and waits until it answers.
func (b *bot) start(ctx context.Context) error {
	cmd := exec.Command(b.program, "run", "-c", filepath.Join(b.dir, "bot.yaml"))
	cmd.Stdout, cmd.Stderr = b.log, b.log
	if err := cmd.Start(); err != nil {
		return err
	}
	b.mu.Lock()
	b.process = cmd
	b.mu.Unlock()
	for ctx.Err() == nil {
		if response, err := http.Get("http://" + b.address + "/"); err == nil {
			return response.Body.Close()
		}
		sleep(ctx, 20*time.Millisecond)
	}
	return context.Cause(ctx)
}

// kill ends the process as a power cut would, and starts it again.
func (b *bot) kill(ctx context.Context) error {
	b.mu.Lock()
	cmd := b.process
	err := cmd.Process.Kill()
	b.kills = append(b.kills, time.Now())
	b.mu.Unlock()
	_ = cmd.Wait() // It was killed.
	if err != nil {
		return fmt.Errorf("kill the bot: %w", err)
	}
	return b.start(ctx)
}

// stop ends the process as an operator does.
func (b *bot) stop() error {
	b.mu.Lock()
	cmd := b.process
	b.mu.Unlock()
	if cmd == nil {
		return nil
	}
	err := cmd.Process.Signal(syscall.SIGTERM)
	return errors.Join(err, cmd.Wait(), b.log.Close())
}
