package mp

import (
	"net/http"
	"time"

	"github.com/chuanhuabot/bot/sandbox/apihost"
)

type (
	call    = apihost.Call[*Account]
	refusal = apihost.Refusal
)

// newHost returns api.weixin.qq.com for the accounts of p.
func (p *Platform) newHost() *apihost.Host[*Account] {
	type endpoint = apihost.Endpoint[*Account]
	get := func(do func(*call) (any, *refusal)) endpoint { return endpoint{Method: http.MethodGet, Do: do} }
	post := func(do func(*call) (any, *refusal)) endpoint { return endpoint{Method: http.MethodPost, Do: do} }
	open := func(e endpoint) endpoint { e.Open = true; return e }
	return apihost.New(apihost.Options[*Account]{
		Platform: "mp", Clock: p.clock, Log: p.log, Traffic: p.traffic, Owner: p.owner, Limit: limit, Text: text, WrongVerb: wrongVerb,
		Endpoints: map[string]endpoint{
			"/cgi-bin/token":                     open(get(p.classicToken)),
			"/cgi-bin/stable_token":              open(post(p.stableToken)),
			"/cgi-bin/message/custom/send":       post(customSend),
			"/cgi-bin/message/custom/typing":     post(customTyping),
			"/cgi-bin/message/template/send":     post(sendTemplate),
			"/cgi-bin/message/subscribe/bizsend": post(sendSubscribe),
			"/cgi-bin/media/upload":              post(upload),
			"/cgi-bin/media/get":                 get(download),
			"/sandbox/video":                     open(get(p.video)),
			"/cgi-bin/menu/create":               post(onlyWithMenu(createMenu)),
			"/cgi-bin/menu/get":                  get(onlyWithMenu(getMenu)),
			"/cgi-bin/menu/delete":               get(onlyWithMenu(deleteMenu)),
			"/cgi-bin/ticket/getticket":          get(ticket),
			"/sns/oauth2/access_token":           open(get(p.tellPerson)),
			"/cgi-bin/getcallbackip":             get(addresses),
			"/cgi-bin/get_api_domain_ip":         get(addresses),
			"/cgi-bin/callback/check":            post(checkCallback),
			"/cgi-bin/clear_quota":               post(p.clearQuota),
			"/cgi-bin/clear_quota/v2":            open(post(p.clearQuotaV2)),
		},
	})
}

// owner returns whose token a call carries, if it comes from an address on the account's list.
func (p *Platform) owner(c *call) (*Account, *refusal) {
	a, refused := p.byToken(c.Query.Get("access_token"), c.Now)
	if refused != nil {
		return nil, refused
	}
	c.Account = a.Settings().ID
	return a, a.admits(c)
}

// limit is how often a day an account may make a call; test accounts a fraction of it
// (developers.weixin.qq.com, page API_Call_Limits.html). The other calls have larger ones.
func limit(a *Account, path string) apihost.Rate {
	most := map[string][2]int{
		"/cgi-bin/message/custom/send": {500_000, 50_000}, "/cgi-bin/media/upload": {100_000, 500}, "/cgi-bin/media/get": {200_000, 1000},
	}[path]
	n := most[0]
	if a.Settings().Kind == Test {
		n = most[1]
	}
	return apihost.Rate{Most: n, Per: 24 * time.Hour, Code: codeQuota}
}

func wrongVerb(want string) *refusal {
	if want == http.MethodGet {
		return apihost.Refuse(codeNeedsGET)
	}
	return apihost.Refuse(codeNeedsPOST)
}
