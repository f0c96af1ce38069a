package mp

import (
	"context"
	"errors"

	"github.com/chuanhuabot/bot/channels/internal/examine"
	"github.com/chuanhuabot/bot/channels/internal/wx"
	"github.com/chuanhuabot/bot/internal/report"
)

// Examine asks the platform, and the bot that runs on this machine, whether what bot.yaml says of the account holds. local is
// where that bot listens, such as http://127.0.0.1:8080, or "" if that cannot be known. It blocks for some calls, or until ctx
// ends, and has no effects: it sends nothing to people and forces no token. It is safe for concurrent use.
func (c *Channel) Examine(ctx context.Context, local string) []report.Finding {
	a, err := wx.NewAPI(c.config.APIBase, c.config.Proxy.Value(), unforced(fetchToken(c.config.AppID, c.config.AppSecret)))
	if err != nil {
		return []report.Finding{fault(report.Say("不能调用微信的接口："+err.Error(), "WeChat cannot be called: "+err.Error()), report.Text{})}
	}
	defer a.Close()
	e := &examination{config: c.config, api: &api{a}, Examination: &examine.Examination{
		API: a, Base: c.config.APIBase, Proxied: !c.config.Proxy.Empty(), Local: local, Freshness: c.config.Freshness,
		Platform: report.Say("微信", "WeChat"), Pushes: report.Say("微信的消息", "messages of WeChat"), Means: refused,
	}}
	e.platform(ctx)
	e.callback(ctx)
	e.mode()
	return e.Findings()
}

// unforced never asks for another token than the present one: that would take it away from the bot that runs.
func unforced(fetch wx.Fetch) wx.Fetch {
	return func(ctx context.Context, a *wx.API, _ bool) (wx.Token, error) { return fetch(ctx, a, false) }
}

// examination is one Examine.
type examination struct {
	*examine.Examination
	config Config
	api    *api
}

// untold adds what is known of a call that failed whose token is right.
func (e *examination) untold(what report.Text, err error) { e.Failed(levelOf(err), what, err) }

// levelOf is how bad it is that such a call failed: mostly nothing is known then, and nothing wrong.
func levelOf(err error) report.Level {
	if code := wx.CodeOf(err); code == codeNoURL || code == codeQuota {
		return report.Fault
	}
	return report.Warning
}

const (
	codeNoURL = 40201
	codeQuota = 45009
)

// platform asks the API, as far as it answers: what needs a token is not tried without one.
func (e *examination) platform(ctx context.Context) {
	if !e.Host(ctx) || !e.token(ctx) {
		e.Add(report.Hint, report.Say("IP 白名单、回调网络、客服消息权限和菜单这次没有检查，修好上面的问题再运行一次",
			"IP list, network of the callback, customer-service messages and menu were not examined: run this again when the above is put right"), report.Text{})
		return
	}
	e.Sources(ctx, levelOf)
	e.network(ctx)
	e.messages(ctx)
	e.menu(ctx)
}

// token asks for the token that all processes of the account share, and tells whether there is one.
func (e *examination) token(ctx context.Context) bool {
	if e.config.AppSecret.Empty() {
		level := report.Hint
		if e.config.Account != "unverified" {
			level = report.Fault // Late answers are expected, and nothing can send them.
		}
		e.Add(level, report.Say("没有 app_secret：机器人不能调用微信的接口，只能被动回复",
			"there is no app_secret: the bot cannot call WeChat, and answers by passive replies only"), addSecret())
		return false
	}
	_, err := fetchToken(e.config.AppID, e.config.AppSecret)(ctx, e.api.API, false)
	if err != nil {
		e.Failed(report.Fault, report.Say("拿不到 access_token", "there is no access token"), err)
		return false
	}
	e.Add(report.OK, report.Say("AppID 和 AppSecret 正确，本机在 IP 白名单里（或没有设白名单）",
		"AppID and AppSecret are right, and this server is on the IP list (or there is none)"), report.Text{})
	return true
}

// refusedWith returns the errcode of a call, or 0 and false if it was not answered by one.
func refusedWith(err error) (int, bool) {
	var r *wx.Refusal
	if errors.As(err, &r) {
		return r.Code, true
	}
	return 0, err == nil
}
