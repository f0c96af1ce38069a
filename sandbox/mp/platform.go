package mp

import (
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"sync/atomic"

	"github.com/chuanhuabot/bot/sandbox/clock"
	"github.com/chuanhuabot/bot/sandbox/transcript"
)

// Options are what a Platform is made of. The zero value works.
type Options struct {
	Clock      clock.Clock     // The machine's if nil.
	Log        *slog.Logger    // Nothing is logged if nil.
	Transcript *transcript.Log // One of its own, of 10,000 entries, if nil.
	Rules      Rules
}

// Platform is the simulated platform: its accounts, and the API host that bots call. It is safe for concurrent use. Make it
// with New; Close it when no push runs any more.
type Platform struct {
	clock      clock.Clock
	log        *slog.Logger
	transcript *transcript.Log
	rules      Rules
	transport  *http.Transport
	calls      map[string]endpoint
	ids        atomic.Int64 // Of messages, media, tokens: each number is used once.

	mu       sync.Mutex
	accounts []*Account
	tokens   map[string]*accessToken
	failures []failure
}

var _ http.Handler = (*Platform)(nil)

// New returns a platform without accounts.
func New(o Options) *Platform {
	p := &Platform{
		clock: o.Clock, log: o.Log, transcript: o.Transcript, rules: o.Rules.withDefaults(), tokens: map[string]*accessToken{},
	}
	if p.clock == nil {
		p.clock = clock.Real{}
	}
	if p.log == nil {
		p.log = slog.New(slog.DiscardHandler)
	}
	if p.transcript == nil {
		p.transcript = transcript.New(10_000)
	}
	// Callbacks take no proxy: they go to this machine, and what they answer is taken as it is.
	p.transport = &http.Transport{
		DialContext:       (&net.Dialer{Timeout: p.rules.TryTimeout}).DialContext,
		DisableKeepAlives: !p.rules.KeepAlive, DisableCompression: true, MaxIdleConnsPerHost: 64,
	}
	p.calls = p.endpoints()
	return p
}

// Add opens an account. An error says which of its settings the platform would not take.
func (p *Platform) Add(s Settings) (*Account, error) {
	a := &Account{platform: p, people: map[string]*person{}, media: map[string]medium{}}
	if err := a.Set(s); err != nil {
		return nil, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, other := range p.accounts {
		if o := other.Settings(); o.AppID == s.AppID || o.ID == s.ID {
			return nil, fmt.Errorf("there is an account %s with AppID %s already", o.ID, o.AppID)
		}
	}
	p.accounts = append(p.accounts, a)
	return a, nil
}

// Accounts returns the accounts in the order in which they were added.
func (p *Platform) Accounts() []*Account {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]*Account(nil), p.accounts...)
}

// Transcript returns what people said and saw.
func (p *Platform) Transcript() *transcript.Log { return p.transcript }

// Close ends the connections to bots that nobody uses.
func (p *Platform) Close() { p.transport.CloseIdleConnections() }

// byAppID returns nil if there is no such account.
func (p *Platform) byAppID(appID string) *Account {
	for _, a := range p.Accounts() {
		if a.Settings().AppID == appID {
			return a
		}
	}
	return nil
}
