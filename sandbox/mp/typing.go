package mp

import (
	"time"

	"github.com/chuanhuabot/bot/sandbox/apihost"
	"github.com/chuanhuabot/bot/sandbox/transcript"
)

// The sign that somebody types is seen for 15 s, and may be given within 30 s of the person's message
// (developers.weixin.qq.com/doc/service/api/customer/message/api_typing).
const (
	typingFor   = 15 * time.Second
	typingAfter = 30 * time.Second
)

// customTyping shows 对方正在输入, or takes it back.
func customTyping(c *call) (any, *refusal) {
	if c.Owner.Settings().Kind == Unverified {
		return nil, refuse(codeForbidden)
	}
	var in struct {
		To      string `json:"touser"`
		Command string `json:"command"`
	}
	if refused := c.Read(&in, codeCharset, codeJSON); refused != nil {
		return nil, refused
	}
	c.Person = in.To
	if in.Command != "Typing" && in.Command != "CancelTyping" {
		return nil, refuse(codeCommand)
	}
	if refused := c.Owner.setTyping(in.To, in.Command == "Typing", c.Now); refused != nil {
		return nil, refused
	}
	c.Owner.note(in.To, transcript.Entry{Kind: transcript.Saw, Type: in.Command})
	return apihost.OK()
}

func (a *Account) setTyping(openID string, begin bool, now time.Time) *refusal {
	a.mu.Lock()
	defer a.mu.Unlock()
	who, known := a.people[openID]
	switch {
	case !known:
		return refuse(codeOpenID)
	case !begin:
		who.typing = time.Time{}
	case now.Sub(who.wrote) > typingAfter:
		return refuse(codeNotTyping)
	case now.Before(who.typing):
		return refuse(codeTyping)
	default:
		who.typing = now.Add(typingFor)
	}
	return nil
}
