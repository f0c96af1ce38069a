//go:build unix

package host

import (
	"io/fs"
	"os"
	"syscall"
)

// lock takes the lock on an open file.
func lock(f *os.File, wait bool) error {
	how := syscall.LOCK_EX
	if !wait {
		how |= syscall.LOCK_NB
	}
	return syscall.Flock(int(f.Fd()), how)
}

// private tells whether a folder is this user's and closed to all others.
func private(info fs.FileInfo) bool {
	stat, ok := info.Sys().(*syscall.Stat_t)
	return ok && int(stat.Uid) == os.Getuid() && info.Mode().Perm()&0o077 == 0
}

// shortTemp returns a folder with a short path for sockets.
func shortTemp(string) string { return "/tmp" }
