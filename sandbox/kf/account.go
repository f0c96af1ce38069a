package kf

import (
	"net/url"
	"slices"
	"sync"
	"time"

	"github.com/chuanhuabot/bot/sandbox/transcript"
)

// Account is one account of customer service with its customers. It is safe for concurrent use. Make it with
// Corp.AddAccount.
type Account struct {
	id            string
	corp          *Corp
	cursors, keys seal // Of cursors, and of the tokens in bells.

	mu           sync.Mutex
	name         string
	avatar       string // An id of media.
	unmanaged    bool   // Sessions go to servicers by themselves.
	ungranted    bool   // The app may not use it.
	deleted      bool
	log          messageLog
	people       map[string]*person
	servicers    []Servicer
	departments  []int // That serve it as a whole, and who does by that.
	byDepartment map[string]bool
	sent         *recent[bool] // The msgids that the bot has used.
	failing      []int         // What becomes of the next messages that are accepted.
	keyless      keyless
	written      int // Entries of the log, for Rules.Strange.
}

// maxSent is how many msgids of the bot are remembered.
const maxSent = 100_000

// newAccount returns an account. The caller holds the corp's mutex.
func newAccount(c *Corp, id, name string) *Account {
	now := c.platform.clock.Now()
	return &Account{
		id: id, corp: c, name: name, people: map[string]*person{}, sent: newRecent[bool](maxSent),
		// Cursors of an earlier run can be read, and point behind the oldest entry of this one.
		cursors: newSeal("cursor", c.settings.CorpID, id), keys: newSeal("token", c.platform.secret, id),
		log: messageLog{next: uint64(now.UnixMicro())},
	}
}

// ID returns the open_kfid.
func (a *Account) ID() string { return a.id }

// Corp returns whose account it is.
func (a *Account) Corp() *Corp { return a.corp }

// Name returns what customers see.
func (a *Account) Name() string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.name
}

// Link returns the address that opens the chat, which is what its QR code has. scene, up to 32 letters, digits, _ and -, stands
// in the enter_session of those who come by it; it may be empty.
func (a *Account) Link(scene string) string {
	link := "https://work.weixin.qq.com/kf/kfc" + idOf("link", a.id)[:17]
	if scene != "" {
		link += "?enc_scene=" + url.QueryEscape("ENC"+idOf("scene", a.id, scene))
	}
	return link
}

// SetManaged says whether the account is managed by API, as it is at first. If it is not, a session that begins goes to the
// first servicer who receives customers, which is why bots fall silent (page 94698).
func (a *Account) SetManaged(managed bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.unmanaged = !managed
}

// Servicers returns who serves the account.
func (a *Account) Servicers() []Servicer {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Clone(a.servicers)
}

func (a *Account) addServicer(s Servicer) (added bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if i := a.servicerAt(s.ID); i >= 0 {
		a.servicers[i].Name = s.Name
		return false
	}
	a.servicers = append(a.servicers, s)
	return true
}

// servicerAt returns the index of a servicer, -1 if they do not serve the account. The caller holds mu.
func (a *Account) servicerAt(id string) int {
	return slices.IndexFunc(a.servicers, func(s Servicer) bool { return s.ID == id })
}

// Transcript returns what one customer said to the account and saw of it, the oldest first.
func (a *Account) Transcript(customer string) []transcript.Entry {
	return a.corp.platform.transcript.Of(a.id, customer)
}

// note adds an entry about a customer to the transcript.
func (a *Account) note(customer string, e transcript.Entry) {
	e.Time, e.Account, e.Person = a.now(), a.id, customer
	if e.Type == "file" && e.Detail != nil {
		m, _ := a.corp.Medium(e.Detail.Media) // What is gone has no name.
		e.Detail.Name = m.Name
	}
	a.corp.platform.transcript.Add(e)
}

func (a *Account) now() time.Time { return a.corp.platform.clock.Now() }

func (a *Account) rules() Rules { return a.corp.platform.Rules() }
