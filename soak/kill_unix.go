//go:build unix

package main

import (
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"syscall"
)

// killPlugin kills the plugin; the bot starts it again.
func (b *bot) killPlugin() {
	b.mu.Lock()
	pid := b.process.Process.Pid
	b.mu.Unlock()
	out, err := exec.Command("pgrep", "-P", strconv.Itoa(pid)).Output()
	if err != nil {
		return // It is just being started.
	}
	for field := range strings.FieldsSeq(string(out)) {
		if plugin, err := strconv.Atoi(field); err == nil {
			_ = syscall.Kill(plugin, syscall.SIGKILL)
		}
	}
}

// leftover returns the processes of the plugin that are there.
func leftover() []string {
	self, err := os.Executable()
	if err != nil {
		return []string{err.Error()}
	}
	out, _ := exec.Command("pgrep", "-f", "^"+regexp.QuoteMeta(self+" "+pluginArgument)).Output() // It fails if there are none.
	return strings.Fields(string(out))
}
