//go:build unix && !linux

package voice

import (
	"os/exec"
	"syscall"
)

// runGroup runs a program in a group of its own, of which nothing is left when it returns.
func runGroup(cmd *exec.Cmd) error {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	return runAndEnd(cmd)
}
