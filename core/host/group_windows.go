package host

import (
	"os"
	"syscall"
)

// ownGroup keeps a console's Ctrl-C away from the process.
func ownGroup() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{CreationFlags: syscall.CREATE_NEW_PROCESS_GROUP}
}

// killGroup kills the process. Windows has no process groups in this sense: what the plugin started itself stays.
func killGroup(pid int) {
	if p, err := os.FindProcess(pid); err == nil {
		_ = p.Kill()
		_ = p.Release()
	}
}

// lingers is false: Windows has no process groups in this sense.
func lingers(int) bool { return false }
