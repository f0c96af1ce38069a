package host

import "syscall"

// ownGroup keeps a terminal's signals away from the process, makes it and its descendants one target, and has the kernel
// kill it when the bot is killed.
func ownGroup() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}
