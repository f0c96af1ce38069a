package host

import (
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
)

// runDir is the private folder of one host: the plugins' sockets are in it, and a note of each process. It is locked
// while the host lives, so that the next one can tell what a killed bot has left behind, and clear it away.
type runDir struct {
	path string
	lock *os.File
	log  *slog.Logger
}

// maxTemp bounds the path of the folder for temporary files: a unix socket's path has at most 104 bytes on some systems,
// and what comes behind that folder takes up to 80.
const maxTemp = 24

// openRunDir makes the folder after it has swept those of bots that are gone.
func openRunDir(log *slog.Logger) (*runDir, error) {
	root, err := runRoot()
	if err != nil {
		return nil, err
	}
	// One bot at a time sweeps and makes its folder, so that no sweep meets a folder that is half made.
	turn, err := lockFile(filepath.Join(root, "lock"), true)
	if err != nil {
		return nil, err
	}
	defer turn.Close()
	sweep(root, log)
	path, err := os.MkdirTemp(root, "")
	if err != nil {
		return nil, err
	}
	lock, err := lockFile(filepath.Join(path, "lock"), false)
	if err != nil {
		return nil, err
	}
	return &runDir{path: path, lock: lock, log: log}, nil
}

// lockFile opens a file and takes its lock, which ends when the file is closed or the process ends, and waits for it if
// told to.
func lockFile(path string, wait bool) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := lock(f, wait); err != nil {
		_ = f.Close()
		return nil, fmt.Errorf("lock %s: %w", path, err)
	}
	return f, nil
}

// runRoot returns the folder that holds the run folders of all bots of this user.
func runRoot() (string, error) {
	base := os.TempDir()
	if len(base) > maxTemp {
		base = shortTemp(base)
	}
	root := filepath.Join(base, "bot-"+strconv.Itoa(os.Getuid()))
	if err := os.Mkdir(root, 0o700); err != nil && !os.IsExist(err) {
		return "", err
	}
	info, err := os.Lstat(root)
	if err != nil {
		return "", err
	}
	if !info.IsDir() || !private(info) {
		return "", fmt.Errorf("%s must be a folder that only this user can use; remove it", root)
	}
	return root, nil
}

// sweep removes run folders whose bot is gone, and kills the plugins that it may have left.
func sweep(root string, log *slog.Logger) {
	entries, err := os.ReadDir(root)
	if err != nil {
		log.Warn("cannot look for leftovers of a bot that was killed", "folder", root, "err", err)
		return
	}
	for _, e := range entries {
		if !e.IsDir() {
			continue
		}
		path := filepath.Join(root, e.Name())
		if lock, err := lockFile(filepath.Join(path, "lock"), false); err == nil {
			sweepOne(path, log)
			_ = lock.Close()
		}
	}
}

func sweepOne(path string, log *slog.Logger) {
	notes, _ := filepath.Glob(filepath.Join(path, "pid-*"))
	for _, note := range notes {
		pid, _ := strconv.Atoi(filepath.Base(note)[len("pid-"):])
		began, err := os.ReadFile(note)
		if err == nil && pid > 0 && len(began) > 0 && isLeft(pid, string(began)) {
			log.Warn("killing a plugin that outlived its bot", "pid", pid)
			killGroup(pid)
		}
	}
	if err := os.RemoveAll(path); err != nil {
		log.Warn("cannot remove what a killed bot has left", "folder", path, "err", err)
	}
}

// note remembers a process for the sweep.
func (d *runDir) note(pid int) {
	if err := os.WriteFile(d.notePath(pid), []byte(startTime(pid)), 0o600); err != nil {
		d.log.Warn("cannot note a plugin's process", "pid", pid, "err", err)
	}
}

func (d *runDir) forget(pid int) { _ = os.Remove(d.notePath(pid)) }

func (d *runDir) notePath(pid int) string {
	return filepath.Join(d.path, "pid-"+strconv.Itoa(pid))
}

func (d *runDir) close() {
	if err := os.RemoveAll(d.path); err != nil {
		d.log.Warn("cannot remove the plugins' folder", "folder", d.path, "err", err)
	}
	_ = d.lock.Close()
}
