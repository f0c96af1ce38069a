package mp

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"sync/atomic"

	"github.com/chuanhuabot/bot/sandbox/apihost"
	"github.com/chuanhuabot/bot/sandbox/callback"
	"github.com/chuanhuabot/bot/sandbox/clock"
	"github.com/chuanhuabot/bot/sandbox/media"
	"github.com/chuanhuabot/bot/sandbox/traffic"
	"github.com/chuanhuabot/bot/sandbox/transcript"
)

// Options are what a Platform is made of. The zero value works.
type Options struct {
	Clock      clock.Clock     // The machine's if nil.
	Stamp      clock.Clock     // What callbacks are dated by, for a Clock that is put ahead of the bot's: Clock if nil.
	Log        *slog.Logger    // Nothing is logged if nil.
	Transcript *transcript.Log // One of its own, of 10,000 entries, if nil.
	Traffic    *traffic.Log    // Nothing is kept of what goes over the wire if nil.
	Rules      Rules
	Named      func(*Account) []Named // The people of an account, for the page that asks who one is; those who wrote to it if nil.
}

// Platform is the simulated platform: its accounts, and the API host that bots call. It is safe for concurrent use. Make it
// with New; Close it when no push runs any more.
type Platform struct {
	clock      clock.Clock
	stamp      clock.Clock
	log        *slog.Logger
	transcript *transcript.Log
	traffic    *traffic.Log
	rules      atomic.Pointer[Rules]
	named      func(*Account) []Named
	caller     *callback.Caller
	host       *apihost.Host[*Account]
	ids        atomic.Int64    // Of messages: each number is used once.
	ctx        context.Context // Ends with Close.
	cancel     context.CancelFunc
	tasks      sync.WaitGroup // Pushes of the platform's own.

	mu       sync.Mutex
	accounts []*Account
	tokens   map[string]*accessToken
	codes    map[string]*personCode
}

var _ http.Handler = (*Platform)(nil)

// New returns a platform without accounts.
func New(o Options) *Platform {
	p := &Platform{
		clock: o.Clock, stamp: o.Stamp, log: o.Log, transcript: o.Transcript, traffic: o.Traffic, tokens: map[string]*accessToken{},
		codes: map[string]*personCode{}, named: o.Named,
	}
	p.SetRules(o.Rules)
	if p.clock == nil {
		p.clock = clock.Real{}
	}
	if p.stamp == nil {
		p.stamp = p.clock
	}
	if p.log == nil {
		p.log = slog.New(slog.DiscardHandler)
	}
	if p.transcript == nil {
		p.transcript = transcript.New(10_000)
	}
	p.ctx, p.cancel = context.WithCancel(context.Background())
	p.ids.Store(firstID(p.clock.Now()))
	p.caller = callback.New(p.clock, o.Rules.KeepAlive)
	p.host = p.newHost()
	return p
}

// Add opens an account. An error says which of its settings the platform would not take.
func (p *Platform) Add(s Settings) (*Account, error) {
	a := &Account{platform: p, people: map[string]*person{}, media: media.New(p.clock)}
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

// ServeHTTP is api.weixin.qq.com for the accounts of p, see apihost.Host, and open.weixin.qq.com besides, where pages ask who a
// person is.
func (p *Platform) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == authorizePath {
		p.authorize(w, r)
		return
	}
	p.host.ServeHTTP(w, r)
}

// Host is where failures and outages of the API are set.
func (p *Platform) Host() *apihost.Host[*Account] { return p.host }

// Rules returns the rules in force.
func (p *Platform) Rules() Rules { return *p.rules.Load() }

// SetRules changes the rules, for what has not begun. KeepAlive stays as it was.
func (p *Platform) SetRules(r Rules) {
	r = r.withDefaults()
	p.rules.Store(&r)
}

// Transcript returns what people said and saw.
func (p *Platform) Transcript() *transcript.Log { return p.transcript }

// Close ends the pushes of the platform's own, and the connections to bots that nobody uses.
func (p *Platform) Close() {
	p.mu.Lock()
	p.cancel()
	p.mu.Unlock()
	p.tasks.Wait()
	p.caller.Close()
}

// begin runs do beside others until Close, after which it does nothing.
func (p *Platform) begin(do func(context.Context)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.ctx.Err() == nil {
		p.tasks.Go(func() { do(p.ctx) })
	}
}

// byAppID returns nil if there is no such account.
func (p *Platform) byAppID(appID string) *Account {
	for _, a := range p.Accounts() {
		if a.Settings().AppID == appID {
			return a
		}
	}
	return nil
}
