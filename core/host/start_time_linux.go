package host

import (
	"bytes"
	"os"
	"strconv"
	"syscall"
)

// isLeft tells whether a process that started at began, or a group that it led, is still there. A number that somebody
// else has by now has another start time; and while a group lives, nobody else gets its leader's number.
func isLeft(pid int, began string) bool {
	now := startTime(pid)
	return now == began || now == "" && syscall.Kill(-pid, 0) == nil
}

// startTime returns when a process started, in the kernel's own count, or "" if there is none.
func startTime(pid int) string {
	stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		return ""
	}
	// The program's name, in parentheses, may contain anything; what follows it is numbers. The start is the 20th.
	fields := bytes.Fields(stat[bytes.LastIndexByte(stat, ')')+1:])
	if len(fields) < 20 {
		return ""
	}
	return string(fields[19])
}
