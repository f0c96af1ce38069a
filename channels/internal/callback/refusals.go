package callback

import (
	"log/slog"
	"sync"
	"time"
)

// refusalEvery is how often a refused request is worth a warning.
const refusalEvery = time.Minute

// Refusals logs requests that were turned away: for each reason one warning a minute, with the number of those between,
// and all of them at Debug. So scanners cannot flood the log, nor hide that the owner's own key is wrong. It is safe for
// concurrent use. Make it with NewRefusals.
type Refusals struct {
	log *slog.Logger

	mu      sync.Mutex
	reasons map[string]*reason
}

// reason is one way of being refused.
type reason struct {
	next  time.Time
	quiet int
}

// maxReasons bounds how many reasons are told apart. There are a dozen.
const maxReasons = 64

// NewRefusals returns Refusals that write to log.
func NewRefusals(log *slog.Logger) *Refusals {
	return &Refusals{log: log, reasons: map[string]*reason{}}
}

// Add logs one. err is the reason, and must not contain what came with the request.
func (r *Refusals) Add(err error) {
	quiet, loud := r.count(err.Error(), time.Now())
	if !loud {
		r.log.Debug("request refused", "err", err)
		return
	}
	r.log.Warn("request refused", "err", err, "refused_since_last_warning", quiet)
}

func (r *Refusals) count(why string, now time.Time) (quiet int, loud bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	one := r.reasons[why]
	switch {
	case one == nil && len(r.reasons) == maxReasons:
		return 0, false
	case one == nil:
		one = &reason{}
		r.reasons[why] = one
	case now.Before(one.next):
		one.quiet++
		return 0, false
	}
	quiet, one.quiet, one.next = one.quiet, 0, now.Add(refusalEvery)
	return quiet, true
}
