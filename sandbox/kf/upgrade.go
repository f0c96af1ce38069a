package kf

import (
	"slices"

	"github.com/chuanhuabot/bot/sandbox/apihost"
	"github.com/chuanhuabot/bot/sandbox/transcript"
)

// upgradeConfig says whom a customer may be handed to for good: every member, and the chats of the settings (page 94674).
func upgradeConfig(c *call) (any, *refusal) {
	type members struct {
		Users       []string `json:"userid_list"`
		Departments []int    `json:"department_id_list"`
	}
	type chats struct {
		IDs []string `json:"chat_id_list"`
	}
	users := []string{}
	for _, s := range c.Owner.Servicers() {
		users = append(users, s.ID)
	}
	return struct {
		apihost.Done
		Members members `json:"member_range"`
		Chats   chats   `json:"groupchat_range"`
	}{okay, members{users, []int{}}, chats{append([]string{}, c.Owner.Settings().Chats...)}}, nil
}

type upgradeRequest struct {
	Account  string `json:"open_kfid"`
	Customer string `json:"external_userid"`
	Kind     int    `json:"type"` // 1 is a member, 2 a group chat.
	Member   struct {
		ID      string `json:"userid"`
		Wording string `json:"wording"`
	} `json:"member"`
	Chat struct {
		ID      string `json:"chat_id"`
		Wording string `json:"wording"`
	} `json:"groupchat"`
}

// upgrade shows a customer the card of a member or a chat (page 94674).
func upgrade(c *call) (any, *refusal) {
	in, a, refused := readUpgrade(c)
	if refused != nil {
		return nil, refused
	}
	e := transcript.Entry{Kind: transcript.Saw, Type: "upgrade_service", Text: in.Member.Wording + in.Chat.Wording}
	switch in.Kind {
	case 1:
		if _, ok := c.Owner.member(in.Member.ID); !ok {
			return nil, refuse(codeUpgrade)
		}
		e.Detail = &transcript.Detail{Servicer: in.Member.ID}
	case 2:
		if !slices.Contains(c.Owner.Settings().Chats, in.Chat.ID) {
			return nil, refuse(codeUpgrade)
		}
		e.Detail = &transcript.Detail{Title: in.Chat.ID}
	default:
		return nil, refuse(codeParameter)
	}
	a.note(in.Customer, e)
	return apihost.OK()
}

func cancelUpgrade(c *call) (any, *refusal) {
	in, a, refused := readUpgrade(c)
	if refused != nil {
		return nil, refused
	}
	a.note(in.Customer, transcript.Entry{Kind: transcript.Note, Type: "cancel_upgrade_service", Why: "the bot took the card back"})
	return apihost.OK()
}

func readUpgrade(c *call) (in upgradeRequest, a *Account, refused *refusal) {
	if refused = read(c, &in); refused != nil {
		return in, nil, refused
	}
	a, refused = findWith(c, in.Account, in.Customer)
	return in, a, refused
}
