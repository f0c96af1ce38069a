package voice

import (
	"os/exec"
	"runtime"
	"syscall"
)

// runGroup runs a program in a group of its own, of which nothing is left when it returns. The kernel kills the program if this process is
// killed: for that it counts the thread that has started it, which therefore waits.
func runGroup(cmd *exec.Cmd) error {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	return runAndEnd(cmd)
}
