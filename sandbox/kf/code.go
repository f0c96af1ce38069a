package kf

import (
	"crypto/rand"
	"time"
)

// occasion is why the bot may send a message by send_msg_on_event.
type occasion struct {
	name  string
	menu  bool // A msgmenu may be sent as well as a text.
	bound bool // Only while the session is in the state in which the code was given.
}

// The occasions (page 95122).
var (
	entered = occasion{name: "enter_session", menu: true}
	waiting = occasion{name: "entered the pool", bound: true}
	taken   = occasion{name: "taken by a servicer", bound: true}
	ended   = occasion{name: "ended", menu: true, bound: true}
)

// How long codes are valid (page 95122), and how many of a corp's are remembered.
const (
	codeSoon = 20 * time.Second
	codeLate = 48 * time.Hour
	maxCodes = 10_000
)

// code is the right to send one message on an occasion. Nobody changes it.
type code struct {
	account  *Account
	customer string
	occasion occasion
	state    int
	until    time.Time
}

// giveCode returns a code that bots can send with once.
func (c *Corp) giveCode(given code) string {
	text := "CODE" + rand.Text()
	c.mu.Lock()
	defer c.mu.Unlock()
	c.codes.put(text, &given)
	return text
}

// stateCode returns the code for a session that has just come into its state, "" if there is none. The caller holds the
// account's mutex.
func (a *Account) stateCode(customer string, who *person, before person) string {
	given := code{account: a, customer: customer, state: who.state, until: a.now().Add(codeLate)}
	switch {
	case who.state == StatePool && !before.waited:
		given.occasion = waiting
	case who.state == StateServicer && !before.taken:
		given.occasion = taken
	case who.state == StateEnded:
		given.occasion, given.until = ended, a.now().Add(codeSoon)
	default:
		return ""
	}
	return a.corp.giveCode(given)
}

func (c *Corp) lookUp(text string) (*code, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.codes.get(text)
}

// useUp returns false if the code was used up by somebody else.
func (c *Corp) useUp(text string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	_, ok := c.codes.take(text)
	return ok
}
