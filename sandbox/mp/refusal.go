package mp

import (
	"fmt"

	"github.com/chuanhuabot/bot/sandbox/apihost"
	"github.com/chuanhuabot/bot/sandbox/wire"
)

// The codes of refusals that the simulated API gives by itself
// (developers.weixin.qq.com/doc/service/api/customer/message/api_sendcustommessage and the pages of the other calls).
const (
	codeBusy         = -1
	codeToken        = 40001
	codeGrant        = 40002
	codeOpenID       = 40003
	codeMediaType    = 40004
	codeMediaID      = 40007
	codeAppID        = 40013
	codeCharset      = 40033
	codeSecret       = 40125
	codeAccountType  = 40200
	codeNoToken      = 41001
	codeExpired      = 42001
	codeNeedsGET     = 43001
	codeNeedsPOST    = 43002
	codeEmpty        = 44004
	codeMediaSize    = 45001
	codeTextSize     = 45002
	codeArticles     = 45008
	codeQuota        = 45009
	codeTooOften     = 45011
	codeWindow       = 45015
	codeUsedUp       = 45047
	codeCommand      = 45072
	codeArguments    = 47003
	codeNoConsent    = 43101
	codeNotFollowing = 43004
	codeTemplate     = 40037
	codeNotTyping    = 45080
	codeTyping       = 45081
	codeMsgType      = 45162
	codeJSON         = 47001
	codeForbidden    = 48001
	codeClearQuota   = 48006
	codeKind         = 48008
	codeAddress      = 40164
	codeNoMenu       = 46003
	codeButtons      = 40016
	codeButtonType   = 40017
	codeButtonName   = 40018
	codeButtonKey    = 40019
	codeButtonURL    = 40020
	codeMenuLevels   = 40022
	codeSubButtons   = 40023
	codeSubType      = 40024
	codeSubName      = 40025
	codeNoURL        = 40201
	codeCode         = 40029
	codeUsed         = 40163
	codeNoCode       = 41008
)

func refuse(code int) *refusal { return apihost.Refuse(code) }

// text is the errmsg of a refusal. Where no text is published, the platform's usual words stand; its support asks for the
// rid at the end.
func text(_ *call, r *refusal) string { return words(r) + rid() }

func words(r *refusal) string {
	if r.Detail != "" {
		return r.Detail
	}
	texts := map[int]string{
		codeBusy: "system error", codeToken: "invalid credential, access_token is invalid or not latest", codeGrant: "invalid grant_type",
		codeOpenID: "invalid openid", codeMediaType: "invalid media type", codeMediaID: "invalid media_id", codeAppID: "invalid appid",
		codeCharset: "invalid charset. please check your request, if include \\uxxxx will create fail!", codeSecret: "invalid appsecret",
		codeAccountType: "invalid account type", codeNoToken: "access_token missing", codeExpired: "access_token expired",
		codeNeedsGET: "require GET method", codeNeedsPOST: "require POST method", codeEmpty: "empty content",
		codeMediaSize: "media size out of limit", codeTextSize: "content size out of limit", codeArticles: "article size out of limit",
		codeQuota: "reach max api daily quota limit", codeTooOften: "api minute-quota reach limit, must slower, retry next minute",
		codeWindow: "response out of time limit or subscription is canceled", codeUsedUp: "out of response count limit",
		codeCommand: "command is invalid", codeNotTyping: "no message from the user in the last 30 seconds", codeTyping: "typing already",
		codeMsgType: "invalid type", codeJSON: "data format error", codeForbidden: "api unauthorized",
		codeClearQuota: "forbid to clear quota because of reaching the limit", codeKind: "no permission for this msgtype",
		codeAddress: "invalid ip 127.0.0.1 ipv6 ::ffff:127.0.0.1, not in whitelist", codeNoMenu: "menu no exist",
		codeButtons: "invalid button size", codeButtonType: "invalid button type", codeButtonName: "invalid button name size",
		codeButtonKey: "invalid button key size", codeButtonURL: "invalid button url size", codeMenuLevels: "invalid level of sub button",
		codeSubButtons: "invalid sub button size", codeSubType: "invalid sub button type", codeSubName: "invalid sub button name size",
		codeNoURL: "invalid url", codeArguments: "argument invalid! data is missing", codeNoConsent: "user refuse to accept the msg",
		codeNotFollowing: "require subscribe", codeTemplate: "invalid template_id",
		codeCode: "invalid code", codeUsed: "code been used", codeNoCode: "missing code",
	}
	if text, ok := texts[r.Code]; ok {
		return text
	}
	return fmt.Sprint("error ", r.Code)
}

func rid() string {
	hex := wire.RandomHex() + wire.RandomHex()
	return " rid: " + hex[:8] + "-" + hex[8:16] + "-" + hex[16:24]
}
