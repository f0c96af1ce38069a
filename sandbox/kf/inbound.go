package kf

import (
	"encoding/json"
	"maps"
)

// Inbound is what a customer or a servicer sends, or an event: the object of a message that has the name of its msgtype
// (page 94670).
type Inbound struct {
	Type  string // The msgtype.
	Event string // The event_type; for events only.
	Body  map[string]any

	refuses *bool // Of Refuse.
}

const event = "event"

// Message is any message: a msgtype and what is in the object of that name.
func Message(kind string, body map[string]any) Inbound { return Inbound{Type: kind, Body: body} }

// Text is a text that somebody typed.
func Text(content string) Inbound { return Message("text", map[string]any{"content": content}) }

// MenuText is the text of an item of a msgmenu that a customer tapped.
func MenuText(content, menuID string) Inbound {
	return Message("text", map[string]any{"content": content, "menu_id": menuID})
}

// Image is a picture; mediaID is one that Corp.Keep or the bot's upload gave, here and for the next three. What is larger than
// the platform passes on arrives as a text.
func Image(mediaID string) Inbound { return ofMedia("image", mediaID) }

// Voice is a clip. Bots get it as it was kept, whatever voice_format they ask for.
func Voice(mediaID string) Inbound { return ofMedia("voice", mediaID) }

// Video is a video.
func Video(mediaID string) Inbound { return ofMedia("video", mediaID) }

// File is a file. Its name comes with the bytes only.
func File(mediaID string) Inbound { return ofMedia("file", mediaID) }

func ofMedia(kind, mediaID string) Inbound {
	return Message(kind, map[string]any{"media_id": mediaID})
}

// Location is a place.
func Location(latitude, longitude float64, name, address string) Inbound {
	return Message("location", map[string]any{"latitude": latitude, "longitude": longitude, "name": name, "address": address})
}

// Link is a page that somebody shared.
func Link(title, description, url, pictureURL string) Inbound {
	return Message("link", map[string]any{"title": title, "desc": description, "url": url, "pic_url": pictureURL})
}

// BusinessCard is the card of a member of the corp.
func BusinessCard(userID string) Inbound {
	return Message("business_card", map[string]any{"userid": userID})
}

// MiniProgram is a card that opens a page of a mini program.
func MiniProgram(title, appID, page, thumbMediaID string) Inbound {
	return Message("miniprogram", map[string]any{"title": title, "appid": appID, "pagepath": page, "thumb_media_id": thumbMediaID})
}

// Product is what ChannelsShopProduct shows.
type Product struct {
	ID, Picture, Title string
	Price              string // In fen.
	Shop, ShopPicture  string
}

// ChannelsShopProduct is the card of a product of a channels shop.
func ChannelsShopProduct(p Product) Inbound {
	return Message("channels_shop_product", map[string]any{
		"product_id": p.ID, "head_img": p.Picture, "title": p.Title, "sales_price": p.Price, "shop_nickname": p.Shop, "shop_head_img": p.ShopPicture,
	})
}

// Order is what ChannelsShopOrder shows.
type Order struct{ ID, Titles, Price, State, Picture, Shop string }

// ChannelsShopOrder is the card of an order in a channels shop.
func ChannelsShopOrder(o Order) Inbound {
	return Message("channels_shop_order", map[string]any{
		"order_id": o.ID, "product_titles": o.Titles, "price_wording": o.Price, "state": o.State, "image_url": o.Picture, "shop_nickname": o.Shop,
	})
}

// Merged is one message inside a MergedMsg.
type Merged struct {
	Time    int64 // In seconds.
	Sender  string
	Content Inbound
}

// MergedMsg is a chat that was forwarded. The content of each message is JSON in a text.
func MergedMsg(title string, messages ...Merged) Inbound {
	items := make([]map[string]any, 0, len(messages))
	for _, m := range messages {
		content, _ := json.Marshal(map[string]any{"msgtype": m.Content.Type, m.Content.Type: m.Content.Body}) // Empty shows that it is none.
		items = append(items, map[string]any{
			"send_time": m.Time, "msgtype": m.Content.Type, "sender_name": m.Sender, "msg_content": string(content),
		})
	}
	return Message("merged_msg", map[string]any{"title": title, "item": items})
}

// Channels is something of a channel: subType is 1 for a post, 2 for a live and 3 for a card.
func Channels(subType int, nickname, title string) Inbound {
	return Message("channels", map[string]any{"sub_type": subType, "nickname": nickname, "title": title})
}

// get returns a text of the body, "" if there is none.
func (in Inbound) get(name string) string {
	text, _ := in.Body[name].(string)
	return text
}

func (in Inbound) number(name string) float64 {
	n, _ := in.Body[name].(float64)
	return n
}

// with returns in with one more field.
func (in Inbound) with(name string, value any) Inbound {
	in.Body = maps.Clone(in.Body)
	if in.Body == nil {
		in.Body = map[string]any{}
	}
	in.Body[name] = value
	return in
}
