package mp

import (
	"net/http"
	"time"

	"github.com/chuanhuabot/bot/sandbox/callback"
)

// Rules are the numbers of the platform, for tests that are in a hurry, and the points that nobody has confirmed. The zero
// value is the platform as it is documented and, where that leaves a doubt, the stricter reading. It asks 20 times at the most, and
// waits for a minute.
type Rules struct {
	// TryTimeout is how long the platform waits for an answer: 5 s if it is zero
	// (developers.weixin.qq.com/doc/offiaccount/Message_Management/Receiving_standard_messages.html).
	TryTimeout time.Duration
	// Tries is how often it asks in all if nobody answers: 3 if it is zero, as observed; the page says "three retries".
	Tries int
	// TriesOnError is how often it asks in all, at once, after a status other than 200 or a connection that failed: 4 if it
	// is zero. One log of a web server is all that is known.
	TriesOnError int
	// TextLimit is the most bytes of a text, in replies and in customer-service messages: 2048 if it is zero. Undocumented.
	TextLimit int

	// NewQuery gives each retry a timestamp and a nonce of its own. Two logs say that it repeats those of the first try.
	NewQuery bool
	// RetryInvalid asks again after a 200 whose body is no valid reply. Unknown; without it the person sees the fault at once.
	RetryInvalid bool
	// TakePlain takes plain replies in safe mode, against the documentation; two users report that the platform does.
	TakePlain bool
	// TakeUnknown overlooks elements that a reply of its kind does not have, such as the old FuncFlag. Unknown.
	TakeUnknown bool
	// OpenMedia lets unverified accounts upload and fetch media. The table of privileges says no, one project says yes.
	OpenMedia bool
	// KeepAlive lets requests share connections. Unknown; retries were seen to come from different addresses.
	KeepAlive bool
}

// maxTries and maxTimeout keep a rule from becoming a flood that does not end.
const (
	maxTries   = 20
	maxTimeout = time.Minute
)

func (r Rules) withDefaults() Rules {
	if r.TryTimeout <= 0 {
		r.TryTimeout = 5 * time.Second
	}
	if r.Tries <= 0 {
		r.Tries = 3
	}
	if r.TriesOnError <= 0 {
		r.TriesOnError = 4
	}
	if r.TextLimit <= 0 {
		r.TextLimit = 2048
	}
	r.TryTimeout, r.Tries, r.TriesOnError = min(r.TryTimeout, maxTimeout), min(r.Tries, maxTries), min(r.TriesOnError, maxTries)
	return r
}

// tries is how often the platform asks in all, after what came of the last try.
func (r Rules) tries(last callback.Try) int {
	switch {
	case last.TimedOut:
		return r.Tries
	case last.Status != http.StatusOK:
		return r.TriesOnError
	case r.RetryInvalid:
		return r.Tries
	}
	return 0
}
