package kf

import "net/url"

// Event is any event by its event_type, with the fields behind the common ones (page 94670).
func Event(name string, body map[string]any) Inbound {
	return Inbound{Type: event, Event: name, Body: body}
}

// Enter is a customer who opens the chat, by a link with the given scene and scene_param, or by none. The platform gives a
// welcome_code with it to those who never wrote and got no welcome in the last 48 hours.
func Enter(scene, sceneParam string) Inbound {
	return Event("enter_session", map[string]any{"scene": scene, "scene_param": sceneParam})
}

// EnterFromChannels is a customer who opens the chat from a channel: scene is 1 for its home, 2 for the products of a live, 3
// for the showcase, 4 for a product and 5 for an order. name is the channel's, or for 4 and 5 the shop's.
func EnterFromChannels(scene int, name string) Inbound {
	field := "nickname"
	if scene > 3 {
		field = "shop_nickname"
	}
	return Event("enter_session", map[string]any{"wechat_channels": map[string]any{"scene": scene, field: name}})
}

// Recall is a customer who takes back one of their messages. It stays in the log.
func Recall(message string) Inbound {
	return Event("user_recall_msg", map[string]any{"recall_msgid": message})
}

// Refuse is a customer who takes no more messages of the account, or takes them again. The log does not say so and no bell
// rings: what the bot sends is accepted, and not delivered (fail_type 10).
func Refuse(refuses bool) Inbound {
	name := "accept"
	if refuses {
		name = "refuse"
	}
	return Inbound{Type: event, Event: name, refuses: &refuses}
}

// eventBody returns the object of an event, with the fields that all have.
func (in Inbound) eventBody(account, customer string) map[string]any {
	in = in.with("event_type", in.Event).with("open_kfid", account)
	if customer != "" {
		in = in.with("external_userid", customer)
	}
	return in.Body
}

// entering is an enter_session as it goes into the log.
func (in Inbound) entering(rules Rules, welcome string) Inbound {
	if rules.RawSceneParam {
		in = in.with("scene_param", url.QueryEscape(in.get("scene_param")))
	}
	for _, name := range []string{"scene", "scene_param"} {
		if in.get(name) == "" {
			in = in.without(name)
		}
	}
	if welcome != "" {
		in = in.with("welcome_code", welcome)
	}
	return in
}

// without returns in with one field less.
func (in Inbound) without(name string) Inbound {
	in = in.with(name, nil)
	delete(in.Body, name)
	return in
}

// kind is what the transcript calls it.
func (in Inbound) kind() string {
	if in.Type == event {
		return in.Event
	}
	return in.Type
}
