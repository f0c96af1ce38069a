package kf

import (
	"crypto/rand"
	"maps"
	"time"

	"github.com/chuanhuabot/bot/sandbox/apihost"
)

const (
	// tokenLife is how long a token is valid (page 91039).
	tokenLife = 2 * time.Hour
	// remembered is how long an expired token is told from one that never was.
	remembered = 24 * time.Hour
)

// accessToken is a token that was given out. Guarded by the platform's mutex, as the corps' current ones.
type accessToken struct {
	corp  *Corp
	until time.Time
}

type tokenAnswer struct {
	apihost.Done
	Token   string `json:"access_token"`
	Expires int    `json:"expires_in"`
}

// getToken gives the same token for as long as it is valid.
func (p *Platform) getToken(c *call) (any, *refusal) {
	corp, refused := p.bySecret(c.Query.Get("corpid"), c.Query.Get("corpsecret"))
	if refused != nil {
		return nil, refused
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	current, known := p.tokens[corp.token]
	if !known || !c.Now.Before(current.until) {
		current = p.newToken(corp, c.Now)
	}
	return tokenAnswer{okay, corp.token, int(current.until.Sub(c.Now) / time.Second)}, nil
}

func (p *Platform) bySecret(corpID, secret string) (*Corp, *refusal) {
	for _, c := range p.Corps() {
		s := c.Settings()
		switch {
		case s.CorpID != corpID:
			continue
		case secret == "":
			return nil, refuse(codeNoSecret)
		case s.Secret != secret:
			return nil, refuse(codeSecret)
		}
		return c, nil
	}
	return nil, refuse(codeCorpID)
}

// newToken makes a token and forgets those that are long over. The caller holds mu.
func (p *Platform) newToken(c *Corp, now time.Time) *accessToken {
	maps.DeleteFunc(p.tokens, func(_ string, t *accessToken) bool { return now.Sub(t.until) > remembered })
	c.token = ""
	for range 8 { // The platform's have some 200 characters.
		c.token += rand.Text()
	}
	t := &accessToken{c, now.Add(tokenLife)}
	p.traffic.Hide(c.token)
	p.tokens[c.token] = t
	return t
}

// byToken returns whose token it is.
func (p *Platform) byToken(text string, now time.Time) (*Corp, *refusal) {
	p.mu.Lock()
	defer p.mu.Unlock()
	t, known := p.tokens[text]
	switch {
	case text == "":
		return nil, refuse(codeNoToken)
	case !known:
		return nil, refuse(codeToken)
	case !now.Before(t.until):
		return nil, refuse(codeExpired)
	}
	return t.corp, nil
}

// InvalidateTokens takes back all tokens of the corp before their time, as the platform may: the next call with one of them
// gets 40014.
func (c *Corp) InvalidateTokens() {
	c.platform.mu.Lock()
	defer c.platform.mu.Unlock()
	maps.DeleteFunc(c.platform.tokens, func(_ string, t *accessToken) bool { return t.corp == c })
}
