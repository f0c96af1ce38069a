package audio

import "golang.org/x/sys/unix"

// bound limits what a process may take, whatever it reads: 1 GiB of addresses, twenty seconds of a processor, no files and no core. A
// kernel that does not do that leaves the other bounds.
func bound(pid int) {
	for resource, most := range map[int]uint64{
		unix.RLIMIT_AS: 1 << 30, unix.RLIMIT_CPU: uint64(maxTime.Seconds()), unix.RLIMIT_FSIZE: 2 * maxBytes, unix.RLIMIT_CORE: 0,
	} {
		_ = unix.Prlimit(pid, resource, &unix.Rlimit{Cur: most, Max: most}, nil)
	}
}
