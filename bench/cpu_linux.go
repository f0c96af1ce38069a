package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"time"
)

// tick is the unit of the kernel's counts in /proc/PID/stat: Linux fixes it at 100 a second for programs.
const tick = 10 * time.Millisecond

// cpu returns the processor time that the server and the processes it has started have used so far.
func (s *running) cpu() (time.Duration, error) {
	total, err := cpuOf(s.cmd.Process.Pid)
	if err != nil {
		return 0, err
	}
	children, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", s.cmd.Process.Pid))
	if err != nil {
		return 0, err
	}
	for _, list := range children {
		pids, err := os.ReadFile(list)
		if err != nil {
			continue // A thread that has ended.
		}
		for _, field := range bytes.Fields(pids) {
			pid, err := strconv.Atoi(string(field))
			if err != nil {
				return 0, err
			}
			child, err := cpuOf(pid)
			if err != nil {
				return 0, err
			}
			total += child
		}
	}
	return total, nil
}

func cpuOf(pid int) (time.Duration, error) {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0, err
	}
	fields := bytes.Fields(stat[bytes.LastIndexByte(stat, ')')+1:])
	if len(fields) < 13 {
		return 0, fmt.Errorf("unexpected /proc/%d/stat", pid)
	}
	user, err := strconv.ParseInt(string(fields[11]), 10, 64)
	if err != nil {
		return 0, err
	}
	system, err := strconv.ParseInt(string(fields[12]), 10, 64)
	return time.Duration(user+system) * tick, err
}
