package apihost

import "time"

// Rate is how often an owner may make a call: Most times within Per, then it is refused with Code. The zero value is no limit.
type Rate struct {
	Most int
	Per  time.Duration
	Code int
}

// count is what is counted apart.
type count[A comparable] struct {
	owner A
	path  string
}

type counted struct {
	period time.Time
	calls  int
}

// count adds a call, and refuses the one that is too many.
func (h *Host[A]) count(owner A, path string, now time.Time) *Refusal {
	if h.Limit == nil {
		return nil
	}
	rate := h.Limit(owner, path)
	if rate.Most == 0 {
		return nil
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	n := h.counts[count[A]{owner, path}]
	if period := now.Truncate(rate.Per); n == nil || !n.period.Equal(period) {
		n = &counted{period: period}
		h.counts[count[A]{owner, path}] = n
	}
	if n.calls++; n.calls > rate.Most {
		return Refuse(rate.Code)
	}
	return nil
}

// ResetCounts lets an owner begin anew with every call.
func (h *Host[A]) ResetCounts(owner A) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for key := range h.counts {
		if key.owner == owner {
			delete(h.counts, key)
		}
	}
}
