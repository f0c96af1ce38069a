package control

import (
	"errors"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
	"time"
)

const (
	folderName  = "control"
	socketName  = "bot.sock"
	pointerName = "socket"
	// longest is what every system takes as the path of a socket, in bytes.
	longest = 100
	// dialTimeout is for a socket on this machine: whoever is there answers at once.
	dialTimeout = 2 * time.Second
)

// ErrRunning is returned by Listen if another bot answers at the socket.
var ErrRunning = errors.New("another bot answers there")

// listen takes the socket of the data folder, and removes one that a dead bot has left.
func listen(data string) (net.Listener, error) {
	folder, err := folderOf(data)
	if err != nil {
		return nil, err
	}
	// The folder keeps others out before there is a socket in it.
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, err
	}
	if err := os.Chmod(folder, 0o700); err != nil {
		return nil, err
	}
	if c, err := dial(data); err == nil {
		return nil, errors.Join(ErrRunning, c.Close())
	}
	if err := sweep(folder); err != nil {
		return nil, err
	}
	path := filepath.Join(folder, socketName)
	if len(path) > longest {
		if path, err = elsewhere(folder); err != nil {
			return nil, err
		}
	}
	l, err := net.Listen("unix", path)
	if err != nil {
		return nil, errors.Join(err, sweep(folder))
	}
	return l, nil
}

// elsewhere returns the path of a socket in a folder of its own, which os.MkdirTemp makes for us alone, and notes it.
func elsewhere(folder string) (string, error) {
	dir, err := os.MkdirTemp("", "bot-")
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, socketName)
	if err := os.WriteFile(filepath.Join(folder, pointerName), []byte(path+"\n"), 0o600); err != nil {
		return "", errors.Join(err, os.Remove(dir))
	}
	return path, nil
}

// sweep removes the socket of a bot that is gone, wherever it was.
func sweep(folder string) error {
	if err := remove(filepath.Join(folder, socketName)); err != nil {
		return err
	}
	path := pointed(folder)
	if path == "" {
		return nil
	}
	// It may be gone with all of the system's temporary files.
	if err := errors.Join(remove(path), remove(filepath.Dir(path))); err != nil {
		return err
	}
	return remove(filepath.Join(folder, pointerName))
}

func remove(path string) error {
	if err := os.Remove(path); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// pointed returns the path that the folder notes, or "".
func pointed(folder string) string {
	text, err := os.ReadFile(filepath.Join(folder, pointerName))
	path := strings.TrimSpace(string(text))
	if err != nil || filepath.Base(path) != socketName {
		return ""
	}
	return path
}

// dial calls the bot of the data folder.
func dial(data string) (net.Conn, error) {
	folder, err := folderOf(data)
	if err != nil {
		return nil, err
	}
	path := pointed(folder)
	if path == "" {
		path = filepath.Join(folder, socketName)
	}
	return net.DialTimeout("unix", path, dialTimeout)
}

// folderOf does not depend on where the process was started, as far as it can.
func folderOf(data string) (string, error) {
	return filepath.Abs(filepath.Join(data, folderName))
}
