package mp

import (
	"log/slog"
	"sync"
	"time"
)

// refusalEvery is how often a refused request is worth a warning.
const refusalEvery = time.Minute

// refusals logs requests that were turned away: one warning a minute with the number of those between, and all of them at
// Debug, so that scanners cannot flood the log. It is safe for concurrent use.
type refusals struct {
	log *slog.Logger

	mu    sync.Mutex
	next  time.Time
	quiet int
}

// add logs one. err must not contain what came with the request.
func (r *refusals) add(err error) {
	quiet, loud := r.count(time.Now())
	if !loud {
		r.log.Debug("request refused", "err", err)
		return
	}
	r.log.Warn("request refused", "err", err, "refused_since_last_warning", quiet)
}

func (r *refusals) count(now time.Time) (quiet int, loud bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if now.Before(r.next) {
		r.quiet++
		return 0, false
	}
	quiet, r.quiet, r.next = r.quiet, 0, now.Add(refusalEvery)
	return quiet, true
}
