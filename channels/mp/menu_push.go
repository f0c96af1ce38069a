package mp

import (
	"context"
	"slices"

	"github.com/chuanhuabot/bot/channels/internal/examine"
	"github.com/chuanhuabot/bot/channels/internal/wx"
	"github.com/chuanhuabot/bot/internal/report"
)

// PushMenu makes the account's menu on the platform that of bot.yaml, and deletes it there if the one of bot.yaml is empty. It
// blocks for at most some calls, and says what it did or why that was refused. It is false, and does nothing, if bot.yaml says
// nothing of a menu. It is safe for concurrent use.
func (c *Channel) PushMenu(ctx context.Context) (report.Finding, bool) {
	if c.config.Menu == nil {
		return report.Finding{}, false
	}
	a, err := newAPI(c.config, nil)
	switch {
	case err != nil:
		return fault(report.Say("不能调用微信的接口："+err.Error(), "WeChat cannot be called: "+err.Error()), report.Text{}), true
	case a == nil:
		return fault(report.Say("没有 app_secret，不能设置菜单", "the menu cannot be set without app_secret"), addSecret()), true
	}
	defer a.Close()
	if len(c.config.Menu) == 0 {
		return pushed(a.deleteMenu(ctx), !c.config.Proxy.Empty(), report.Say("微信上的菜单已删除", "the menu at WeChat is deleted")), true
	}
	menu := complete(c.config.Menu)
	done := report.Textf("微信上的菜单现在是：%s", "the menu at WeChat is now: %s", outline(menu))
	return pushed(a.createMenu(ctx, menu), !c.config.Proxy.Empty(), done), true
}

// pushed is how a change of the menu went.
func pushed(err error, proxied bool, done report.Text) report.Finding {
	if err != nil {
		return examine.Unanswered(report.Fault, report.Say("没能设置菜单", "the menu could not be set"), err, proxied, refused)
	}
	// developers.weixin.qq.com/doc/service/api/custommenu/api_createcustommenu
	return report.Finding{What: done, Cure: report.Say("手机上 5 分钟之内更新；取消关注再重新关注，马上就能看到",
		"phones show it within 5 minutes; unfollow and follow again to see it at once")}
}

// createMenu replaces the account's menu (developers.weixin.qq.com/doc/service/api/custommenu/api_createcustommenu).
func (a *api) createMenu(ctx context.Context, menu []Button) error {
	return a.Post(ctx, "/cgi-bin/menu/create", map[string]any{"button": menu}, nil)
}

// deleteMenu takes the account's menu away (developers.weixin.qq.com/doc/service/api/custommenu/api_deletemenu).
func (a *api) deleteMenu(ctx context.Context) error {
	return a.Get(ctx, "/cgi-bin/menu/delete", nil, nil)
}

// menu returns the account's menu, and none if there is none
// (developers.weixin.qq.com/doc/service/api/custommenu/api_getmenu).
func (a *api) menu(ctx context.Context) ([]Button, error) {
	var out struct {
		Menu struct {
			Buttons []Button `json:"button"`
		} `json:"menu"`
	}
	err := a.Get(ctx, "/cgi-bin/menu/get", nil, &out)
	if wx.CodeOf(err) == codeNoMenu {
		return nil, nil
	}
	return out.Menu.Buttons, err
}

const codeNoMenu = 46003

// sameMenu tells whether two menus are the same to people.
func sameMenu(a, b []Button) bool {
	return slices.EqualFunc(complete(a), complete(b), func(x, y Button) bool {
		return x.Tap() == y.Tap() && slices.Equal(x.Below, y.Below)
	})
}

func fault(what, cure report.Text) report.Finding {
	return report.Finding{Level: report.Fault, What: what, Cure: cure}
}

func addSecret() report.Text {
	return report.Say("在 bot.yaml 里写上 app_secret: env:MP_SECRET，值是微信开发者平台上的 AppSecret",
		"write app_secret: env:MP_SECRET in bot.yaml; the value is the AppSecret of WeChat's developer platform")
}
