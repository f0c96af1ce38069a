package mp

import "github.com/chuanhuabot/bot/internal/report"

// menuCodes are about the menu and the URL of the bot
// (developers.weixin.qq.com, pages Global_Return_Code.html and Network_Detection.html).
func menuCodes() map[int]meaning {
	say := report.Say
	menu := say("对照 README 检查 bot.yaml 的 menu", "check menu in bot.yaml; the README has an example")
	media := say("media_id 要用永久素材的，article_id 要用已发布文章的", "media_id must be that of a permanent material, article_id that of a published article")
	address := say("检查 menu 里的 url；小程序要先和公众号关联", "check the addresses in menu; a mini program must be linked to the account first")
	code := say("这是机器人的错误，请反馈", "this is a fault of the bot: please report it")
	return map[int]meaning{
		40015: {say("菜单类型不对", "the kind of menu is not right"), menu},
		40016: {say("按钮个数不对", "the number of buttons is not right"), menu},
		40017: {say("按钮类型不对", "the type of a button is not right"), menu},
		40018: {say("按钮名字的长度不对", "the length of a button's name is not right"), menu},
		40019: {say("按钮 key 的长度不对", "the length of a button's key is not right"), menu},
		40020: {say("按钮 url 的长度不对", "the length of a button's url is not right"), menu},
		40022: {say("子菜单的级数不对", "the menu has too many levels"), menu},
		40023: {say("子菜单按钮的个数不对", "the number of buttons below a button is not right"), menu},
		40024: {say("子菜单按钮的类型不对", "the type of a button below another is not right"), menu},
		40025: {say("子菜单按钮名字的长度不对", "the length of a name below a button is not right"), menu},
		40026: {say("子菜单按钮 key 的长度不对", "the length of a key below a button is not right"), menu},
		40027: {say("子菜单按钮 url 的长度不对", "the length of a url below a button is not right"), menu},
		40054: {say("子菜单按钮的 url 不允许", "a url below a button is not allowed"), address},
		40055: {say("按钮的 url 不允许", "the url of a button is not allowed"), address},
		40118: {say("media_id 的长度不对", "the length of a media_id is not right"), media},
		40119: {say("这种账号不能用这种按钮", "this account cannot have a button of that type"), menu},
		40120: {say("这种账号不能用这种子菜单按钮", "this account cannot have a button of that type below another"), menu},
		40121: {say("media_id 的类型不对", "the kind of a media_id is not right"), media},
		40155: {say("不能链接到别的公众号的主页", "a url must not be another account's page"), address},
		40201: {say("微信那边没有填服务器地址（URL）", "no URL of a server is set at WeChat"),
			say("在微信开发者平台 → 域名与消息推送配置里填写 URL、Token 并启用", "enter URL and Token on WeChat's developer platform (域名与消息推送配置) and turn the push on")},
		40202: {say("网络检测的动作不对", "the action of the network test is not right"), code},
		40203: {say("网络检测的运营商不对", "the operator of the network test is not right"), code},
		41007: {say("缺少子菜单数据", "the data of a menu are missing"), menu},
		45010: {say("今天创建菜单的次数用完了", "the menu was changed as often as a day allows"), say("明天再试", "try again tomorrow")},
		45064: {say("账号没有往菜单里放小程序的权限，或者没有关联这个小程序", "the account may not have that mini program in its menu"), address},
		46003: {say("账号没有菜单", "the account has no menu"), say("运行 bot menu push", "run bot menu push")},
	}
}
