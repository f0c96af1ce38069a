package kf

import (
	"context"
	"errors"
	"time"

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
	e := &examination{config: c.config, api: &api{API: a}, local: local}
	e.platform(ctx)
	e.callback(ctx)
	return e.findings
}

// examination is one Examine.
type examination struct {
	config   Config
	api      *api
	local    string
	findings []report.Finding
}

func (e *examination) add(l report.Level, what, cure report.Text, details ...string) {
	e.findings = append(e.findings, report.Finding{Level: l, What: what, Cure: cure, Details: details})
}

// failed adds what a call that was not answered as it should be tells.
func (e *examination) failed(l report.Level, what report.Text, err error) {
	var refusal *wx.Refusal
	if errors.As(err, &refusal) {
		m := refused(refusal)
		e.add(l, report.Coded(what, refusal.Code, m.Why), m.Cure)
		return
	}
	why, cure := report.Unreachable(err, !e.config.Proxy.Empty())
	e.add(l, report.Textf("%s：%s", "%s: %s", what, why), cure, err.Error())
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
	if !e.host(ctx) || !e.token(ctx) || !e.sources(ctx) {
		e.add(report.Hint, report.Say("客服账号、接待人员和客户数限制这次没有检查，修好上面的问题再运行一次",
			"accounts, servicers and the number of customers were not examined: run this again when the above is put right"), report.Text{})
		return
	}
	e.accounts(ctx)
	e.customers(ctx)
}

// host tells whether the API's host answers, and compares the clocks.
func (e *examination) host(ctx context.Context) bool {
	probe, err := e.api.Probe(ctx, "/cgi-bin/getcallbackip") // Without a token it is refused, which is an answer.
	if err != nil {
		e.failed(report.Fault, report.Textf("连不上企业微信的接口服务器 %s", "the API's host %s does not answer", e.config.APIBase), err)
		return false
	}
	e.add(report.OK, report.Textf("企业微信的接口服务器 %s 有回应", "the API's host %s answers", e.config.APIBase), report.Text{})
	e.clock(probe)
	return true
}

// clockWarning is how far this machine's clock may be off before it is worth a word.
const clockWarning = time.Minute

// clock compares this machine's time with that of the host, which callbacks are dated by as well [inference: both are the platform's
// servers]. The bot refuses callbacks whose timestamp is further off than freshness.
func (e *examination) clock(p wx.Probe) {
	off := p.Ahead.Round(time.Second)
	set := report.Say("用 NTP 校准本机时间，例如 timedatectl set-ntp true", "set this machine's clock by NTP, such as timedatectl set-ntp true")
	switch {
	case p.Date.IsZero():
		e.add(report.Hint, report.Say("服务器没有给出时间，无法核对本机时钟", "the host does not tell the time, so the clock was not compared"), report.Text{})
	case off.Abs() > e.config.Freshness:
		e.add(report.Fault, report.Textf("本机时钟%s，超出 freshness（%s）：企业微信的回调都会因时间戳不对而被拒绝",
			"this machine's clock is %s, more than freshness (%s): callbacks of WeCom are refused for their timestamps", drift(off), e.config.Freshness), set)
	case off.Abs() > clockWarning:
		e.add(report.Warning, report.Textf("本机时钟%s", "this machine's clock is %s", drift(off)), set)
	default:
		e.add(report.OK, report.Say("本机时钟与企业微信一致", "this machine's clock agrees with WeCom's"), report.Text{})
	}
}

// drift is by how much the clock is wrong, for people: what is not known to the second is not told to the second.
func drift(ahead time.Duration) report.Text {
	ahead = ahead.Round(10 * time.Second)
	if ahead < 0 {
		return report.Textf("慢了 %s", "%s behind", -ahead)
	}
	return report.Textf("快了 %s", "%s ahead", ahead)
}

// token asks for the token that all processes of the app share, and tells whether there is one. Whether the platform trusts this
// machine's address shows only in the calls that follow.
func (e *examination) token(ctx context.Context) bool {
	if e.config.Secret.Empty() {
		e.add(report.Warning, report.Say("没有 secret：机器人只能通过后台的 URL 验证，收不到也发不出消息",
			"there is no secret: the bot can answer the console's check of the URL, and neither reads nor sends messages"),
			report.Say("独立版（kf.weixin.qq.com）在 URL 验证通过之后才显示 Secret：先让机器人运行，在后台保存回调配置，再在 bot.yaml 里写上 secret: env:KF_SECRET；企业微信版的 Secret 在自建应用的页面上",
				"kf.weixin.qq.com shows the Secret only after it has verified the URL: with the bot running, save the callback settings there, then write secret: env:KF_SECRET in bot.yaml; where customer service is run in WeCom, the Secret is on the page of the app"))
		return false
	}
	if _, err := fetchToken(e.config.CorpID, e.config.Secret)(ctx, e.api.API, false); err != nil {
		e.failed(report.Fault, report.Say("拿不到 access_token", "there is no access token"), err)
		return false
	}
	e.add(report.OK, report.Say("corp_id 和 secret 正确", "corp_id and secret are right"), report.Text{})
	return true
}
