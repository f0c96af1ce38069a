package mp

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/chuanhuabot/bot/sandbox/transcript"
	"github.com/chuanhuabot/bot/sandbox/wire"
)

// notice is a template message (developers.weixin.qq.com/doc/service/api/notify/template/api_sendtemplatemessage) or a subscribe message
// (page api_sendsubscribemessage). Neither takes part in the windows.
type notice struct {
	To       string `json:"touser"`
	Template string `json:"template_id"`
	URL      string `json:"url"`
	Page     string `json:"page"`
	Data     map[string]struct {
		Value string `json:"value"`
	} `json:"data"`
}

// words are the filled-in fields, a line each.
func (n *notice) words() string {
	var lines []string
	for name, field := range n.Data {
		lines = append(lines, name+": "+field.Value)
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

// sendTemplate shows a template message to a follower, and reports that to the bot afterwards.
func sendTemplate(c *call) (any, *refusal) {
	n, refused := readNotice(c)
	if refused == nil && !c.Owner.Follows(n.To) {
		refused = refuse(codeNotFollowing)
	}
	if refused := c.Owner.showNotice("template_message", n, refused); refused != nil {
		return nil, refused
	}
	id := c.Owner.platform.ids.Add(1)
	c.Owner.report(n.To, TemplateSent(strconv.FormatInt(id, 10), "success"))
	return map[string]any{"errcode": 0, "errmsg": "ok", "msgid": id}, nil
}

// sendSubscribe shows a subscribe message to somebody who has agreed to one of this template, and uses that up.
func sendSubscribe(c *call) (any, *refusal) {
	n, refused := readNotice(c)
	if refused == nil && !c.Owner.useConsent(n.To, n.Template) {
		refused = refuse(codeNoConsent)
	}
	if refused := c.Owner.showNotice("subscribe_message", n, refused); refused != nil {
		return nil, refused
	}
	id := c.Owner.platform.ids.Add(1)
	c.Owner.report(n.To, subscribeSent(n.Template, strconv.FormatInt(id, 10)))
	return map[string]any{"errcode": 0, "errmsg": "ok"}, nil
}

func readNotice(c *call) (*notice, *refusal) {
	n := new(notice)
	if c.Owner.Settings().Kind == Unverified {
		return n, refuse(codeForbidden)
	}
	if refused := c.Read(n, 0, codeJSON); refused != nil {
		return n, refused
	}
	c.Person = n.To
	switch {
	case !c.Owner.knows(n.To):
		return n, refuse(codeOpenID)
	case strings.TrimSpace(n.Template) == "":
		return n, refuse(codeTemplate)
	case len(n.Data) == 0:
		return n, refuse(codeArguments)
	}
	return n, nil
}

// showNotice puts a notice before the person, or notes for developers why the platform refuses it.
func (a *Account) showNotice(kind string, n *notice, refused *refusal) *refusal {
	e := transcript.Entry{Kind: transcript.Saw, Type: kind, Text: n.words(), Detail: &transcript.Detail{Title: n.Template, Description: n.words(), URL: n.URL + n.Page}}
	if refused != nil {
		e.Kind, e.Why = transcript.Note, words(refused)
	}
	if n.To != "" {
		a.note(n.To, e)
	}
	return refused
}

func (a *Account) knows(openID string) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.people[openID] != nil
}

// report pushes an event of the platform's own, after the answer to the call that it is about.
func (a *Account) report(openID string, content Inbound) {
	a.platform.begin(func(ctx context.Context) {
		if _, err := a.Say(ctx, openID, content); err != nil {
			a.platform.log.Debug("event not pushed", "event", content.Event, "err", err)
		}
	})
}

// SubscribeMessage is a person who agrees, or does not, to get one subscribe message of a template
// (developers.weixin.qq.com/doc/service/guide/product/message/Subscription_Messages_Intro.html).
func SubscribeMessage(template string, agrees bool) Inbound {
	answer := "reject"
	if agrees {
		answer = agreed
	}
	return Event(popup, wire.Group("SubscribeMsgPopupEvent", wire.Group("List",
		wire.Text("TemplateId", template), wire.Text("SubscribeStatusString", answer), wire.Text("PopupScene", "0"))))
}

const (
	popup  = "subscribe_msg_popup_event"
	agreed = "accept"
)

func subscribeSent(template, id string) Inbound {
	return Event("subscribe_msg_sent_event", wire.Group("SubscribeMsgSentEvent", wire.Group("List", wire.Text("TemplateId", template),
		wire.Text("MsgID", id), wire.Text("ErrorCode", "0"), wire.Text("ErrorStatus", "success"))))
}

// consents returns the templates that a person agrees to with an event.
func (in Inbound) consents() []string {
	if in.Event != popup {
		return nil
	}
	var templates []string
	for _, group := range in.Fields {
		for _, item := range group.Fields {
			one := Inbound{Fields: item.Fields}
			if one.get("SubscribeStatusString") == agreed {
				templates = append(templates, one.get("TemplateId"))
			}
		}
	}
	return templates
}

// useConsent takes back what a person has agreed to once, and returns false if they have not.
func (a *Account) useConsent(openID, template string) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	who := a.people[openID]
	if who == nil || who.consents[template] == 0 {
		return false
	}
	who.consents[template]--
	return true
}
