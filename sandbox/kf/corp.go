package kf

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"slices"
	"sync"

	"github.com/chuanhuabot/bot/sandbox/callback"
	"github.com/chuanhuabot/bot/sandbox/media"
	"github.com/chuanhuabot/bot/sandbox/wire"
)

// Corp is one company: its accounts, its servicers, and the app whose credentials the bot has. It is safe for concurrent use.
// Make it with Platform.AddCorp.
type Corp struct {
	// Faults go wrong with the bells to come that bring none of their own.
	Faults callback.Queue

	platform *Platform
	media    *media.Store

	mu                sync.Mutex // Comes behind an account's, where both are held.
	settings          Settings
	current, previous *wire.Cipher
	accounts          []*Account
	added             int // Accounts in all, with those that were deleted.
	members           []Servicer
	customers         map[string]*customer
	codes             *recent[*code]
	appMessages       []AppMessage
	departments       map[int][]string
	token             string // The one that is given out now; guarded by the platform's mutex.
}

// Servicer is a member of the corp who answers customers.
type Servicer struct {
	ID        string // The userid.
	Name      string
	Receiving bool // Customers may be given to them; of one account.
}

// customer is what a corp knows of somebody in WeChat. Guarded by the corp's mutex.
type customer struct {
	nickname string
	number   int // From 1, as they came.
}

func newCorp(p *Platform) *Corp {
	return &Corp{platform: p, media: media.New(p.clock), customers: map[string]*customer{}, codes: newRecent[*code](maxCodes)}
}

// Settings returns what is set.
func (c *Corp) Settings() Settings {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.settings
}

// Set changes the settings, which takes effect at once, for bells that have not begun. An error says what the platform would
// not take; then nothing changes.
func (c *Corp) Set(s Settings) error {
	s, current, previous, err := s.check()
	if err != nil {
		return err
	}
	c.platform.traffic.Hide(s.Secret, s.Token, s.AESKey, s.PreviousAESKey)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.settings, c.current, c.previous = s, current, previous
	return nil
}

// AddAccount opens an account in the console: the app may use it, and all servicers of the corp serve it. The n-th account of a
// corp has the same id in each run.
func (c *Corp) AddAccount(name string) *Account { return c.addAccount(name, c.Servicers()) }

func (c *Corp) addAccount(name string, servicers []Servicer) *Account {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.added++
	a := newAccount(c, "wk"+idOf("account", c.settings.CorpID, fmt.Sprint(c.added)), name)
	for _, s := range servicers {
		a.servicers = append(a.servicers, Servicer{s.ID, s.Name, true})
	}
	c.accounts = append(c.accounts, a)
	return a
}

// Accounts returns the accounts in the order in which they were added, without those that were deleted.
func (c *Corp) Accounts() []*Account {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.accounts)
}

// AddMember adds a member, or names one anew, who serves no account by that.
func (c *Corp) AddMember(id, name string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.members = slices.DeleteFunc(c.members, func(s Servicer) bool { return s.ID == id })
	c.members = append(c.members, Servicer{ID: id, Name: name, Receiving: true})
}

// AddServicer adds a member, or names one anew, and lets them serve each account that there is.
func (c *Corp) AddServicer(id, name string) {
	c.AddMember(id, name)
	for _, a := range c.Accounts() {
		a.addServicer(Servicer{id, name, true})
	}
}

// Servicers returns the members of the corp, in the order in which they were added. Whether they receive customers is a matter
// of each account: see Account.Servicers.
func (c *Corp) Servicers() []Servicer {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.members)
}

func (c *Corp) member(id string) (Servicer, bool) {
	members := c.Servicers()
	i := slices.IndexFunc(members, func(s Servicer) bool { return s.ID == id })
	if i < 0 {
		return Servicer{}, false
	}
	return members[i], true
}

// NameCustomer sets the nickname of a customer, which bots read by customer/batchget.
func (c *Corp) NameCustomer(id, nickname string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.meet(id).nickname = nickname
}

// meet returns the customer, who is known from now on. The caller holds mu.
func (c *Corp) meet(id string) *customer {
	who, ok := c.customers[id]
	if !ok {
		who = &customer{nickname: id, number: len(c.customers) + 1}
		c.customers[id] = who
	}
	return who
}

// knows returns a copy of what is known of a customer.
func (c *Corp) knows(id string) (customer, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	who, ok := c.customers[id]
	if !ok {
		return customer{}, false
	}
	return *who, true
}

// Keep puts media onto the platform, as a phone does before it sends an image, voice, video or file, and returns its id. Bots
// can fetch it for three days of the platform's clock.
func (c *Corp) Keep(kind, name string, data []byte) string {
	return c.media.Keep(kind, name, data).ID
}

// Medium returns media that is still kept, whoever put it there.
func (c *Corp) Medium(id string) (media.Medium, bool) { return c.media.Get(id) }

// idOf returns 30 letters and digits that are always the same for the same parts, and no others.
func idOf(parts ...string) string {
	sum := sha256.Sum256([]byte(fmt.Sprintf("%q", parts)))
	return base64.RawURLEncoding.EncodeToString(sum[:])[:30]
}
