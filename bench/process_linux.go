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
	pids, err := s.processes()
	var total time.Duration
	for _, pid := range pids {
		if err == nil {
			var one time.Duration
			one, err = cpuOf(pid)
			total += one
		}
	}
	return total, err
}

// resident returns the megabytes that these processes have in memory. Pages that they share count for each.
func (s *running) resident() (float64, error) {
	pids, err := s.processes()
	if err != nil {
		return 0, err
	}
	pages := 0
	for _, pid := range pids {
		text, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", pid))
		if err != nil {
			return 0, err
		}
		var size, resident int
		if _, err := fmt.Sscan(string(text), &size, &resident); err != nil {
			return 0, err
		}
		pages += resident
	}
	return float64(pages*os.Getpagesize()) / 1e6, nil
}

// processes returns the server and those it has started.
func (s *running) processes() ([]int, error) {
	pids := []int{s.cmd.Process.Pid}
	lists, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pids[0]))
	if err != nil {
		return nil, err
	}
	for _, list := range lists {
		text, err := os.ReadFile(list)
		if err != nil {
			continue // A thread that has ended.
		}
		for _, field := range bytes.Fields(text) {
			pid, err := strconv.Atoi(string(field))
			if err != nil {
				return nil, err
			}
			pids = append(pids, pid)
		}
	}
	return pids, nil
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
