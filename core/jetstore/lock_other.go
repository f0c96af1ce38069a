//go:build !(darwin || dragonfly || freebsd || linux || netbsd || openbsd || windows)

package jetstore

import "os"

// lockFile only opens the file here: these systems have no lock that ends with the process.
func lockFile(name string) (*os.File, error) {
	return os.OpenFile(name, os.O_CREATE|os.O_RDWR, 0o600)
}
