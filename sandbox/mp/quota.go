package mp

import (
	"encoding/json"
	"time"

	"github.com/chuanhuabot/bot/sandbox/apihost"
)

// ticket gives the ticket that pages sign with (developers.weixin.qq.com/doc/offiaccount/OA_Web_Apps/JS-SDK.html). It is
// the same for two hours at a time.
func ticket(c *call) (any, *refusal) {
	if c.Query.Get("type") != "jsapi" {
		return nil, refuse(codeMediaType)
	}
	period := c.Now.Truncate(tokenLife)
	return map[string]any{
		"errcode": 0, "errmsg": "ok", "ticket": "ticket-" + c.Owner.Settings().AppID + "-" + period.UTC().Format("20060102T15"),
		"expires_in": int(period.Add(tokenLife).Sub(c.Now) / time.Second),
	}, nil
}

// addresses says where callbacks come from and calls go to: this machine
// (developers.weixin.qq.com, page api_getcallbackip).
func addresses(*call) (any, *refusal) {
	return map[string][]string{"ip_list": {"127.0.0.1", "::1"}}, nil
}

// clearedPerMonth is how often quotas may be cleared (developers.weixin.qq.com, page api_clearquota).
const clearedPerMonth = 10

func (p *Platform) clearQuota(c *call) (any, *refusal) {
	var in struct {
		AppID string `json:"appid"`
	}
	if refused := c.Read(&in, codeCharset, codeJSON); refused != nil {
		return nil, refused
	}
	if in.AppID != c.Owner.Settings().AppID {
		return nil, refuse(codeAppID)
	}
	return p.clear(c.Owner, c.Now)
}

// clearQuotaV2 needs no token. Its page says that the secret is in the body, its example has it in the query.
func (p *Platform) clearQuotaV2(c *call) (any, *refusal) {
	in := struct {
		AppID  string `json:"appid"`
		Secret string `json:"appsecret"`
	}{c.Query.Get("appid"), c.Query.Get("appsecret")}
	if len(c.Body) > 0 && json.Unmarshal(c.Body, &in) != nil {
		return nil, refuse(codeJSON)
	}
	account, refused := p.bySecret(c, in.AppID, in.Secret)
	if refused != nil {
		return nil, refused
	}
	return p.clear(account, c.Now)
}

func (p *Platform) clear(a *Account, now time.Time) (any, *refusal) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.cleared = since(a.cleared, now.AddDate(0, -1, 0))
	if len(a.cleared) >= clearedPerMonth {
		return nil, refuse(codeClearQuota)
	}
	a.cleared = append(a.cleared, now)
	p.host.ResetCounts(a)
	return apihost.OK()
}
