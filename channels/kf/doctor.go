package kf

import (
	"context"

	"github.com/chuanhuabot/bot/channels/internal/examine"
	"github.com/chuanhuabot/bot/channels/internal/wx"
	"github.com/chuanhuabot/bot/internal/report"
)

// Examine asks the platform, and the bot that runs on this machine, whether what bot.yaml says of the company holds. local is where
// that bot listens, such as http://127.0.0.1:8080, or "" if that cannot be known. It blocks for some calls, or until ctx ends, and
// has no effects: it sends nothing to people, reads no messages, and gets the token that is valid anyway. It is safe for concurrent
// use.
func (c *Channel) Examine(ctx context.Context, local string) []report.Finding {
	a, err := wx.NewAPI(c.config.APIBase, c.config.Proxy.Value(), fetchToken(c.config.CorpID, c.config.Secret))
	if err != nil {
		why := report.Textf("不能调用企业微信的接口：%v", "WeCom cannot be called: %v", err)
		return []report.Finding{{Level: report.Fault, What: why}}
	}
	defer a.Close()
	e := &examination{config: c.config, api: &api{API: a}, Examination: &examine.Examination{
		API: a, Base: c.config.APIBase, Proxied: !c.config.Proxy.Empty(), Local: local, Freshness: c.config.Freshness,
		Platform: report.Say("企业微信", "WeCom"), Pushes: report.Say("企业微信的回调", "callbacks of WeCom"), Means: refused,
	}}
	e.platform(ctx)
	e.callback(ctx)
	return e.Findings()
}

// examination is one Examine.
type examination struct {
	*examine.Examination
	config Config
	api    *api
}

// levelOf is how bad it is that a call failed whose token is right: what an operator has to put right is a fault, and of all else it is
// only known that nothing is known.
func levelOf(err error) report.Level {
	if after, again := waits(wx.CodeOf(err)); again && after > 0 {
		return report.Fault
	}
	return report.Warning
}

// platform asks the API, as far as it answers: what needs a token is not tried without one, and nothing is asked from an address that
// the app does not trust.
func (e *examination) platform(ctx context.Context) {
	if !e.Host(ctx) || !e.token(ctx) || !e.sources(ctx) {
		e.Add(report.Hint, report.Say("客服账号、接待人员和客户数限制这次没有检查，修好上面的问题再运行一次",
			"accounts, servicers and the number of customers were not examined: run this again when the above is put right"), report.Text{})
		return
	}
	e.accounts(ctx)
	e.customers(ctx)
}

// token asks for the token that all processes of the app share, and tells whether there is one. Whether the platform trusts this
// machine's address shows only in the calls that follow.
func (e *examination) token(ctx context.Context) bool {
	if e.config.Secret.Empty() {
		e.Add(report.Warning, report.Say("没有 secret：机器人只能通过后台的 URL 验证，收不到也发不出消息",
			"there is no secret: the bot can answer the console's check of the URL, and neither reads nor sends messages"),
			report.Say("独立版（kf.weixin.qq.com）在 URL 验证通过之后才显示 Secret：先让机器人运行，在后台保存回调配置，再在 bot.yaml 里写上 secret: env:KF_SECRET；企业微信版的 Secret 在自建应用的页面上",
				"kf.weixin.qq.com shows the Secret only after it has verified the URL: with the bot running, save the callback settings there, then write secret: env:KF_SECRET in bot.yaml; where customer service is run in WeCom, the Secret is on the page of the app"))
		return false
	}
	if _, err := fetchToken(e.config.CorpID, e.config.Secret)(ctx, e.api.API, false); err != nil {
		e.Failed(report.Fault, report.Say("拿不到 access_token", "there is no access token"), err)
		return false
	}
	e.Add(report.OK, report.Say("corp_id 和 secret 正确", "corp_id and secret are right"), report.Text{})
	return true
}
