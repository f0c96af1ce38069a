//go:build unix

package voice

import (
	"os/exec"
	"syscall"
)

// runAndEnd runs a program that leads a group, and kills the group at its end, or at that of its context.
func runAndEnd(cmd *exec.Cmd) error {
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	if err := cmd.Start(); err != nil {
		return err
	}
	err := cmd.Wait()
	_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
	return err
}
