package mp

import "time"

// person is somebody who has to do with the account. Guarded by the account's mutex.
type person struct {
	following bool
	windows   [2]window      // Of messages, and of taps and scans.
	wrote     time.Time      // When they sent a message last.
	typing    time.Time      // Until when they see that somebody is typing.
	consents  map[string]int // How many subscribe messages of each template they have agreed to.
}

// Person is what the platform knows of somebody.
type Person struct {
	Following   bool
	TypingUntil time.Time // Until when they see that somebody types; in the past if they do not.
	Windows     []Window  // Those that are open; none for an account that may not send.
}

// Window is how many messages the account may still send to a person, and until when.
type Window struct {
	After string // message or tap: what opened it.
	Left  int
	Until time.Time
}

// Person returns what the platform knows of somebody; who was never heard of does not follow.
func (a *Account) Person(openID string) Person {
	now := a.platform.clock.Now()
	a.mu.Lock()
	defer a.mu.Unlock()
	who, known := a.people[openID]
	if !known {
		return Person{}
	}
	p := Person{Following: who.following, TypingUntil: who.typing}
	if a.settings.Kind == Unverified {
		return p
	}
	for i, after := range []string{afterMessage: "message", afterTap: "tap"} {
		if w := who.windows[i]; now.Before(w.until) {
			p.Windows = append(p.Windows, Window{after, w.left, w.until})
		}
	}
	return p
}

// Follows tells whether a person follows the account.
func (a *Account) Follows(openID string) bool { return a.Person(openID).Following }
