package mp

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/chuanhuabot/bot/channels/internal/fields"
	"github.com/chuanhuabot/bot/sdk"
)

// What a plugin may send as sdk.Raw: the type is the platform's, and the fields are those of the object that a customer-service message
// of this type has (developers.weixin.qq.com/doc/service/api/customer/message/api_sendcustommessage), also where it becomes a
// passive reply.
const (
	rawMusic       = "music"
	rawNews        = "news"
	rawTransfer    = "transfer_customer_service" // Has only kf_account, which may be missing.
	rawMenu        = "msgmenu"
	rawArticle     = "mpnewsarticle"
	rawCard        = "wxcard"
	rawMiniProgram = "miniprogrampage"
	rawTemplate    = "template"  // The body of /cgi-bin/message/template/send.
	rawSubscribe   = "subscribe" // The body of /cgi-bin/message/subscribe/bizsend.
)

// meant returns the content that a Raw of type msgmenu stands for. Everything else it returns as it is.
func meant(c sdk.Content) (sdk.Content, error) {
	r, isRaw := c.(sdk.Raw)
	if !isRaw || r.Type != rawMenu {
		return c, nil
	}
	f, err := fields.Of(r)
	if err != nil {
		return nil, err
	}
	list, err := f.List(rawMenu, "list")
	if err != nil {
		return nil, err
	}
	if err := f.May(rawMenu, "head_content", "tail_content"); err != nil {
		return nil, err
	}
	menu := sdk.Menu{Head: f.Text("head_content"), Tail: f.Text("tail_content")}
	for i, item := range list {
		if err := item.Need(fmt.Sprintf("%s.list[%d]", rawMenu, i), "id", "content"); err != nil {
			return nil, err
		}
		menu.Choices = append(menu.Choices, sdk.Choice{ID: item.Text("id"), Text: item.Text("content")})
	}
	return menu, nil
}

// unknownRaw is the error for a type that is never sent.
func unknownRaw(kind string) error {
	known := []string{rawMusic, rawNews, rawTransfer, rawMenu, rawArticle, rawCard, rawMiniProgram, rawTemplate, rawSubscribe}
	slices.Sort(known)
	return fmt.Errorf("raw content of type %q is %w: the types are %s", kind, fields.ErrRaw, strings.Join(known, ", "))
}

// passiveRaw returns a Raw that is complete, as a passive reply to the message can carry it. Its fields are those that are shown.
func passiveRaw(r sdk.Raw, at place) (reply sdk.Content, note string, err error) {
	f, err := fields.Of(r)
	if err != nil {
		return nil, "", err
	}
	switch r.Type {
	case rawMusic:
		err = errors.Join(f.Need(rawMusic, "thumb_media_id"), f.May(rawMusic, "title", "description", "musicurl", "hqmusicurl"))
	case rawNews:
		var articles []fields.Fields
		articles, note, err = shownArticles(f, at.articles(), "title", "description", "url", "picurl")
		f = fields.Fields{"articles": articles}
	case rawTransfer:
		if err = f.May(rawTransfer, "kf_account"); at.event {
			err = errNoTransfer
		}
	default:
		if _, _, err = customRaw(r); err == nil {
			err = fmt.Errorf("%w: %s", errWrongKind, r.Type)
		}
	}
	if err != nil {
		return nil, "", err
	}
	r.Fields, err = json.Marshal(f)
	return r, note, err
}

// articles is how many articles are shown: since October 2018 one in answer to what a person sends, eight in other cases
// (developers.weixin.qq.com/doc/subscription/guide/product/message/Passive_user_reply_message.html).
func (p place) articles() int {
	if p.event {
		return 8
	}
	return 1
}

// shownArticles returns the articles of news, of which each has the fields that are needed, and at most so many as are shown.
func shownArticles(news fields.Fields, most int, needed ...string) (all []fields.Fields, note string, err error) {
	if all, err = news.List(rawNews, "articles"); err != nil {
		return nil, "", err
	}
	for i, one := range all {
		if err := one.Need(fmt.Sprintf("%s.articles[%d]", rawNews, i), needed...); err != nil {
			return nil, "", err
		}
	}
	if len(all) > most {
		note = fmt.Sprintf("%d articles, of which the platform shows %d here: the others are cut off", len(all), most)
		all = all[:most]
	}
	return all, note, nil
}

// customRaw returns the call that sends a Raw.
func customRaw(r sdk.Raw) (sent outgoing, note string, err error) {
	f, err := fields.Of(r)
	if err != nil {
		return outgoing{}, "", err
	}
	switch r.Type {
	case rawMusic:
		if err = f.Need(r.Type, "musicurl", "thumb_media_id"); blank(f.Text("hqmusicurl")) {
			f["hqmusicurl"] = f["musicurl"] // It may not be missing here.
		}
	case rawNews:
		var articles []fields.Fields
		articles, note, err = shownArticles(f, 1, "title", "url")
		f = fields.Fields{"articles": articles}
	case rawArticle:
		err = f.Need(r.Type, "article_id")
	case rawCard:
		err = f.Need(r.Type, "card_id")
	case rawMiniProgram:
		err = f.Need(r.Type, "title", "appid", "pagepath", "thumb_media_id")
	case rawTemplate, rawSubscribe:
		return notice(r.Type, f)
	case rawTransfer:
		err = errPassiveOnly
	default:
		err = unknownRaw(r.Type)
	}
	if err != nil {
		return outgoing{}, "", err
	}
	return message(r.Type, f), note, nil
}

// notice returns the call that sends a template message (developers.weixin.qq.com/doc/service/api/notify/template/api_sendtemplatemessage) or a
// subscribe message (page api_sendsubscribemessage). Neither needs that the person has written.
func notice(kind string, f fields.Fields) (outgoing, string, error) {
	if err := f.Need(kind, "template_id", "data"); err != nil {
		return outgoing{}, "", err
	}
	path := map[string]string{rawTemplate: "/cgi-bin/message/template/send", rawSubscribe: "/cgi-bin/message/subscribe/bizsend"}[kind]
	return outgoing{path, f}, "", nil
}
