package mp

import (
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/chuanhuabot/bot/sandbox/apihost"
	"github.com/chuanhuabot/bot/sandbox/callback"
	"github.com/chuanhuabot/bot/sandbox/media"
	"github.com/chuanhuabot/bot/sandbox/transcript"
	"github.com/chuanhuabot/bot/sandbox/wire"
)

// Account is one Official Account with its people. It is safe for concurrent use. Make it with Platform.Add.
type Account struct {
	// Faults go wrong with the pushes to come that bring none of their own.
	Faults callback.Queue

	platform *Platform
	media    *media.Store

	mu                sync.Mutex
	settings          Settings
	current, previous *wire.Cipher
	people            map[string]*person
	classic, stable   string      // The tokens that are given out now; guarded by the platform's mutex.
	forced            []time.Time // When stable tokens were refreshed by force; guarded by the platform's mutex.
	cleared           []time.Time // When the quota was cleared.
	menu              []Button
}

// Settings returns what is set.
func (a *Account) Settings() Settings {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.settings
}

// Set changes the settings, which takes effect at once, for pushes that have not begun. An error says what the platform
// would not take; then nothing changes.
func (a *Account) Set(s Settings) error {
	s, current, previous, err := s.check()
	if err != nil {
		return err
	}
	a.platform.traffic.Hide(s.Secret, s.Token, s.AESKey, s.PreviousAESKey)
	a.mu.Lock()
	defer a.mu.Unlock()
	a.settings, a.current, a.previous = s, current, previous
	return nil
}

// Transcript returns what one person said to the account and saw of it, the oldest first.
func (a *Account) Transcript(openID string) []transcript.Entry {
	return a.platform.transcript.Of(a.Settings().ID, openID)
}

// note adds an entry about a person to the transcript.
func (a *Account) note(openID string, e transcript.Entry) {
	e.Time, e.Account, e.Person = a.platform.clock.Now(), a.Settings().ID, openID
	a.platform.transcript.Add(e)
}

// admits refuses a call from an address that is not on the account's list.
func (a *Account) admits(c *call) *refusal {
	list := a.Settings().Addresses
	if len(list) == 0 || slices.Contains(list, c.From) {
		return nil
	}
	return &apihost.Refusal{Code: codeAddress, Detail: fmt.Sprintf("invalid ip %s ipv6 ::ffff:%s, not in whitelist", c.From, c.From)}
}
