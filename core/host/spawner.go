package host

import (
	"os/exec"
	"runtime"
	"sync"
)

// spawner starts all processes from one operating system thread that lives as long as the host does. Linux sends the
// parent-death signal when the thread that started a process ends, not the program, so that thread must not be one of
// the runtime's that come and go.
type spawner struct {
	requests chan spawn
	ended    chan struct{}
	once     sync.Once
}

type spawn struct {
	cmd  *exec.Cmd
	done chan error
}

func newSpawner() *spawner {
	s := &spawner{requests: make(chan spawn), ended: make(chan struct{})}
	go s.run()
	return s
}

func (s *spawner) run() {
	runtime.LockOSThread() // Never unlocked: the thread ends with this goroutine.
	defer close(s.ended)
	for r := range s.requests {
		r.done <- r.cmd.Start()
	}
}

// start starts cmd. It must not be called after close.
func (s *spawner) start(cmd *exec.Cmd) error {
	done := make(chan error, 1)
	s.requests <- spawn{cmd, done}
	return <-done
}

// close ends the thread, and with it, on Linux, every process that still runs.
func (s *spawner) close() {
	s.once.Do(func() { close(s.requests) })
	<-s.ended
}
