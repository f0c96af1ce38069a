package apihost

import "time"

// Failure lets the next calls of a path be refused, whatever they are about. The codes are those of the platform, such as -1 or
// 45009.
type Failure struct {
	Path  string `json:"path"` // "" is any.
	Code  int    `json:"code"`
	Times int    `json:"times"` // How many calls; one if it is less.
}

// Fail adds a failure. Several wait for their calls in their order.
func (h *Host[A]) Fail(f Failure) {
	f.Times = max(f.Times, 1)
	h.mu.Lock()
	defer h.mu.Unlock()
	h.failures = append(h.failures, f)
}

// FailNext lets the next call of a path fail: see Failure.
func (h *Host[A]) FailNext(path string, code int) { h.Fail(Failure{Path: path, Code: code}) }

// Outage is what is wrong with the server itself.
type Outage struct {
	Down bool          // It hangs up on every call.
	Slow time.Duration // It takes so long before each answer.
}

// Suffer sets what is wrong with the server from now on.
func (h *Host[A]) Suffer(o Outage) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.down, h.slow = o.Down, o.Slow
}

// Faults returns what waits for calls, and what is wrong with the server.
func (h *Host[A]) Faults() ([]Failure, Outage) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return append([]Failure(nil), h.failures...), Outage{h.down, h.slow}
}

// Heal ends all failures and the outage.
func (h *Host[A]) Heal() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.failures, h.down, h.slow = nil, false, 0
}

// failing takes the failure that waits for a call of path, and returns nil if there is none.
func (h *Host[A]) failing(path string) *Refusal {
	h.mu.Lock()
	defer h.mu.Unlock()
	for i := range h.failures {
		f := &h.failures[i]
		if f.Path != "" && f.Path != path {
			continue
		}
		refused := Refuse(f.Code)
		if f.Times--; f.Times == 0 {
			h.failures = append(h.failures[:i:i], h.failures[i+1:]...)
		}
		return refused
	}
	return nil
}
