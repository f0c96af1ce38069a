package mp

import (
	"html/template"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/chuanhuabot/bot/sandbox/wire"
)

// authorizePath is where the page of open.weixin.qq.com is that asks who a person is
// (developers.weixin.qq.com/doc/offiaccount/OA_Web_Apps/Wechat_webpage_authorization.html).
const authorizePath = "/connect/oauth2/authorize"

// codeLife is how long a code can be exchanged, once.
const codeLife = 5 * time.Minute

// personCode tells who a person is. Guarded by the platform's mutex.
type personCode struct {
	account *Account
	person  string
	until   time.Time
	used    bool
}

// Named is a person of an account, with the name by which people know them.
type Named struct{ OpenID, Name string }

// choice is a person whom the page offers.
type choice struct{ Name, URL string }

var authorizePage = template.Must(template.New("").Parse(`<!DOCTYPE html>
<html lang="zh"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>WeChat</title>
<style nonce="{{.Nonce}}">
:root { color-scheme: light dark; font: 17px/1.5 system-ui, "PingFang SC", "Noto Sans CJK SC", sans-serif; }
body { max-width: 24em; margin: 12vh auto; padding: 0 20px; text-align: center; }
h1 { font-size: 21px; } h1 span { display: block; font-size: 15px; font-weight: 400; opacity: 0.7; }
ul { padding: 0; list-style: none; }
a { display: block; margin: 10px 0; padding: 10px; border-radius: 8px; background: #07c160; color: #03210f; text-decoration: none; font-weight: 600; }
</style></head>
<body>{{if .Why}}<p>{{.Why}}</p>{{else}}<h1>你是谁？ <span lang="en">Who are you?</span></h1>
<ul>{{range .People}}<li><a data-test="person" href="{{.URL}}">{{.Name}}</a></li>{{end}}</ul>{{end}}</body></html>
`))

// authorize is the page. Within WeChat people see nothing of it, as WeChat knows them; here one chooses, or has person in the
// query.
func (p *Platform) authorize(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	account, back, why := p.asks(q)
	w.Header().Set("Cache-Control", "no-store")
	if who := q.Get("person"); why == "" && who != "" {
		http.Redirect(w, r, withCode(back, p.newCode(account, who), q.Get("state")), http.StatusFound)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	page := struct {
		Nonce, Why string
		People     []choice
	}{Nonce: wire.RandomHex(), Why: why}
	w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'nonce-"+page.Nonce+"'; frame-ancestors 'none'")
	if why != "" {
		w.WriteHeader(http.StatusBadRequest)
	} else {
		page.People = p.offer(account, q)
	}
	if err := authorizePage.Execute(w, page); err != nil {
		p.log.Debug("page not written: the browser hung up", "err", err)
	}
}

// asks returns the account that asks, and the address to go back to; why says what is wrong, in the platform's words.
func (p *Platform) asks(q url.Values) (account *Account, back *url.URL, why string) {
	account = p.byAppID(q.Get("appid"))
	back, err := url.Parse(q.Get("redirect_uri"))
	switch {
	case account == nil:
		return nil, nil, "40013 invalid appid"
	case q.Get("response_type") != "code" || q.Get("scope") != "snsapi_base" && q.Get("scope") != "snsapi_userinfo":
		return nil, nil, "10005 Scope 参数错误或没有 Scope 权限"
	case account.Settings().Kind == Unverified:
		return nil, nil, "10005 该公众号没有这个 scope 的权限"
	case len(q.Get("state")) > 128:
		return nil, nil, "state: at most 128 bytes"
	}
	own, wrong := url.Parse(account.Settings().URL)
	if err != nil || wrong != nil || back.Scheme != "http" && back.Scheme != "https" || own.Host == "" || back.Host != own.Host {
		return nil, nil, "10003 redirect_uri 域名与后台配置不一致: want a page on the host of the bot"
	}
	return account, back, ""
}

// offer returns the people of an account, with the addresses that choose them.
func (p *Platform) offer(account *Account, q url.Values) []choice {
	var choices []choice
	for _, one := range p.people(account) {
		chosen := maps.Clone(q)
		chosen.Set("person", one.OpenID)
		choices = append(choices, choice{one.Name, "?" + chosen.Encode()})
	}
	return choices
}

// people returns the people who have names. Without such, those who have to do with the account.
func (p *Platform) people(account *Account) []Named {
	if p.named != nil {
		return p.named(account)
	}
	account.mu.Lock()
	defer account.mu.Unlock()
	var people []Named
	for _, id := range slices.Sorted(maps.Keys(account.people)) {
		people = append(people, Named{id, id})
	}
	return people
}

// newCode makes a code for a person, and forgets those that are over.
func (p *Platform) newCode(account *Account, person string) string {
	now := p.clock.Now()
	p.mu.Lock()
	defer p.mu.Unlock()
	maps.DeleteFunc(p.codes, func(_ string, c *personCode) bool { return now.After(c.until) })
	code := wire.RandomHex() + wire.RandomHex()
	p.codes[code] = &personCode{account: account, person: person, until: now.Add(codeLife)}
	return code
}

func withCode(back *url.URL, code, state string) string {
	q := back.RawQuery
	if q != "" {
		q += "&"
	}
	with := *back
	with.RawQuery = q + "code=" + code + "&state=" + url.QueryEscape(state)
	return with.String()
}

// tellPerson exchanges a code.
func (p *Platform) tellPerson(c *call) (any, *refusal) {
	if c.Query.Get("grant_type") != "authorization_code" {
		return nil, refuse(codeGrant)
	}
	account, refused := p.bySecret(c, c.Query.Get("appid"), c.Query.Get("secret"))
	if refused != nil {
		return nil, refused
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	code := p.codes[c.Query.Get("code")]
	switch {
	case c.Query.Get("code") == "":
		return nil, refuse(codeNoCode)
	case code == nil || code.account != account || c.Now.After(code.until):
		return nil, refuse(codeCode)
	case code.used:
		return nil, refuse(codeUsed)
	}
	code.used = true
	c.Person = code.person
	return map[string]any{
		"access_token": wire.RandomHex(), "expires_in": int(tokenLife / time.Second), "refresh_token": wire.RandomHex(),
		"openid": code.person, "scope": "snsapi_base",
	}, nil
}
