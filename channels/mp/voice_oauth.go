package mp

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"
)

// mustAsk tells whether a browser that opens the page is to be sent to WeChat first: once for each session, and only from
// within WeChat, which is the only place where it works.
func (p *voicePage) mustAsk(r *http.Request, one session) bool {
	return p.config.OAuth && one.OpenID == "" && !one.Asked && strings.Contains(r.UserAgent(), "MicroMessenger")
}

// askAddress is where WeChat says who the person is, without their noticing (scope snsapi_base,
// developers.weixin.qq.com/doc/offiaccount/OA_Web_Apps/Wechat_webpage_authorization.html). WeChat wants the parameters in this order.
func (p *voicePage) askAddress(r *http.Request, one session, now time.Time) string {
	back := p.origin(r) + p.config.VoicePage + "/back"
	return trimmed(p.config.OAuthBase) + "/connect/oauth2/authorize?appid=" + url.QueryEscape(p.config.AppID) +
		"&redirect_uri=" + url.QueryEscape(back) + "&response_type=code&scope=snsapi_base&state=" + p.sessions.state(one, now) + "#wechat_redirect"
}

// origin is how the browser calls this server.
func (p *voicePage) origin(r *http.Request) string {
	if p.config.PublicURL != "" {
		return trimmed(p.config.PublicURL)
	}
	return "http://" + r.Host // Of a sandbox: bot.yaml must have public_url for the rest.
}

// back is where WeChat sends the person, with a code that tells who they are. Who cannot be named is a guest.
func (p *voicePage) back(w http.ResponseWriter, r *http.Request) {
	one, ok := p.sessions.of(r)
	q := r.URL.Query()
	if !ok || !p.config.OAuth || !p.sessions.stated(one, q.Get("state"), time.Now()) {
		http.Error(w, "请从聊天中重新打开页面。Please open the page again from the chat.", http.StatusForbidden)
		return
	}
	if one.OpenID == "" {
		one = p.named(r, one, q.Get("code"))
		if err := p.sessions.give(w, one); err != nil {
			p.log.Error("session of the voice page not made", "err", err)
		}
	}
	http.Redirect(w, r, p.config.VoicePage, http.StatusFound)
}

// named returns the session of the person whom a code names; the same one if it names nobody.
func (p *voicePage) named(r *http.Request, one session, code string) session {
	one.Asked = true
	if code == "" || len(code) > 512 || !p.asked.allow(one, time.Now()) {
		return one
	}
	openID, err := p.api.openID(r.Context(), p.config, code)
	if err != nil {
		p.log.Warn("WeChat did not say who opened the voice page: they are a guest", "err", err)
		return one
	}
	next := newSession(openID) // With another ID: the old one was there before anybody was named.
	next.Asked = true
	return next
}

var openIDPattern = regexp.MustCompile(`^[A-Za-z0-9_-]{6,64}$`)

// openID asks whom a code names. A code works once, for five minutes.
func (a *api) openID(ctx context.Context, c Config, code string) (string, error) {
	var out struct {
		OpenID string `json:"openid"`
	}
	err := a.GetOpen(ctx, "/sns/oauth2/access_token", url.Values{
		"appid": {c.AppID}, "secret": {c.AppSecret.Value()}, "code": {code}, "grant_type": {"authorization_code"},
	}, &out)
	if err != nil {
		return "", err
	}
	if !openIDPattern.MatchString(out.OpenID) || strings.HasPrefix(out.OpenID, guest) {
		return "", errors.New("the answer to the code has no openid")
	}
	return out.OpenID, nil
}

// sign answers with what wx.config wants for the page's own address, as the browser sees it.
func (p *voicePage) sign(w http.ResponseWriter, r *http.Request) {
	if _, ok := p.mayAsk(w, r); !ok {
		return
	}
	address := r.URL.Query().Get("url")
	if !p.own(r, address) {
		p.fail(w, http.StatusForbidden, "broken")
		return
	}
	if p.tickets == nil {
		p.fail(w, http.StatusNotFound, "wechat")
		return
	}
	ticket, err := p.tickets.Get(r.Context())
	if err != nil {
		p.log.Warn("the voice page works without WeChat's recorder: no jsapi_ticket", "err", err)
		p.fail(w, http.StatusBadGateway, "wechat")
		return
	}
	p.answer(w, http.StatusOK, newJSConfig(p.config.AppID, ticket, address, time.Now()))
}

// own tells whether an address is the page's: nobody gets a signature for another page.
func (p *voicePage) own(r *http.Request, address string) bool {
	u, err := url.Parse(address)
	if err != nil || len(address) > 2048 || strings.Contains(address, "#") || strings.ContainsFunc(address, func(c rune) bool { return c <= ' ' || c > '~' }) {
		return false
	}
	if u.User != nil || u.EscapedPath() != p.config.VoicePage {
		return false
	}
	if p.config.PublicURL != "" {
		return strings.EqualFold(u.Scheme+"://"+u.Host, trimmed(p.config.PublicURL))
	}
	return (u.Scheme == "http" || u.Scheme == "https") && strings.EqualFold(u.Host, r.Host)
}
