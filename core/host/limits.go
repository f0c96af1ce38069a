package host

import (
	"fmt"
	"time"
)

// Limits bound what a plugin takes of its machine, with all the processes that it has started. They are looked at once a second, on Linux;
// elsewhere nothing holds them, which LimitsHold says.
type Limits struct {
	// Memory is the most bytes that are resident. 0: no limit.
	Memory int64
	// Processes is the most processes. 0: 256.
	Processes int
}

// defaultProcesses is more than any plugin needs, and far less than a machine has.
const defaultProcesses = 256

// limitsEvery is how often they are looked at.
const limitsEvery = time.Second

// usage is what a plugin takes.
type usage struct {
	memory    int64
	processes int
}

// exceeded says which limit usage is beyond, or returns nil.
func (l Limits) exceeded(u usage) error {
	most := l.Processes
	if most == 0 {
		most = defaultProcesses
	}
	switch {
	case l.Memory > 0 && u.memory > l.Memory:
		return fmt.Errorf("it takes %d MB of memory, more than the %d MB of its limit", u.memory>>20, l.Memory>>20)
	case u.processes > most:
		return fmt.Errorf("it has %d processes, more than the %d of its limit", u.processes, most)
	}
	return nil
}
