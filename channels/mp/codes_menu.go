package mp

import "github.com/chuanhuabot/bot/internal/report"

// menuCodes are about the menu and the URL of the bot
// (developers.weixin.qq.com, pages Global_Return_Code.html and Network_Detection.html).
func menuCodes() map[int]report.Meaning {
	say := report.Say
	menu := say("对照 README 检查 bot.yaml 的 menu", "check menu in bot.yaml; the README has an example")
	media := say("media_id 要用永久素材的，article_id 要用已发布文章的", "media_id must be that of a permanent material, article_id that of a published article")
	address := say("检查 menu 里的 url；小程序要先和公众号关联", "check the addresses in menu; a mini program must be linked to the account first")
	code := say("这是机器人的错误，请反馈", "this is a fault of the bot: please report it")
	return map[int]report.Meaning{
		40015: {Why: say("菜单类型不对", "the kind of menu is not right"), Cure: menu},
		40016: {Why: say("按钮个数不对", "the number of buttons is not right"), Cure: menu},
		40017: {Why: say("按钮类型不对", "the type of a button is not right"), Cure: menu},
		40018: {Why: say("按钮名字的长度不对", "the length of a button's name is not right"), Cure: menu},
		40019: {Why: say("按钮 key 的长度不对", "the length of a button's key is not right"), Cure: menu},
		40020: {Why: say("按钮 url 的长度不对", "the length of a button's url is not right"), Cure: menu},
		40022: {Why: say("子菜单的级数不对", "the menu has too many levels"), Cure: menu},
		40023: {Why: say("子菜单按钮的个数不对", "the number of buttons below a button is not right"), Cure: menu},
		40024: {Why: say("子菜单按钮的类型不对", "the type of a button below another is not right"), Cure: menu},
		40025: {Why: say("子菜单按钮名字的长度不对", "the length of a name below a button is not right"), Cure: menu},
		40026: {Why: say("子菜单按钮 key 的长度不对", "the length of a key below a button is not right"), Cure: menu},
		40027: {Why: say("子菜单按钮 url 的长度不对", "the length of a url below a button is not right"), Cure: menu},
		40054: {Why: say("子菜单按钮的 url 不允许", "a url below a button is not allowed"), Cure: address},
		40055: {Why: say("按钮的 url 不允许", "the url of a button is not allowed"), Cure: address},
		40118: {Why: say("media_id 的长度不对", "the length of a media_id is not right"), Cure: media},
		40119: {Why: say("这种账号不能用这种按钮", "this account cannot have a button of that type"), Cure: menu},
		40120: {Why: say("这种账号不能用这种子菜单按钮", "this account cannot have a button of that type below another"), Cure: menu},
		40121: {Why: say("media_id 的类型不对", "the kind of a media_id is not right"), Cure: media},
		40155: {Why: say("不能链接到别的公众号的主页", "a url must not be another account's page"), Cure: address},
		40201: {Why: say("微信那边没有填服务器地址（URL）", "no URL of a server is set at WeChat"),
			Cure: say("在微信开发者平台 → 域名与消息推送配置里填写 URL、Token 并启用", "enter URL and Token on WeChat's developer platform (域名与消息推送配置) and turn the push on")},
		40202: {Why: say("网络检测的动作不对", "the action of the network test is not right"), Cure: code},
		40203: {Why: say("网络检测的运营商不对", "the operator of the network test is not right"), Cure: code},
		41007: {Why: say("缺少子菜单数据", "the data of a menu are missing"), Cure: menu},
		45010: {Why: say("今天创建菜单的次数用完了", "the menu was changed as often as a day allows"), Cure: say("明天再试", "try again tomorrow")},
		45064: {Why: say("账号没有往菜单里放小程序的权限，或者没有关联这个小程序", "the account may not have that mini program in its menu"), Cure: address},
		46003: {Why: say("账号没有菜单", "the account has no menu"), Cure: say("运行 bot menu push", "run bot menu push")},
	}
}
