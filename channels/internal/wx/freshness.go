package wx

import (
	"strconv"
	"time"
)

// Freshness is how far a callback's timestamp may be from our clock unless the operator says otherwise. The platform
// documents no window; its retries carry the timestamp of the first try, so it must be well above 20 s.
const Freshness = 5 * time.Minute

// Fresh tells whether timestamp, in seconds since 1970 as the platform writes it, lies at most window before or after
// now. What is not a number is not fresh.
func Fresh(timestamp string, now time.Time, window time.Duration) bool {
	seconds, err := strconv.ParseUint(timestamp, 10, 40) // 40 bits: far beyond any date, and no sum below can overflow
	if err != nil {
		return false
	}
	age := now.Sub(time.Unix(int64(seconds), 0)) // Sub saturates
	return -window <= age && age <= window
}
