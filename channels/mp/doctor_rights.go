package mp

import (
	"context"
	"slices"

	"github.com/chuanhuabot/bot/internal/report"
)

// nobody is an OpenID that no person has: theirs have 28 characters.
const nobody = "bot-doctor-asks-for-nobody"

// Codes of a call for a person who does not exist that say whether the account may make it. This is inference: the pages list what
// the codes mean and not in which order the platform looks. A right that is missing was seen to be refused before anything else.
var (
	withoutRight = []int{codeUnauthorized, 40200, 50001}
	withRight    = []int{0, 40003, 43004, 45015, 45047, 45080, 45081, 50005}
)

// messages finds out whether the account may send customer-service messages, by having nobody see that somebody types, and
// compares that with bot.yaml.
func (e *examination) messages(ctx context.Context) {
	err := e.api.typing(ctx, nobody)
	code, answered := refusedWith(err)
	expected := e.config.Account != "unverified"
	switch {
	case answered && slices.Contains(withoutRight, code) && expected:
		e.Add(report.Fault, report.Textf("bot.yaml 写着 account: %s，但账号不能发客服消息（errcode %d），迟到的回答送不到用户",
			"bot.yaml has account: %s, but the account may not send customer-service messages (errcode %d), so late answers do not reach people", e.config.Account, code),
			report.Say("给账号做微信认证，或者写 account: unverified", "have the account verified (认证), or write account: unverified"))
	case answered && slices.Contains(withoutRight, code):
		e.Add(report.OK, report.Say("账号不能发客服消息，与 account: unverified 一致", "the account may not send customer-service messages, as account: unverified says"), report.Text{})
	case answered && slices.Contains(withRight, code) && expected:
		e.Add(report.OK, report.Textf("账号可以发客服消息，与 account: %s 一致", "the account may send customer-service messages, as account: %s says", e.config.Account), report.Text{})
	case answered && slices.Contains(withRight, code):
		e.Add(report.Hint, report.Say("账号可以发客服消息，但 bot.yaml 写着 account: unverified，迟到的回答不会发出", "the account may send customer-service messages, but bot.yaml has account: unverified, so late answers are not sent"),
			report.Say("写 account: verified（测试号写 test）", "write account: verified (test for a test account)"))
	default:
		e.untold(report.Say("查不到账号能不能发客服消息", "whether the account may send customer-service messages is not known"), err)
	}
}

// menu compares the account's menu with that of bot.yaml.
func (e *examination) menu(ctx context.Context) {
	own := e.config.Menu
	there, err := e.api.menu(ctx)
	code, answered := refusedWith(err)
	push := report.Say("运行 bot menu push", "run bot menu push")
	switch {
	case answered && slices.Contains(withoutRight, code) && len(own) == 0:
		e.Add(report.OK, report.Say("账号没有自定义菜单的权限，bot.yaml 也没有 menu", "the account may have no menu, and bot.yaml has none"), report.Text{})
	case answered && slices.Contains(withoutRight, code):
		e.Add(report.Fault, report.Say("bot.yaml 里有 menu，但账号没有自定义菜单的权限", "bot.yaml has a menu, but the account may not have one"),
			report.Say("订阅号要先做微信认证；或者删去 menu", "a subscription account (订阅号) has to be verified first; or remove menu"))
	case err != nil:
		e.untold(report.Say("查不到账号的菜单", "the account's menu is not told"), err)
	case own == nil && len(there) == 0:
		e.Add(report.OK, report.Say("账号可以有自定义菜单，现在没有", "the account may have a menu, and has none"), report.Text{})
	case own == nil:
		e.Add(report.OK, report.Textf("账号有菜单：%s；bot.yaml 没有 menu，不会动它", "the account has a menu: %s; bot.yaml has none and leaves it alone", outline(there)), report.Text{})
	case sameMenu(own, there):
		e.Add(report.OK, report.Say("微信上的菜单就是 bot.yaml 的 menu", "the menu at WeChat is that of bot.yaml"), report.Text{})
	default:
		e.Add(report.Warning, report.Textf("微信上的菜单（%s）不是 bot.yaml 的 menu（%s）", "the menu at WeChat (%s) is not that of bot.yaml (%s)", orNone(there), orNone(own)), push)
	}
}

func orNone(menu []Button) report.Text {
	if len(menu) == 0 {
		return report.Say("没有", "none")
	}
	return report.Say(outline(menu), outline(menu))
}
