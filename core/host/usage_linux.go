package host

import (
	"bytes"
	"os"
	"strconv"
)

// LimitsHold tells whether this system holds plugins to their Limits.
const LimitsHold = true

// usageOf returns what the processes of a group take. What goes away meanwhile does not count.
func usageOf(group int) usage {
	var u usage
	proc, err := os.Open("/proc")
	if err != nil {
		return u
	}
	defer proc.Close()
	names, _ := proc.Readdirnames(-1) // As far as it could be read.
	for _, name := range names {
		if name[0] < '0' || name[0] > '9' {
			continue
		}
		if resident, in := residentIn(name, group); in {
			u.memory += resident
			u.processes++
		}
	}
	return u
}

// residentIn returns how many bytes of a process are resident, and whether it is of a group.
func residentIn(pid string, group int) (bytesUsed int64, in bool) {
	stat, err := os.ReadFile("/proc/" + pid + "/stat")
	if err != nil {
		return 0, false
	}
	// The program's name, in parentheses, may contain anything; what follows it is numbers. The group is the third, the resident pages are
	// the 22nd.
	fields := bytes.Fields(stat[bytes.LastIndexByte(stat, ')')+1:])
	if len(fields) < 22 || string(fields[2]) != strconv.Itoa(group) {
		return 0, false
	}
	pages, err := strconv.ParseInt(string(fields[21]), 10, 64)
	return pages * int64(os.Getpagesize()), err == nil
}
