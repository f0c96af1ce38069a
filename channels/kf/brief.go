package kf

import (
	"context"
	"fmt"
	"strings"

	"github.com/chuanhuabot/bot/channels/internal/compose"
	"github.com/chuanhuabot/bot/channels/internal/wx"
	"github.com/chuanhuabot/bot/core"
)

// say tells a customer that a person comes, if the platform gives the right to that. That it could not be said is no loss.
func (c *Channel) say(ctx context.Context, d *core.Delivery, code string) {
	if code == "" || c.config.Handoff.Notice == "" {
		return
	}
	in := textCall(wx.JSONText(c.config.Handoff.Notice)).with(map[string]any{"code": code, "msgid": messageID(d, 0)})
	if err := c.api.Post(ctx, "/cgi-bin/kf/send_msg_on_event", in, nil); err != nil {
		c.log.Warn("the customer was not told that a person comes", "conversation", d.Conversation, "err", explained(err))
	}
}

// maxBrief is the most bytes of a message of the app (page 90236).
const maxBrief = 2048

// brief tells who takes over who the customer is, and why: the servicer who gets them, or those who may if they wait in the queue. They
// read what was said in the conversation itself.
func (c *Channel) brief(ctx context.Context, d *core.Delivery, to given, reason string) {
	if c.config.Handoff.AgentID == 0 {
		return
	}
	who := []string{to.servicer}
	if to.servicer == "" {
		var err error
		switch who, err = c.receiving(ctx, d.Account); {
		case err != nil:
			c.log.Warn("no servicer was told that a customer waits", "conversation", d.Conversation, "err", explained(err))
			return
		case len(who) == 0:
			c.log.Warn("a customer waits, and no servicer of the account receives customers: let one receive them in WeCom", "conversation", d.Conversation)
			return
		}
	}
	text := fmt.Sprintf("有客户转人工：%s\n客服账号：%s", first(c.nameOf(ctx, d.Recipient), d.Recipient), d.Account)
	if !blank(reason) {
		text += "\n原因：" + trimmed(wx.JSONText(reason))
	}
	in := textCall(compose.Cut(text, maxBrief)).with(map[string]any{"touser": strings.Join(who, "|"), "agentid": c.config.Handoff.AgentID})
	if err := c.api.Post(ctx, "/cgi-bin/message/send", in, nil); err != nil {
		c.log.Warn("the servicer was not told why a customer comes", "conversation", d.Conversation, "err", explained(err))
	}
}

// nameOf returns the nickname of a customer, or "": it is known of those who were active within 48 hours.
func (c *Channel) nameOf(ctx context.Context, customer string) string {
	var out struct {
		List []struct {
			Name string `json:"nickname"`
		} `json:"customer_list"`
	}
	err := c.api.Post(ctx, "/cgi-bin/kf/customer/batchget", map[string]any{"external_userid_list": []string{customer}}, &out)
	if err != nil || len(out.List) == 0 {
		return ""
	}
	return wx.JSONText(out.List[0].Name)
}
