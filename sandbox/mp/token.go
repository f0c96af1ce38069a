package mp

import (
	"maps"
	"time"

	"github.com/chuanhuabot/bot/sandbox/wire"
)

const (
	// tokenLife is how long a token is valid, and overlap how long an old one still works when there is a new one
	// (developers.weixin.qq.com, page Get_access_token.html).
	tokenLife = 2 * time.Hour
	overlap   = 5 * time.Minute
	// forcedPerDay and forcedEvery limit force_refresh
	// (developers.weixin.qq.com/doc/service/api/base/api_getstableaccesstoken).
	forcedPerDay = 20
	forcedEvery  = 30 * time.Second
	// remembered is how long an expired token is told from one that never was.
	remembered = 24 * time.Hour
)

// accessToken is a token that was given out. Guarded by the platform's mutex, as the accounts' current ones.
type accessToken struct {
	account *Account
	until   time.Time
	void    bool // Taken back.
}

type tokenAnswer struct {
	Token   string `json:"access_token"`
	Expires int    `json:"expires_in"`
}

// classicToken makes a new token with each call; the one before works for another five minutes.
func (p *Platform) classicToken(c *call) (any, *refusal) {
	account, refused := p.identified(c, c.Query.Get("grant_type"), c.Query.Get("appid"), c.Query.Get("secret"))
	if refused != nil {
		return nil, refused
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if old, ok := p.tokens[account.classic]; ok && old.until.After(c.Now.Add(overlap)) {
		old.until = c.Now.Add(overlap)
	}
	account.classic = p.newToken(account, c.Now)
	return p.given(account.classic, c.Now), nil
}

// stableToken gives the same token until its last five minutes, when it makes a new one and both are valid. It has
// nothing to do with classic tokens.
func (p *Platform) stableToken(c *call) (any, *refusal) {
	var in struct {
		GrantType string `json:"grant_type"`
		AppID     string `json:"appid"`
		Secret    string `json:"secret"`
		Force     bool   `json:"force_refresh"`
	}
	if refused := c.Read(&in, codeCharset, codeJSON); refused != nil {
		return nil, refused
	}
	account, refused := p.identified(c, in.GrantType, in.AppID, in.Secret)
	if refused != nil {
		return nil, refused
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	current, ok := p.tokens[account.stable]
	if in.Force {
		if refused := account.force(c.Now); refused != nil {
			return nil, refused
		}
		if ok {
			current.void = true
		}
	}
	if !ok || current.void || !current.until.After(c.Now.Add(overlap)) {
		account.stable = p.newToken(account, c.Now)
	}
	return p.given(account.stable, c.Now), nil
}

// force counts a refresh by force. Which codes the platform has for too many is not published. The caller holds the
// platform's mutex.
func (a *Account) force(now time.Time) *refusal {
	a.forced = since(a.forced, now.Add(-24*time.Hour))
	switch n := len(a.forced); {
	case n > 0 && now.Sub(a.forced[n-1]) < forcedEvery:
		return refuse(codeTooOften)
	case n >= forcedPerDay:
		return refuse(codeQuota)
	}
	a.forced = append(a.forced, now)
	return nil
}

// since returns the times behind start.
func since(times []time.Time, start time.Time) []time.Time {
	var later []time.Time
	for _, t := range times {
		if t.After(start) {
			later = append(later, t)
		}
	}
	return later
}

func (p *Platform) identified(c *call, grant, appID, secret string) (*Account, *refusal) {
	if grant != "client_credential" {
		return nil, refuse(codeGrant)
	}
	return p.bySecret(c, appID, secret)
}

// bySecret returns the account of a call that has no token.
func (p *Platform) bySecret(c *call, appID, secret string) (*Account, *refusal) {
	account := p.byAppID(appID)
	if account == nil {
		return nil, refuse(codeAppID)
	}
	if own := account.Settings().Secret; own == "" || own != secret {
		return nil, refuse(codeSecret)
	}
	c.Account = account.Settings().ID
	return account, account.admits(c)
}

// newToken makes a token and forgets those that are long over. The caller holds mu.
func (p *Platform) newToken(account *Account, now time.Time) string {
	maps.DeleteFunc(p.tokens, func(_ string, t *accessToken) bool { return now.Sub(t.until) > remembered })
	text := ""
	for range 8 { // The platform's have 136 characters and more.
		text += wire.RandomHex()
	}
	p.traffic.Hide(text)
	p.tokens[text] = &accessToken{account: account, until: now.Add(tokenLife)}
	return text
}

// given is the answer that gives a token. The caller holds mu.
func (p *Platform) given(text string, now time.Time) tokenAnswer {
	return tokenAnswer{text, int(p.tokens[text].until.Sub(now) / time.Second)}
}

// byToken returns whose token it is.
func (p *Platform) byToken(text string, now time.Time) (*Account, *refusal) {
	p.mu.Lock()
	defer p.mu.Unlock()
	t, known := p.tokens[text]
	switch {
	case text == "":
		return nil, refuse(codeNoToken)
	case !known || t.void:
		return nil, refuse(codeToken)
	case !now.Before(t.until):
		return nil, refuse(codeExpired)
	}
	return t.account, nil
}

// InvalidateTokens takes back all tokens of the account, as somebody does who refreshes them elsewhere: the next call with
// one of them gets 40001.
func (a *Account) InvalidateTokens() {
	a.platform.mu.Lock()
	defer a.platform.mu.Unlock()
	for _, t := range a.platform.tokens {
		if t.account == a {
			t.void = true
		}
	}
}
