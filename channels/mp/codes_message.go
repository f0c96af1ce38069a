package mp

import "github.com/chuanhuabot/bot/internal/report"

// messageCodes are about customer-service messages and media
// (developers.weixin.qq.com, pages api_sendcustommessage, api_typing and api_uploadtempmedia), and template and subscribe messages (pages
// api_sendtemplatemessage and api_sendsubscribemessage).
func messageCodes() map[int]report.Meaning {
	say := report.Say
	gone := say("不用处理：这位用户收不到消息", "nothing to do: this person cannot be reached")
	plugin := say("检查插件回复的内容", "check what the plugin replies")
	code := say("这是机器人的错误，请反馈", "this is a fault of the bot: please report it")
	media := say("临时素材只保存 3 天；检查插件给出的 media_id", "media are kept for 3 days: check the media_id that the plugin gave")
	return map[int]report.Meaning{
		40003: {Why: say("OpenID 不对，或者不属于这个账号", "the OpenID is wrong, or not one of this account"), Cure: say("检查 app_id 是不是收到消息的那个账号", "check that app_id is the account that got the message")},
		40004: {Why: say("素材类型不对", "the kind of media is not right"), Cure: plugin},
		40006: {Why: say("文件大小不对", "the size of the file is not allowed"), Cure: plugin},
		40007: {Why: say("media_id 无效或已过期", "the media_id is not valid, or has expired"), Cure: media},
		40033: {Why: say("请求里有不允许的字符（例如 \\u 转义）", "the call has characters that are not allowed, such as \\u escapes"), Cure: code},
		40200: {Why: say("这种账号不能用这个接口", "this kind of account cannot make this call"), Cure: say("检查 bot.yaml 的 account；测试号不能发菜单消息", "check account in bot.yaml; test accounts cannot send menu messages")},
		40037: {Why: say("template_id 不对，或者账号没有这个模板", "the template_id is wrong, or the account has no such template"), Cure: say("在公众平台上核对模板，再检查插件给出的 template_id", "check the template on the platform's page, and the template_id that the plugin gave")},
		43004: {Why: say("对方没有关注账号", "the person does not follow the account"), Cure: gone},
		43101: {Why: say("对方没有同意接收这条订阅通知（每同意一次只能发一条）", "the person has not agreed to this subscribe message (each consent is good for one)"), Cure: say("请用户再次订阅", "ask the person to subscribe again")},
		43019: {Why: say("对方在黑名单里", "the person is on the account's blacklist"), Cure: say("在公众平台上把他移出黑名单", "take them off the blacklist on the platform's page")},
		44004: {Why: say("消息内容为空", "the message is empty"), Cure: plugin},
		45001: {Why: say("文件太大", "the file is too large"), Cure: plugin},
		45002: {Why: say("文字太长", "the text is too long"), Cure: say("减小 bot.yaml 的 text_limit", "lower text_limit in bot.yaml")},
		45007: {Why: say("语音太长（最多 60 秒）", "the voice is too long (60 s at most)"), Cure: plugin},
		45008: {Why: say("图文消息只能有一篇文章", "a news message can have one article only"), Cure: plugin},
		45015: {Why: say("对方最近一条消息已超过 48 小时，或者已取消关注", "the person's last message is older than 48 hours, or they have left"),
			Cure: say("不用处理：等对方再发消息", "nothing to do until they write again")},
		45047: {Why: say("用户每次互动后能收到的客服消息条数用完了（发消息后 5 条，点菜单、关注、扫码后 3 条）",
			"the account has used up its messages (5 after a message, 3 after a tap on the menu, a follow or a scan)"),
			Cure: say("等对方再发消息；让插件少分几条", "wait until they write again; have the plugin reply in fewer messages")},
		45072: {Why: say("输入状态的命令不对", "the command for the sign of typing is not right"), Cure: code},
		45080: {Why: say("对方 30 秒内没有发过消息，不能显示“正在输入”", "no message from the person within 30 s, so no sign of typing"), Cure: report.Text{}},
		45081: {Why: say("“正在输入”已经在显示", "the sign of typing is shown already"), Cure: report.Text{}},
		45162: {Why: say("消息类型不对", "the kind of message is not right"), Cure: plugin},
		47001: {Why: say("微信读不懂请求的 JSON", "WeChat cannot read the JSON of the call"), Cure: code},
		47003: {Why: say("模板的字段不对或缺少", "a field of the template is wrong or missing"), Cure: plugin},
		48001: {Why: say("账号没有这个接口的权限（例如客服消息只对已认证的账号开放）", "the account may not make this call (customer-service messages, for one, are for verified accounts)"),
			Cure: say("给账号做微信认证；账号有哪些权限，见微信开发者平台", "have the account verified (认证); WeChat's developer platform shows what it may do")},
		48002: {Why: say("对方拒收消息", "the person takes no messages from the account"), Cure: gone},
		48004: {Why: say("接口因违规被封禁", "the call is banned because of a breach of rules"), Cure: say("登录公众平台查看违规通知并申诉", "see the notice on the platform's page, and appeal there")},
		48008: {Why: say("账号不能发这种消息", "the account may not send this kind of message"), Cure: plugin},
		50002: {Why: say("对方的账号受到限制", "the person's account is restricted"), Cure: gone},
		50005: {Why: say("对方没有关注账号", "the person does not follow the account"), Cure: gone},
	}
}
