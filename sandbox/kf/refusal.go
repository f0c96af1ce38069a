package kf

import (
	"fmt"

	"github.com/chuanhuabot/bot/sandbox/apihost"
)

// The codes of refusals that the simulated API gives by itself (page 90313).
const (
	codeBusy        = -1
	codeSecret      = 40001
	codeMediaType   = 40004
	codeFileType    = 40005
	codeFileSize    = 40006
	codeMediaID     = 40007
	codeMsgType     = 40008
	codeImageSize   = 40009
	codeVideoSize   = 40011
	codeCorpID      = 40013
	codeToken       = 40014
	codeCharset     = 40033
	codeParameter   = 40058
	codeCustomer    = 40096
	codeNoToken     = 41001
	codeNoSecret    = 41004
	codeNoMediaID   = 41006
	codeExpired     = 42001
	codeNoMedia     = 44001
	codeEmpty       = 44004
	codeMediaSize   = 45001
	codeTextSize    = 45002
	codeVoiceLength = 45007
	codeAgent       = 40056
	codeQuota       = 45009
	codeCrowd       = 45033
	codeNotGranted  = 48007
	codeAddress     = 60020
	codeDepartment  = 60003
	codeMember      = 60111
	codeNobody      = 81013
	codePiece       = 830002
	codeAccountForm = 95000
	codeUsedUp      = 95001
	codeWindow      = 95002
	codeCustomers   = 95003
	codeNoAccount   = 95004
	codeAccounts    = 95005
	codeAccountName = 95006
	codeSyncToken   = 95007
	codeMenuItems   = 95008
	codeMenuItem    = 95009
	codeEnded       = 95013
	codeNoServicer  = 95014
	codeTransition  = 95016
	codeState       = 95018
	codeStopped     = 95019
	codeUpgrade     = 95021
	codeUnverified  = 95027
)

func refuse(code int) *refusal { return apihost.Refuse(code) }

// malformed is the refusal of what is no JSON.
func malformed() *refusal {
	return &refusal{Code: codeParameter, Detail: "Warning: wrong json format. invalid Request Parameter"}
}

// text is the errmsg of a refusal, which ends as on all pages.
func (p *Platform) text(c *call, r *refusal) string {
	return fmt.Sprintf("%s, hint: [%d], from ip: %s, more info at https://open.work.weixin.qq.com/devtool/query?e=%d",
		words(r), p.ids.Add(1), c.From, r.Code)
}

// words is what the errmsg begins with. Where no text is published, the platform's usual words stand.
func words(r *refusal) string {
	if r.Detail != "" {
		return r.Detail
	}
	if text, ok := texts[r.Code]; ok {
		return text
	}
	return fmt.Sprint("error ", r.Code)
}

var texts = map[int]string{
	codeBusy: "system error", codeSecret: "invalid credential", codeMediaType: "invalid media type", codeFileType: "invalid file type",
	codeFileSize: "invalid file size", codeMediaID: "invalid media_id", codeMsgType: "invalid message type", codeImageSize: "invalid image size",
	codeVideoSize: "invalid video size", codeCorpID: "invalid corpid", codeToken: "invalid access_token",
	codeCharset: "invalid charset", codeParameter: "invalid Request Parameter", codeCustomer: "invalid external userid",
	codeNoToken: "access_token missing", codeNoSecret: "corpsecret missing", codeNoMediaID: "media_id missing",
	codeExpired: "access_token expired", codeNoMedia: "empty media data", codeEmpty: "empty content",
	codeMediaSize: "media size out of limit", codeTextSize: "content size out of limit", codeVoiceLength: "playtime out of limit",
	codeQuota: "api freq out of limit", codeCrowd: "api concurrent out of limit", codeNotGranted: "no privilege to the open_kfid",
	codeAddress: "not allow to access from your ip", codeMember: "userid not found", codePiece: "media size or range too large",
	codeAccountForm: "invalid open_kfid", codeUsedUp: "send msg count limit", codeWindow: "send msg time limit",
	codeCustomers: "customer count limit", codeNoAccount: "open_kfid not exist", codeAccounts: "kf account count limit",
	codeAccountName: "invalid kf account name", codeSyncToken: "invalid msg token", codeMenuItems: "menu item count limit",
	codeMenuItem: "invalid menu item type", codeEnded: "session ended", codeNoServicer: "servicer not exist",
	codeTransition: "invalid session status transition", codeState: "send msg session status invalid", codeStopped: "servicer stopped",
	codeAgent: "invalid agentid", codeDepartment: "department not found", codeNobody: "user & party & tag all invalid",
	codeUpgrade: "not in upgrade service range", codeUnverified: "corp not verified, kf account count limit",
}
