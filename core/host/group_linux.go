package host

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"time"
)

// ownGroup keeps a terminal's signals away from the process, makes it and its descendants one target, and has the kernel
// kill it when the bot is killed.
func ownGroup() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}

// lingers tells whether there is still a process in a group whose leader has ended. Those that go with it may take a moment;
// one that is dead already and that nobody has asked about does not count.
func lingers(pid int) bool {
	for deadline := time.Now().Add(exitGrace); syscall.Kill(-pid, 0) == nil && inGroup(pid); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			return true
		}
	}
	return false
}

func inGroup(pid int) bool {
	stats, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, path := range stats {
		stat, err := os.ReadFile(path)
		if err != nil {
			continue // It has ended since.
		}
		// Behind the program's name: the state, the parent, the group.
		fields := bytes.Fields(stat[bytes.LastIndexByte(stat, ')')+1:])
		if len(fields) > 2 && string(fields[2]) == strconv.Itoa(pid) && string(fields[0]) != "Z" && string(fields[0]) != "X" {
			return true
		}
	}
	return false
}
