package host

import (
	"io/fs"
	"os"

	"golang.org/x/sys/windows"
)

// lock takes the lock on an open file.
func lock(f *os.File, wait bool) error {
	how := uint32(windows.LOCKFILE_EXCLUSIVE_LOCK)
	if !wait {
		how |= windows.LOCKFILE_FAIL_IMMEDIATELY
	}
	return windows.LockFileEx(windows.Handle(f.Fd()), how, 0, 1, 0, &windows.Overlapped{})
}

// private is true: a user's temporary folder is their own.
func private(fs.FileInfo) bool { return true }

// shortTemp returns the folder itself: Windows plugins use loopback, not unix sockets.
func shortTemp(dir string) string { return dir }
