package kf

import (
	"sync"
	"time"
)

// skew is by how much our clock is ahead of the platform's, as callbacks show: they carry the platform's time. It is safe for
// concurrent use. The zero value knows of none.
type skew struct {
	mu            sync.Mutex
	now, previous time.Duration // The least of this period and of the last one.
	known         bool
	since         time.Time
}

// skewFor is how long a period is. A callback that was long on its way says less, so it is the least that counts.
const skewFor = 10 * time.Minute

// note takes a callback that was made at a moment of the platform's clock and came at one of ours.
func (s *skew) note(made, came time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	ahead := came.Sub(made)
	switch {
	case !s.known:
		s.now, s.previous, s.known, s.since = ahead, ahead, true, came
	case came.Sub(s.since) > skewFor:
		s.previous, s.now, s.since = s.now, ahead, came
	default:
		s.now = min(s.now, ahead)
	}
}

// platform returns a moment of our clock by the platform's.
func (s *skew) platform(t time.Time) time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.known {
		return t
	}
	return t.Add(-min(s.now, s.previous))
}
