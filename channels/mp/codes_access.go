package mp

import "github.com/chuanhuabot/bot/internal/report"

// accessCodes are about who calls, and how often
// (developers.weixin.qq.com, pages Global_Return_Code.html, Get_access_token.html and api_getstableaccesstoken).
func accessCodes() map[int]report.Meaning {
	say := report.Say
	renew := say("稍后再试；若反复出现，检查是不是有别的程序用 /cgi-bin/token 取同一个账号的 token，让它改用 stable_token",
		"try again; if it stays, see whether another program gets tokens of this account by /cgi-bin/token, and have it use stable_token")
	secret := say("把 bot.yaml 的 app_secret 换成微信开发者平台上当前的 AppSecret（重置过的话，旧的立即作废）",
		"set app_secret in bot.yaml to the AppSecret that WeChat's developer platform has now (resetting it voids the old one at once)")
	console := say("在微信开发者平台的“IP 白名单”里加上本机的出口 IP，或者在 bot.yaml 里设置 proxy",
		"add this server's outgoing address to the account's IP list (IP 白名单) on WeChat's developer platform, or set proxy in bot.yaml")
	admin := say("请账号管理员在微信里确认；被拒绝后要等 1 小时才能再次申请", "have an administrator of the account confirm it in WeChat; after a refusal it can be asked for again in an hour")
	code := say("这是机器人的错误，请反馈", "this is a fault of the bot: please report it")
	return map[int]report.Meaning{
		-1:    {Why: say("微信系统繁忙", "WeChat is busy"), Cure: say("稍后再试", "try again later")},
		40001: {Why: say("access_token 无效，或者 AppSecret 不对", "the access token is not valid, or the AppSecret is not right"), Cure: secret},
		40002: {Why: say("凭证类型（grant_type）不对", "the kind of credential (grant_type) is not right"), Cure: code},
		40013: {Why: say("AppID 不对", "the AppID is not right"), Cure: say("检查 bot.yaml 的 app_id，注意大小写", "check app_id in bot.yaml, letter by letter")},
		40014: {Why: say("access_token 无效", "the access token is not valid"), Cure: renew},
		40125: {Why: say("AppSecret 不对", "the AppSecret is not right"), Cure: secret},
		40164: {Why: say("本机的 IP 地址不在账号的 IP 白名单里", "this server's address is not on the account's IP list"), Cure: console},
		40243: {Why: say("AppSecret 已被冻结", "the AppSecret is frozen"), Cure: say("在微信开发者平台上解冻 AppSecret，或者重置它", "thaw the AppSecret on WeChat's developer platform, or reset it")},
		41001: {Why: say("请求里缺少 access_token", "the call has no access token"), Cure: code},
		41002: {Why: say("请求里缺少 appid", "the call has no AppID"), Cure: code},
		41004: {Why: say("请求里缺少 secret", "the call has no AppSecret"), Cure: code},
		42001: {Why: say("access_token 已过期", "the access token has expired"), Cure: renew},
		43001: {Why: say("这个接口要用 GET", "the call must be a GET"), Cure: code},
		43002: {Why: say("这个接口要用 POST", "the call must be a POST"), Cure: code},
		45009: {Why: say("今天的接口调用次数用完了", "the account's quota of calls for today is used up"),
			Cure: say("等到明天，或者在微信开发者平台上清零（也可以调用 clear_quota；两者合计每月 10 次），并找出是哪个程序调用得太多",
				"wait until tomorrow, or clear the quota on WeChat's developer platform (or by clear_quota; 10 times a month in all), and find out which program calls so often")},
		45011: {Why: say("这一分钟调用得太频繁", "too many calls within a minute"), Cure: say("过一分钟再试", "try again in a minute")},
		48006: {Why: say("本月清零调用次数的机会用完了", "the quota was cleared as often as this month allows"), Cure: say("等到下个月", "wait for the next month")},
		50001: {Why: say("账号没有这个接口的权限", "the account may not make this call"), Cure: say("在微信开发者平台上查看账号的接口权限", "see on WeChat's developer platform what the account may do")},
		61004: {Why: say("本机的 IP 地址没有登记", "this server's address is not registered"), Cure: console},
		89501: {Why: say("本机的 IP 地址正在等管理员确认", "this server's address waits for an administrator's word"), Cure: admin},
		89503: {Why: say("从本机的 IP 地址调用，需要管理员确认", "an administrator of the account has to confirm this server's address"), Cure: admin},
		89506: {Why: say("管理员两次拒绝了本机的 IP 地址，24 小时内不能再申请", "an administrator has refused this server's address twice: not again within 24 hours"), Cure: admin},
		89507: {Why: say("管理员拒绝了本机的 IP 地址，1 小时内不能再申请", "an administrator has refused this server's address: not again within an hour"), Cure: admin},
	}
}
