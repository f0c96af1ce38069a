//go:build unix && !linux

package host

import (
	"syscall"
	"time"
)

// ownGroup keeps a terminal's signals away from the process and makes it and its descendants one target. When the bot is
// killed, the plugin's own watch over its standard input ends it.
func ownGroup() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }

// lingers tells whether there is still a process in a group whose leader has ended. Those that go with it may take a moment.
func lingers(pid int) bool {
	for deadline := time.Now().Add(exitGrace); syscall.Kill(-pid, 0) == nil; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			return true
		}
	}
	return false
}
