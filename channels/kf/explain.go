package kf

import (
	"github.com/chuanhuabot/bot/channels/internal/wx"
	"github.com/chuanhuabot/bot/internal/report"
)

// explain returns what an errcode means (page 90313). It is false for one that is not in the table.
func explain(code int) (report.Meaning, bool) {
	for _, table := range []map[int]report.Meaning{accessCodes(), accountCodes(), sendCodes(), mediaCodes()} {
		if m, ok := table[code]; ok {
			return m, true
		}
	}
	return report.Meaning{}, false
}

// refused says what a refusal means, with the address that a 60020 is about. For a code that is not in the table it has the
// platform's own words.
func refused(r *wx.Refusal) report.Meaning {
	m, ok := explain(r.Code)
	if !ok {
		return report.Meaning{Why: report.Textf("企业微信返回了错误：%s", "WeCom answered with an error: %s", r.Text)}
	}
	if address := wx.AddressIn(r.Text); address != "" && r.Code == 60020 {
		m.Why = report.Textf("本机访问企业微信时的 IP 地址 %s 不在应用的可信 IP 里", "this server's address %s is not among the app's trusted IPs", address)
		m.Cure = report.Textf("在自建应用的“企业可信IP”里加上 %s（约一分钟后生效），或者在 bot.yaml 里用 proxy 经由可信的地址访问",
			"add %s to the app's trusted IPs (企业可信IP), which takes about a minute, or set proxy in bot.yaml to call from an address that is trusted", address)
	}
	return m
}

// accessCodes are about who calls, and how often.
func accessCodes() map[int]report.Meaning {
	means := func(why, cure report.Text) report.Meaning { return report.Meaning{Why: why, Cure: cure} }
	say := report.Say
	secret := renewSecret()
	code := say("这是机器人的错误，请反馈", "this is a fault of the bot: please report it")
	later := say("稍后再试", "try again later")
	return map[int]report.Meaning{
		-1:    means(say("企业微信系统繁忙", "WeCom is busy"), later),
		6000:  means(say("数据版本冲突", "a conflict of concurrent writes"), later),
		40001: means(say("Secret 不对，或者和 corp_id 不是一家企业的", "the Secret is not right, or of another company than corp_id"), secret),
		40013: means(say("企业 ID 不对", "the company's ID is not right"), say("检查 bot.yaml 的 corp_id", "check corp_id in bot.yaml")),
		40014: means(say("access_token 无效", "the access token is not valid"), later),
		40091: means(say("Secret 不对", "the Secret is not right"), secret),
		41001: means(say("请求里缺少 access_token", "the call has no access token"), code),
		42001: means(say("access_token 已过期", "the access token has expired"), later),
		43009: means(say("企业没有认证", "the company is not verified"), say("完成企业认证", "have the company verified")),
		45009: means(say("接口调用得太频繁", "too many calls"), say("等一分钟；若反复出现，找出是哪个程序在调用，并检查回调是否正常（没有回调 Token 的拉取每分钟只能有几次）",
			"wait a minute; if it stays, find out which program calls so often, and whether callbacks arrive (without their token messages may be asked for a few times a minute only)")),
		45033: means(say("接口的并发调用太多", "too many calls at once"), later),
		48002: means(say("应用没有调用这个接口的权限", "the app may not make this call"), say("在“微信客服 → 可调用接口的应用”里加上这个应用", "add the app at 微信客服 → 可调用接口的应用")),
		50003: means(say("应用已停用", "the app is disabled"), say("在企业微信管理后台启用它", "enable it in WeCom's console")),
		60003: means(say("没有这个部门", "there is no such department"), say("检查 bot.yaml 的 handoff.departments", "check handoff.departments in bot.yaml")),
		60011: means(say("应用无权访问这个成员或部门", "the app has no right to the member or department"), say("把接待人员放进应用的可见范围", "put the servicers into the app's visible range")),
		60020: means(say("本机的 IP 地址不在应用的可信 IP 里", "this server's address is not among the app's trusted IPs"),
			say("在自建应用的“企业可信IP”里加上本机的出口 IP（约一分钟后生效），或者在 bot.yaml 里设置 proxy",
				"add this server's outgoing address to the app's trusted IPs (企业可信IP), which takes about a minute, or set proxy in bot.yaml")),
	}
}

// renewSecret is the cure for a secret that is not the one to call with.
func renewSecret() report.Text {
	return report.Say("把 bot.yaml 的 secret 换成当前的 Secret：独立版用 kf.weixin.qq.com 开发配置里的，企业微信版用“可调用接口的应用”里那个自建应用的",
		"set secret in bot.yaml to the present one: of the developer settings at kf.weixin.qq.com, or, where customer service is run in WeCom, of the app that may call it (可调用接口的应用)")
}

// accountCodes are about accounts, and where customer service is run.
func accountCodes() map[int]report.Meaning {
	means := func(why, cure report.Text) report.Meaning { return report.Meaning{Why: why, Cure: cure} }
	say := report.Say
	secret := renewSecret()
	grant := say("在企业微信管理后台的“微信客服 → 通过API管理微信客服账号”里把这个账号交给该应用",
		"give the account to the app in WeCom's console, at 微信客服 → 通过API管理微信客服账号")
	component := say("请在微信客服组件的后台检查授权", "check the rights that were given to the component of customer service")
	return map[int]report.Meaning{
		48007: means(say("应用没有这个客服账号的管理权限", "the account is not granted to the app"), grant),
		95000: means(say("open_kfid 的格式不对", "the open_kfid is malformed"), say("检查 bot.yaml 的 accounts", "check accounts in bot.yaml")),
		95004: means(say("没有这个客服账号", "there is no such account"), say("检查 bot.yaml 的 accounts：账号可能已删除，或属于别的企业", "check accounts in bot.yaml: it may have been deleted, or be another company's")),
		95005: means(say("客服账号数已达上限", "there are as many accounts as there may be"), say("删除不用的客服账号", "delete accounts that nobody uses")),
		95006: means(say("客服账号的名字不合法（最多 16 个字）", "the account's name is not valid (16 characters at most)"), say("换一个名字", "take another name")),
		95011: means(say("客服已在企业微信里启用，不能再用独立版的 Secret", "customer service is run in WeCom, where the Secret of kf.weixin.qq.com is not good"), secret),
		95012: means(say("客服没有在企业微信里启用，不能用企业微信应用的 Secret", "customer service is not run in WeCom, whose app's Secret is not good"), secret),
		95017: means(say("API 功能没有开启", "the API is switched off"), say("在微信客服的后台开启“通过API管理”", "switch it on in the console of customer service")),
		95015: means(say("后台已经配置了专属服务", "a dedicated service is configured in the console already"), say("在管理后台的微信客服里修改“升级服务”的配置", "change the upgrade service (升级服务) in the console of customer service")),
		95021: means(say("升级服务的成员或客户群不在配置的范围内", "the member or group chat is not in the range of the upgrade service"),
			say("在管理后台的微信客服里把他们加进“升级服务”的范围", "add them to the range of the upgrade service (升级服务) in the console of customer service")),
		95023: means(say("API 功能已经授权给代开发应用", "the API is given to an agency's app"), say("在管理后台的微信客服里把权限切换给本应用", "give it to this app in the console of customer service")),
		95026: means(say("现有客服账号的使用率低，暂时不能再创建", "the accounts are used little, so no more may be made"), say("先用好现有的账号", "use those that there are")),
		95027: means(say("企业没有认证，最多 10 个客服账号", "the company is not verified and may have 10 accounts at most"), say("完成企业认证", "have the company verified")),
		95030: means(say("微信客服组件不允许发送这种消息类型", "a component of customer service forbids this type of message"), component),
		95032: means(say("微信客服组件的权限已失效", "the rights of a component of customer service have lapsed"), component),
	}
}

// sendCodes are about messages, sessions and the people in them.
func sendCodes() map[int]report.Meaning {
	means := func(why, cure report.Text) report.Meaning { return report.Meaning{Why: why, Cure: cure} }
	say := report.Say
	none := report.Text{}
	plugin := say("检查插件发送的内容", "look at what the plugin sends")
	member := say("检查 bot.yaml 的 handoff.servicers 和插件给出的 userid", "check handoff.servicers in bot.yaml and the userid that the plugin gave")
	return map[int]report.Meaning{
		40003: means(say("没有这个成员（userid）", "there is no such member (userid)"), member),
		40008: means(say("不允许发送这种消息类型", "this type of message may not be sent"), plugin),
		40033: means(say("请求里有不允许的字符", "the call has characters that are not allowed"), plugin),
		40058: means(say("参数不合法", "a parameter is not valid"), plugin),
		40096: means(say("external_userid 无效：它属于别的企业或应用", "the external_userid is of another company or app"), none),
		40201: means(say("被反垃圾策略拒绝", "refused by the platform's protection against spam"), none),
		44004: means(say("文本为空", "the text is empty"), plugin),
		45002: means(say("内容太长", "the content is too long"), plugin),
		60111: means(say("没有这个成员（userid）", "there is no such member (userid)"), member),
		95001: means(say("客户发消息后可发的 5 条已用完", "the five messages after the customer's last one are used up"), none),
		95002: means(say("客户超过 48 小时没有发消息", "the customer has not written for 48 hours"), none),
		95003: means(say("企业可接待的客户数已用完（未认证的企业累计 100 个）", "the company has had as many customers as it may (100 in all if it is not verified)"),
			say("完成企业认证，或绑定视频号", "have the company verified, or bind a WeChat channel to it")),
		95007: means(say("回调的 Token 无效或已过期", "the callback's token is not valid, or has expired"), none),
		95008: means(say("菜单的选项超过 10 个", "the menu has more than 10 items"), plugin),
		95009: means(say("菜单选项的类型不对", "the type of a menu's item is not known"), plugin),
		95013: means(say("会话已结束", "the session has ended"), none),
		95014: means(say("该成员不是这个账号的接待人员，或没有激活企业微信", "the member is no servicer of the account, or has not activated WeCom"), say("检查 bot.yaml 的 handoff.servicers", "check handoff.servicers in bot.yaml")),
		95016: means(say("不允许这样变更会话状态", "the session's state may not be changed like that"), none),
		95018: means(say("会话状态不允许通过接口发送：有人工在接待，或会话已结束", "the session's state forbids messages of the bot: a person has it, or it has ended"),
			say("要让机器人接待：让账号通过 API 管理，并移除或停止接待人员；正在人工接待的会话结束后，机器人回答客户的下一条消息",
				"to have the bot answer, have the account managed by API and remove its servicers, or let them stop; when a person's session ends, the bot answers the customer's next message")),
		95019: means(say("接待人员已停止接待", "the servicer receives no customers"), none),
		95022: means(say("位置的类型不对", "the location_type is not valid"), plugin),
		95031: means(say("客户超过 48 小时没有发消息", "the customer has not written for 48 hours"), none),
	}
}

// mediaCodes are about what is uploaded and downloaded (limits: page 96484).
func mediaCodes() map[int]report.Meaning {
	means := func(why, cure report.Text) report.Meaning { return report.Meaning{Why: why, Cure: cure} }
	say := report.Say
	size := say("图片和视频最大 10 MB，语音 2 MB，文件 20 MB，都要大于 5 字节", "at most 10 MB for pictures and videos, 2 MB for voice, 20 MB for files, and more than 5 bytes for all")
	format := say("图片用 JPG 或 PNG，语音用 AMR，视频用 MP4", "use JPG or PNG for pictures, AMR for voice, MP4 for videos")
	code := say("这是机器人的错误，请反馈", "this is a fault of the bot: please report it")
	return map[int]report.Meaning{
		40004:  means(say("媒体文件的类型不对", "the kind of media is not right"), format),
		40005:  means(say("媒体文件的格式不对", "the format of the media is not right"), format),
		40006:  means(say("文件的大小不对", "the size of the file is not allowed"), size),
		40007:  means(say("media_id 无效，或者已过三天有效期", "the media_id is not valid, or older than three days"), say("重新上传", "upload it again")),
		40009:  means(say("图片的大小不对", "the size of the picture is not allowed"), size),
		40011:  means(say("视频的大小不对", "the size of the video is not allowed"), size),
		40123:  means(say("图片已损坏，或者格式不对", "the picture is broken, or of another format"), format),
		41006:  means(say("请求里缺少 media_id", "the call has no media_id"), code),
		44001:  means(say("文件是空的", "the file is empty"), size),
		45001:  means(say("文件太大", "the file is too large"), size),
		45007:  means(say("语音超过 60 秒", "the voice is longer than 60 seconds"), say("把它截短或分成几段", "cut it, or send it in parts")),
		830002: means(say("文件或请求的一段太大", "the file, or the piece of it that was asked for, is too large"), report.Text{}),
	}
}
