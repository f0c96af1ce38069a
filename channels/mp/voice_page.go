package mp

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/chuanhuabot/bot/channels/internal/wx"
	"github.com/chuanhuabot/bot/core"
)

// voicePage is a page where people speak: within WeChat with its JS-SDK
// (developers.weixin.qq.com/doc/offiaccount/OA_Web_Apps/JS-SDK.html), elsewhere with what browsers have. What they say goes
// through the routes like every other message of theirs. It is safe for concurrent use. A nil one is no page.
type voicePage struct {
	channel string
	config  Config
	log     *slog.Logger
	gate    *gate
	api     *api       // Nil if the account has no AppSecret.
	tickets *wx.Tokens // As api.
	handler http.Handler

	sessions   sessions
	exchanges  *exchanges
	recordings *recordings
	uploads    chan struct{} // Has an element for each recording that is on its way.
	said       rate          // Of what is posted.
	asked      rate          // Of what the platform may have to be asked for.
}

// newVoicePage returns nil if c has no voice page.
func newVoicePage(channel string, c Config, a *api, g *gate, log *slog.Logger) (*voicePage, error) {
	if c.VoicePage == "" {
		return nil, nil
	}
	p := &voicePage{
		channel: channel, config: c, log: log, gate: g, api: a, sessions: newSessions(c),
		exchanges: newExchanges(), recordings: newRecordings(), uploads: make(chan struct{}, uploadsAtOnce),
	}
	if a != nil {
		p.tickets = newTickets(a)
	}
	// Posts of other origins would come with the person's cookie.
	protection := http.NewCrossOriginProtection()
	if c.PublicURL != "" {
		if err := protection.AddTrustedOrigin(trimmed(c.PublicURL)); err != nil {
			return nil, fmt.Errorf("public_url: %w", err)
		}
	}
	p.handler = protection.Handler(p.routes())
	return p, nil
}

func (p *voicePage) routes() http.Handler {
	mux := http.NewServeMux()
	at := p.config.VoicePage
	mux.HandleFunc("GET "+at, p.page)
	mux.Handle("GET "+at+"/{$}", http.RedirectHandler(at, http.StatusFound))
	mux.HandleFunc("GET "+at+"/{file}", p.file)
	mux.HandleFunc("GET "+at+"/back", p.back)
	mux.HandleFunc("GET "+at+"/config", p.sign)
	mux.HandleFunc("POST "+at+"/said", p.hear)
	mux.HandleFunc("POST "+at+"/recording", p.record)
	mux.HandleFunc("GET "+at+"/replies", p.poll)
	return mux
}

// at tells whether a path is one of the page's.
func (p *voicePage) at(path string) bool {
	return p != nil && (path == p.config.VoicePage || strings.HasPrefix(path, p.config.VoicePage+"/"))
}

// pagePolicy lets the page load WeChat's JS-SDK from where WeChat has it, and nothing else from elsewhere.
const pagePolicy = "default-src 'none'; script-src 'self' https://res.wx.qq.com https://res2.wx.qq.com; style-src 'self'; " +
	"img-src 'self'; connect-src 'self'; base-uri 'self'; form-action 'none'; frame-ancestors 'none'"

// ServeHTTP answers browsers.
func (p *voicePage) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Security-Policy", pagePolicy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Permissions-Policy", "microphone=(self), camera=(), geolocation=()")
	h.Set("Cache-Control", "no-store")
	p.handler.ServeHTTP(w, r)
}

// deliver is exchanges.deliver.
func (p *voicePage) deliver(ctx context.Context, d *core.Delivery) (done bool, err error) {
	if p == nil {
		return false, nil
	}
	return p.exchanges.deliver(ctx, d)
}

// recording returns what was recorded outside of WeChat, by its media id, or nil.
func (p *voicePage) recording(id string) *core.Blob {
	if p == nil {
		return nil
	}
	return p.recordings.open(id)
}

// stop keeps the turns that run for people whom a reply can reach elsewhere.
func (p *voicePage) stop() {
	if p == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), keepTime) // For all of them.
	defer cancel()
	for _, one := range p.exchanges.unkept() {
		p.keep(ctx, one)
	}
}

func (p *voicePage) keep(ctx context.Context, one *exchange) {
	if err := p.exchanges.keep(ctx, one); err != nil {
		p.log.Error("message not kept: it is lost if the process ends now", "message", one.id, "err", err)
	}
}

// visitor returns the session of a request. Without one it has answered the request.
func (p *voicePage) visitor(w http.ResponseWriter, r *http.Request) (session, bool) {
	one, ok := p.sessions.of(r)
	if !ok {
		p.fail(w, http.StatusUnauthorized, "session")
	}
	return one, ok
}

// mayAsk is visitor for what the platform may have to be asked for.
func (p *voicePage) mayAsk(w http.ResponseWriter, r *http.Request) (session, bool) {
	one, ok := p.visitor(w, r)
	if ok && !p.asked.allow(one, time.Now()) {
		p.fail(w, http.StatusTooManyRequests, "busy")
		return one, false
	}
	return one, ok
}
