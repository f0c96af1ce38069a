package kf

import (
	"time"

	"github.com/chuanhuabot/bot/sandbox/apihost"
)

// maxCustomersAsked is how many customers a call may ask for.
const maxCustomersAsked = 100

type customerAnswer struct {
	ID       string        `json:"external_userid"`
	Nickname string        `json:"nickname"`
	Avatar   string        `json:"avatar"`
	Gender   int           `json:"gender"`
	Context  *enterContext `json:"enter_session_context,omitempty"`
}

type enterContext struct {
	Scene string `json:"scene"`
	Param string `json:"scene_param"`
}

// getCustomers says who customers are, if they have done something in the last 48 hours; the others are invalid.
func getCustomers(c *call) (any, *refusal) {
	var in struct {
		IDs     []string `json:"external_userid_list"`
		Context int      `json:"need_enter_session_context"`
	}
	if refused := read(c, &in); refused != nil {
		return nil, refused
	}
	if len(in.IDs) == 0 || len(in.IDs) > maxCustomersAsked || in.Context < 0 || in.Context > 1 {
		return nil, refuse(codeParameter)
	}
	list, invalid := []customerAnswer{}, []string{}
	for _, id := range in.IDs {
		found, ok := c.Owner.describe(id, c.Now)
		if !ok {
			invalid = append(invalid, id)
			continue
		}
		if in.Context == 0 {
			found.Context = nil
		}
		list = append(list, found)
	}
	return struct {
		apihost.Done
		List    []customerAnswer `json:"customer_list"`
		Invalid []string         `json:"invalid_external_userid"`
	}{okay, list, invalid}, nil
}

// describe returns a customer who was here lately, with how they came to the account where they were last.
func (c *Corp) describe(id string, now time.Time) (customerAnswer, bool) {
	who, _ := c.knows(id)
	out := customerAnswer{ID: id, Nickname: who.nickname, Avatar: "https://wx.qlogo.cn/mmhead/" + idOf("avatar", id) + "/0"}
	var last time.Time
	for _, a := range c.Accounts() {
		if seen, context := a.lastSeen(id); seen.After(last) {
			last, out.Context = seen, &context
		}
	}
	return out, now.Sub(last) < sessionLife
}

func (a *Account) lastSeen(id string) (time.Time, enterContext) {
	a.mu.Lock()
	defer a.mu.Unlock()
	who := a.person(id)
	return who.seen, enterContext{who.scene, who.param}
}

// qualification says whether a channel is bound, which the customers that a corp may have depend on. None is.
func qualification(*call) (any, *refusal) {
	return struct {
		apihost.Done
		Bound bool `json:"wechat_channels_binding"`
	}{okay, false}, nil
}
