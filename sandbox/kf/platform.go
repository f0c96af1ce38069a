package kf

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"sync/atomic"

	"github.com/chuanhuabot/bot/sandbox/apihost"
	"github.com/chuanhuabot/bot/sandbox/callback"
	"github.com/chuanhuabot/bot/sandbox/clock"
	"github.com/chuanhuabot/bot/sandbox/traffic"
	"github.com/chuanhuabot/bot/sandbox/transcript"
)

// Options are what a Platform is made of. The zero value works.
type Options struct {
	Clock      clock.Clock     // The machine's if nil.
	Stamp      clock.Clock     // What bells and messages are dated by, for a Clock that is put ahead of the bot's: Clock if nil.
	Log        *slog.Logger    // Nothing is logged if nil.
	Transcript *transcript.Log // One of its own, of 10,000 entries, if nil.
	Traffic    *traffic.Log    // Nothing is kept of what goes over the wire if nil.
	Rules      Rules
}

// Platform is the simulated platform: its corps, and the API host that bots call. It is safe for concurrent use. Make it
// with New; Close it when no push and no call runs any more.
type Platform struct {
	clock      clock.Clock
	stamp      clock.Clock
	log        *slog.Logger
	transcript *transcript.Log
	traffic    *traffic.Log
	rules      atomic.Pointer[Rules]
	caller     *callback.Caller
	host       *apihost.Host[*Corp]
	ids        atomic.Int64 // Of messages: each number is used once.
	secret     string       // What tokens are sealed with.

	running context.Context // Ends with Close; of what goes on behind a call of the API.
	stop    context.CancelFunc
	behind  sync.WaitGroup

	mu     sync.Mutex
	closed bool
	corps  []*Corp
	tokens map[string]*accessToken
}

var _ http.Handler = (*Platform)(nil)

// New returns a platform without corps.
func New(o Options) *Platform {
	p := &Platform{
		clock: o.Clock, stamp: o.Stamp, log: o.Log, transcript: o.Transcript, traffic: o.Traffic, tokens: map[string]*accessToken{},
		secret: rand.Text(),
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
	p.running, p.stop = context.WithCancel(context.Background())
	p.ids.Store(p.clock.Now().UnixNano()) // None that an earlier run had.
	p.caller = callback.New(p.clock, o.Rules.KeepAlive)
	p.host = p.newHost()
	return p
}

// AddCorp adds a corp, without accounts. An error says which of its settings the platform would not take.
func (p *Platform) AddCorp(s Settings) (*Corp, error) {
	c := newCorp(p)
	if err := c.Set(s); err != nil {
		return nil, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, other := range p.corps {
		if other.Settings().CorpID == s.CorpID {
			return nil, fmt.Errorf("there is a corp %s already", s.CorpID)
		}
	}
	p.corps = append(p.corps, c)
	return c, nil
}

// Corps returns the corps in the order in which they were added.
func (p *Platform) Corps() []*Corp {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]*Corp(nil), p.corps...)
}

// ServeHTTP is qyapi.weixin.qq.com for the corps of p: see apihost.Host.
func (p *Platform) ServeHTTP(w http.ResponseWriter, r *http.Request) { p.host.ServeHTTP(w, r) }

// Host is where failures and outages of the API are set.
func (p *Platform) Host() *apihost.Host[*Corp] { return p.host }

// Rules returns the rules in force.
func (p *Platform) Rules() Rules { return *p.rules.Load() }

// SetRules changes the rules, for what has not begun. KeepAlive stays as it was.
func (p *Platform) SetRules(r Rules) {
	r = r.withDefaults()
	p.rules.Store(&r)
}

// Transcript returns what customers said and saw.
func (p *Platform) Transcript() *transcript.Log { return p.transcript }

// Close ends what goes on behind calls of the API, waits for it, and ends the connections to bots.
func (p *Platform) Close() {
	p.mu.Lock()
	p.closed = true
	p.mu.Unlock()
	p.stop()
	p.behind.Wait()
	p.caller.Close()
}

// later runs do behind a call of the API, until Close.
func (p *Platform) later(do func(context.Context)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.closed {
		p.behind.Go(func() { do(p.running) })
	}
}
