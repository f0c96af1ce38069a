package mp

import (
	"sync"
	"time"
)

// How often in a minute people may do something on the voice page: one by one, the guests all together, and everybody.
const (
	rateOne    = 20
	rateGuests = 300
	rateAll    = 3000
)

// rate counts by the minute. It keeps at most rateAll counts, and those for a minute. It is safe for concurrent use. The zero value works.
type rate struct {
	mu     sync.Mutex
	minute time.Time
	counts map[string]int // By session.
	guests int
	all    int
}

// allow counts, and tells whether that is not too often.
func (r *rate) allow(one session, now time.Time) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if now.Sub(r.minute).Abs() >= time.Minute {
		r.minute, r.counts, r.guests, r.all = now, map[string]int{}, 0, 0
	}
	anonymous := one.OpenID == ""
	if r.all >= rateAll || anonymous && r.guests >= rateGuests || r.counts[one.sender()] >= rateOne {
		return false
	}
	r.all++
	r.counts[one.sender()]++
	if anonymous {
		r.guests++
	}
	return true
}
