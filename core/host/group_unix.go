//go:build unix && !linux

package host

import "syscall"

// ownGroup keeps a terminal's signals away from the process and makes it and its descendants one target. When the bot is
// killed, the plugin's own watch over its standard input ends it.
func ownGroup() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }
