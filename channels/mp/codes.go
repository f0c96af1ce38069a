package mp

import (
	"fmt"
	"net/netip"
	"strings"

	"github.com/chuanhuabot/bot/channels/internal/wx"
	"github.com/chuanhuabot/bot/internal/report"
)

// meaning is what an errcode tells an operator.
type meaning struct {
	Why  report.Text
	Cure report.Text // Empty where nothing on the operator's side helps.
}

// String is for a log line: why, and what to do.
func (m meaning) String() string {
	if m.Cure.EN == "" {
		return m.Why.EN
	}
	return m.Why.EN + ": " + m.Cure.EN
}

// explain returns what an errcode means. It is false for one that is not in the table.
func explain(code int) (meaning, bool) {
	for _, table := range []map[int]meaning{accessCodes(), messageCodes(), menuCodes()} {
		if m, ok := table[code]; ok {
			return m, true
		}
	}
	return meaning{}, false
}

// refused says what a refusal means, with the address that a 40164 is about. For a code that is not in the table it has the
// platform's own words.
func refused(r *wx.Refusal) meaning {
	m, ok := explain(r.Code)
	if !ok {
		return meaning{Why: report.Textf("微信返回了错误：%s", "WeChat answered with an error: %s", r.Text)}
	}
	if address := addressIn(r.Text); address != "" && (r.Code == 40164 || r.Code == 61004) {
		m.Why = report.Textf("本机访问微信时的 IP 地址 %s 不在账号的 IP 白名单里", "this server's address %s is not on the account's IP list", address)
		m.Cure = report.Textf("在微信开发者平台的“IP 白名单”里加上 %s，或者在 bot.yaml 里用 proxy 经由名单上的地址访问",
			"add %s to the account's IP list (IP 白名单) on WeChat's developer platform, or set proxy in bot.yaml to call from an address that is on it", address)
	}
	return m
}

// addressIn returns the first IP address in an errmsg such as "invalid ip 203.0.113.7 ipv6 ::ffff:203.0.113.7, not in
// whitelist", or "".
func addressIn(text string) string {
	for word := range strings.FieldsSeq(text) {
		if a, err := netip.ParseAddr(strings.Trim(word, ",;")); err == nil {
			return a.Unmap().String()
		}
	}
	return ""
}

// coded is the text of a finding about a refusal: what was asked, why it was refused, and the code for a search engine.
func coded(what report.Text, code int, why report.Text) report.Text {
	return report.Textf("%s：%s（%s）", "%s: %s (%s)", what, why, fmt.Sprint("errcode ", code))
}
