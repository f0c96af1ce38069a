package mp

import (
	"context"
	"errors"
	"time"

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
	e := &examination{config: c.config, api: &api{a}, local: local}
	e.platform(ctx)
	e.callback(ctx)
	e.mode()
	return e.findings
}

// unforced never asks for another token than the present one: that would take it away from the bot that runs.
func unforced(fetch wx.Fetch) wx.Fetch {
	return func(ctx context.Context, a *wx.API, _ bool) (wx.Token, error) { return fetch(ctx, a, false) }
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

func (e *examination) failed(what report.Text, err error) {
	e.findings = append(e.findings, failedCall(what, err, e.proxied()))
}

// untold is failed for what was asked with a token that is right: mostly nothing is known then, and nothing wrong.
func (e *examination) untold(what report.Text, err error) {
	f := failedCall(what, err, e.proxied())
	if code := wx.CodeOf(err); code != codeNoURL && code != codeQuota {
		f.Level = report.Warning
	}
	e.findings = append(e.findings, f)
}

const (
	codeNoURL = 40201
	codeQuota = 45009
)

func (e *examination) proxied() bool { return !e.config.Proxy.Empty() }

// platform asks the API, as far as it answers: what needs a token is not tried without one.
func (e *examination) platform(ctx context.Context) {
	if !e.host(ctx) || !e.token(ctx) {
		e.add(report.Hint, report.Say("IP 白名单、回调网络、客服消息权限和菜单这次没有检查，修好上面的问题再运行一次",
			"IP list, network of the callback, customer-service messages and menu were not examined: run this again when the above is put right"), report.Text{})
		return
	}
	e.sources(ctx)
	e.network(ctx)
	e.messages(ctx)
	e.menu(ctx)
}

// host tells whether the API's host answers, and compares the clocks.
func (e *examination) host(ctx context.Context) bool {
	probe, err := e.api.Probe(ctx, "/cgi-bin/getcallbackip") // Without a token it is refused, which is an answer.
	if err != nil {
		e.failed(report.Textf("连不上微信的接口服务器 %s", "the API's host %s does not answer", e.config.APIBase), err)
		return false
	}
	e.add(report.OK, report.Textf("微信的接口服务器 %s 有回应", "the API's host %s answers", e.config.APIBase), report.Text{})
	e.clock(probe)
	return true
}

// clockWarning is how far this machine's clock may be off before it is worth a word.
const clockWarning = time.Minute

// clock compares this machine's time with that of the host, which WeChat's callbacks are dated by as well [inference: both are the
// platform's servers]. The bot refuses callbacks whose timestamp is further off than freshness.
func (e *examination) clock(p wx.Probe) {
	off := p.Ahead.Round(time.Second)
	set := report.Say("用 NTP 校准本机时间，例如 timedatectl set-ntp true", "set this machine's clock by NTP, such as timedatectl set-ntp true")
	switch {
	case p.Date.IsZero():
		e.add(report.Hint, report.Say("服务器没有给出时间，无法核对本机时钟", "the host does not tell the time, so the clock was not compared"), report.Text{})
	case off.Abs() > e.config.Freshness:
		e.add(report.Fault, report.Textf("本机时钟%s，超出 freshness（%s）：微信的消息都会因时间戳不对而被拒绝",
			"this machine's clock is %s, more than freshness (%s): messages of WeChat are refused for their timestamps", drift(off), e.config.Freshness), set)
	case off.Abs() > clockWarning:
		e.add(report.Warning, report.Textf("本机时钟%s", "this machine's clock is %s", drift(off)), set)
	default:
		e.add(report.OK, report.Say("本机时钟与微信一致", "this machine's clock agrees with WeChat's"), report.Text{})
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

// token asks for the token that all processes of the account share, and tells whether there is one.
func (e *examination) token(ctx context.Context) bool {
	if e.config.AppSecret.Empty() {
		level := report.Hint
		if e.config.Account != "unverified" {
			level = report.Fault // Late answers are expected, and nothing can send them.
		}
		e.add(level, report.Say("没有 app_secret：机器人不能调用微信的接口，只能被动回复",
			"there is no app_secret: the bot cannot call WeChat, and answers by passive replies only"), addSecret())
		return false
	}
	_, err := fetchToken(e.config.AppID, e.config.AppSecret)(ctx, e.api.API, false)
	if err != nil {
		e.failed(report.Say("拿不到 access_token", "there is no access token"), err)
		return false
	}
	e.add(report.OK, report.Say("AppID 和 AppSecret 正确，本机在 IP 白名单里（或没有设白名单）",
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
