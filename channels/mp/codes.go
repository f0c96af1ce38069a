package mp

import (
	"github.com/chuanhuabot/bot/channels/internal/wx"
	"github.com/chuanhuabot/bot/internal/report"
)

// explain returns what an errcode means. It is false for one that is not in the table.
func explain(code int) (report.Meaning, bool) {
	for _, table := range []map[int]report.Meaning{accessCodes(), messageCodes(), menuCodes()} {
		if m, ok := table[code]; ok {
			return m, true
		}
	}
	return report.Meaning{}, false
}

// refused says what a refusal means, with the address that a 40164 is about. For a code that is not in the table it has the
// platform's own words.
func refused(r *wx.Refusal) report.Meaning {
	m, ok := explain(r.Code)
	if !ok {
		return report.Meaning{Why: report.Textf("微信返回了错误：%s", "WeChat answered with an error: %s", r.Text)}
	}
	if address := wx.AddressIn(r.Text); address != "" && (r.Code == 40164 || r.Code == 61004) {
		m.Why = report.Textf("本机访问微信时的 IP 地址 %s 不在账号的 IP 白名单里", "this server's address %s is not on the account's IP list", address)
		m.Cure = report.Textf("在微信开发者平台的“IP 白名单”里加上 %s，或者在 bot.yaml 里用 proxy 经由名单上的地址访问",
			"add %s to the account's IP list (IP 白名单) on WeChat's developer platform, or set proxy in bot.yaml to call from an address that is on it", address)
	}
	return m
}
