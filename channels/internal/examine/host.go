package examine

import (
	"context"
	"time"

	"github.com/chuanhuabot/bot/channels/internal/wx"
	"github.com/chuanhuabot/bot/internal/report"
)

// sourcesPath is the call that tells where callbacks come from (developers.weixin.qq.com, page api_getcallbackip;
// developer.work.weixin.qq.com/document/path/96238).
const sourcesPath = "/cgi-bin/getcallbackip"

// Host finds out whether the API's host answers, and compares the clocks. It needs no token, blocks for a call, or until ctx ends,
// and returns false if there is no answer.
func (e *Examination) Host(ctx context.Context) bool {
	probe, err := e.API.Probe(ctx, sourcesPath) // Without a token it is refused, which is an answer.
	if err != nil {
		e.Failed(report.Fault, report.Say("连不上"+e.Platform.ZH+"的接口服务器 "+e.Base, "the API's host "+e.Base+" does not answer"), err)
		return false
	}
	e.Add(report.OK, report.Say(e.Platform.ZH+"的接口服务器 "+e.Base+" 有回应", "the API's host "+e.Base+" answers"), report.Text{})
	e.clock(probe)
	return true
}

// clockWarning is how far this machine's clock may be off before it is worth a word.
const clockWarning = time.Minute

// clock compares this machine's time with that of the host, which callbacks are dated by as well [inference: both are the
// platform's servers]. The bot refuses callbacks whose timestamp is further off than freshness.
func (e *Examination) clock(p wx.Probe) {
	off := p.Ahead.Round(time.Second)
	set := report.Say("用 NTP 校准本机时间，例如 timedatectl set-ntp true", "set this machine's clock by NTP, such as timedatectl set-ntp true")
	switch {
	case p.Date.IsZero():
		e.Add(report.Hint, report.Say("服务器没有给出时间，无法核对本机时钟", "the host does not tell the time, so the clock was not compared"), report.Text{})
	case off.Abs() > e.Freshness:
		e.Add(report.Fault, report.Textf("本机时钟%s，超出 freshness（%s）：%s都会因时间戳不对而被拒绝",
			"this machine's clock is %s, more than freshness (%s): %s are refused for their timestamps", drift(off), e.Freshness, e.Pushes), set)
	case off.Abs() > clockWarning:
		e.Add(report.Warning, report.Textf("本机时钟%s", "this machine's clock is %s", drift(off)), set)
	default:
		e.Add(report.OK, report.Textf("本机时钟与%s一致", "this machine's clock agrees with %s's", e.Platform), report.Text{})
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

// mostSources is how many addresses are listed.
const mostSources = 500

// Sources lists the addresses that callbacks come from. If they are not told, level says how bad the error is. It blocks for a
// call, or until ctx ends, and returns the level of what it has found.
func (e *Examination) Sources(ctx context.Context, level func(error) report.Level) report.Level {
	var out struct {
		Addresses []string `json:"ip_list"`
	}
	if err := e.API.Get(ctx, sourcesPath, nil, &out); err != nil {
		l := level(err)
		e.Failed(l, report.Say("查不到"+e.Platform.ZH+"回调的来源地址", "the addresses that callbacks come from are not told"), err)
		return l
	}
	e.Add(report.OK, report.Textf("%s会从这 %d 个地址访问机器人；有防火墙的话请放行", "%s calls the bot from these %d addresses; let them pass your firewall",
		e.Platform, len(out.Addresses)), report.Text{}, out.Addresses[:min(len(out.Addresses), mostSources)]...)
	return report.OK
}
