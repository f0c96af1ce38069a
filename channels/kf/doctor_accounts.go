package kf

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/chuanhuabot/bot/channels/internal/wx"
	"github.com/chuanhuabot/bot/internal/report"
)

// listedAccount is an account that the app may see (page 96404).
type listedAccount struct {
	ID   string `json:"open_kfid"`
	Name string `json:"name"`
	// Managed says that the app may give its sessions away, and receive and send its messages. Apps of components are not told.
	Managed *bool `json:"manage_privilege"`
}

func (a listedAccount) String() string {
	if a.Name == "" {
		return a.ID
	}
	return fmt.Sprintf("%s (%s)", a.Name, a.ID)
}

// listed returns the accounts that the app may see.
func (a *api) listed(ctx context.Context) (all []listedAccount, err error) {
	for len(all) < mostAccounts {
		var out struct {
			List []listedAccount `json:"account_list"`
		}
		if err := a.Post(ctx, "/cgi-bin/kf/account/list", map[string]any{"offset": len(all), "limit": accountsPage}, &out); err != nil {
			return nil, err
		}
		all = append(all, out.List...)
		if len(out.List) < accountsPage {
			break
		}
	}
	return all, nil
}

func manageByAPI() report.Text {
	return report.Say("在企业微信管理后台的“微信客服 → 通过API管理微信客服账号”里把账号交给该应用（独立版在 kf.weixin.qq.com 的开发配置里）",
		"give the accounts to the app in WeCom's console, at 微信客服 → 通过API管理微信客服账号 (or in the developer settings at kf.weixin.qq.com)")
}

// accounts asks which accounts there are, and looks at those that the bot serves.
func (e *examination) accounts(ctx context.Context) {
	all, err := e.api.listed(ctx)
	if err != nil {
		e.Failed(levelOf(err), report.Say("查不到客服账号", "the accounts are not told"), err)
		return
	}
	if len(all) == 0 {
		e.Add(report.Warning, report.Say("应用没有可用的客服账号", "the app may use no account"), manageByAPI())
	} else {
		var names []string
		for _, one := range all {
			names = append(names, one.String())
		}
		e.Add(report.OK, report.Textf("应用能看到 %d 个客服账号", "accounts that the app sees: %d", len(all)), report.Text{}, names...)
	}
	e.sessions(ctx, e.served(all))
}

// served returns the accounts of bot.yaml or, if it has none, all of those.
func (e *examination) served(all []listedAccount) []listedAccount {
	if len(e.config.Accounts) == 0 {
		return all
	}
	var served []listedAccount
	for _, id := range e.config.Accounts {
		i := slices.IndexFunc(all, func(a listedAccount) bool { return a.ID == id })
		if i < 0 {
			served = append(served, listedAccount{ID: id})
			continue
		}
		served = append(served, all[i])
	}
	return served
}

// mostAsked is how many accounts are asked for their servicers, which takes a call each.
const mostAsked = 50

// sessions finds out whether people may have the sessions of the accounts that the bot serves.
func (e *examination) sessions(ctx context.Context, served []listedAccount) {
	if len(served) > mostAsked {
		e.Add(report.Hint, report.Textf("只检查了前 %d 个客服账号的接待人员", "the servicers of the first %d accounts only were examined", mostAsked), report.Text{})
		served = served[:mostAsked]
	}
	var unmanaged, peopled []string
	whole := true
	for _, one := range served {
		who, err := e.api.receivers(ctx, one.ID)
		if err != nil {
			whole = false
			e.Failed(levelOf(err), report.Textf("客服账号 %s 不能用", "account %s cannot be used", one), err)
			continue
		}
		if one.Managed != nil && !*one.Managed {
			unmanaged = append(unmanaged, one.String())
		}
		if len(who) > 0 {
			peopled = append(peopled, fmt.Sprintf("%s: %s", one, strings.Join(who, ", ")))
		}
	}
	e.people(unmanaged, peopled)
	if whole && len(served) > 0 && len(unmanaged)+len(peopled) == 0 {
		e.Add(report.OK, report.Say("会话都由机器人接待：账号由本应用通过 API 管理，没有正在接待的人员",
			"all sessions are the bot's: the app manages the accounts, and nobody else receives customers"), report.Text{})
	}
}

// people says which accounts fall silent, and when.
func (e *examination) people(unmanaged, peopled []string) {
	if len(unmanaged) > 0 {
		e.Add(report.Warning, report.Say("应用对这些客服账号没有管理权限（分配会话、收发消息）：会话会分给接待人员，机器人就发不出消息（95018）",
			"the app does not manage these accounts (their sessions and messages): sessions go to servicers, and the bot is silent then (95018)"),
			manageByAPI(), unmanaged...)
	}
	if len(peopled) > 0 {
		e.Add(report.Hint, report.Say("这些人员正在接待：会话分给他们之后，机器人一直沉默（95018），直到会话结束",
			"these servicers receive customers: while they have a session, the bot is silent in it (95018)"),
			report.Say("若只想由机器人接待，请移除他们或让他们停止接待；转人工则需要他们", "if the bot is to have all customers, remove them or have them stop; handing customers to people needs them"), peopled...)
	}
}

// receivers returns who may get customers of an account: servicers who receive customers, and departments (page 96420). Of accounts
// that the app does not manage it is not told who receives customers, and all count.
func (a *api) receivers(ctx context.Context, account string) (who []string, err error) {
	var out struct {
		List []struct {
			ID         string `json:"userid"`
			Department int    `json:"department_id"`
			Status     int    `json:"status"` // 1 for those who have stopped.
		} `json:"servicer_list"`
	}
	if err := a.Get(ctx, "/cgi-bin/kf/servicer/list", url.Values{"open_kfid": {account}}, &out); err != nil {
		return nil, err
	}
	for _, one := range out.List {
		switch {
		case one.ID == "" && one.Department != 0:
			who = append(who, fmt.Sprint("department_id ", one.Department))
		case one.ID != "" && one.Status == 0:
			who = append(who, one.ID)
		}
	}
	return who, nil
}

const codeUnverified = 43009

// customers says how many customers the company may have (page 95153). The platform does not tell whether the company is verified,
// and maybe not every app whether a WeChat Channels account is bound.
func (e *examination) customers(ctx context.Context) {
	var out struct {
		Bound bool `json:"wechat_channels_binding"`
	}
	err := e.api.Post(ctx, "/cgi-bin/kf/get_corp_qualification", map[string]any{}, &out)
	verify := report.Say("完成企业认证；认证后再绑定视频号，客户数就不受限制", "have the company verified; with a WeChat Channels account (视频号) bound as well there is no limit")
	switch {
	case wx.CodeOf(err) == codeUnverified:
		e.Add(report.Hint, report.Say("企业没有认证：累计只能接待 100 个客户（之后是 95003），最多 10 个客服账号（95027）",
			"the company is not verified: it may have 100 customers in all (95003 after that) and 10 accounts (95027)"), verify)
	case err == nil && out.Bound:
		e.Add(report.OK, report.Say("企业绑定了视频号；若已认证，可接待的客户数不受限制", "a WeChat Channels account (视频号) is bound: if the company is verified, it may have any number of customers"), report.Text{})
	case err == nil:
		e.Add(report.Hint, report.Say("企业没有绑定视频号：累计只能接待 10000 个客户；若没有认证，只有 100 个，客服账号最多 10 个",
			"no WeChat Channels account (视频号) is bound: the company may have 10,000 customers in all, or 100 and 10 accounts if it is not verified"), verify)
	default:
		e.Failed(report.Hint, report.Say("查不到企业可接待的客户数（没有认证的企业累计只有 100 个）", "how many customers the company may have is not told (100 in all if it is not verified)"), err)
	}
}
