package kf

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/chuanhuabot/bot/channels/internal/compose"
	"github.com/chuanhuabot/bot/channels/internal/fields"
	"github.com/chuanhuabot/bot/channels/internal/wx"
	"github.com/chuanhuabot/bot/sdk"
)

// What a plugin may send as sdk.Raw: the type is the platform's, and the fields are those of the object of a message of this type
// (page 94677).
const (
	rawMenu    = "msgmenu"
	rawLink    = "link"
	rawProgram = "miniprogram"
	rawCard    = "business_card"
	rawContact = "ca_link"
	rawHandoff = "handoff" // Our own: see Channel.Handoff.
)

// unknownRaw is the error for a type that is never sent.
func unknownRaw(kind string) error {
	known := []string{rawMenu, rawLink, rawProgram, rawCard, rawContact}
	slices.Sort(known)
	return fmt.Errorf("raw content of type %q is %w: the types are %s", kind, fields.ErrRaw, strings.Join(known, ", "))
}

func raw(r sdk.Raw) (o outgoing, note string, err error) {
	f, err := fields.Of(r)
	if err != nil {
		return outgoing{}, "", err
	}
	switch r.Type {
	case rawMenu:
		err = checkMenu(f)
	case rawLink:
		err = errors.Join(f.Need(rawLink, "title", "url", "thumb_media_id"), f.May(rawLink, "desc"), short(f, rawLink, "url", 2048))
		note = cut(f, map[string]int{"title": 128, "desc": 512})
	case rawProgram:
		err = f.Need(rawProgram, "appid", "title", "thumb_media_id", "pagepath")
		note = cut(f, map[string]int{"title": 64})
	case rawCard:
		err = f.Need(rawCard, "userid")
	case rawContact:
		if err = f.Need(rawContact, "link_url"); err == nil && !strings.HasPrefix(f.Text("link_url"), "https://work.weixin.qq.com/ca/") {
			err = fmt.Errorf("raw content is %w: %s.link_url must begin with https://work.weixin.qq.com/ca/", fields.ErrRaw, rawContact)
		}
	default:
		err = unknownRaw(r.Type)
	}
	if err != nil {
		return outgoing{}, "", err
	}
	return message(r.Type, f), note, nil
}

// short returns an error if a field has too many bytes.
func short(f fields.Fields, within, name string, most int) error {
	if len(f.Text(name)) > most {
		return fmt.Errorf("raw content is %w: %s.%s has more than %d bytes", fields.ErrRaw, within, name, most)
	}
	return nil
}

// cut cuts fields that the platform would cut, in the middle of a character.
func cut(f fields.Fields, most map[string]int) (note string) {
	for name, limit := range most {
		if text := f.Text(name); len(text) > limit {
			f[name] = compose.Cut(text, limit)
			note = "a text in it is too long: it is cut"
		}
	}
	return note
}

// limitsOf are the most bytes of the fields of an item of a menu, which are all needed but the id.
func limitsOf(kind string) (map[string]int, bool) {
	limits, known := map[string]map[string]int{
		"click":       {"id": maxChoiceID, "content": maxChoiceText},
		"view":        {"url": 2048, "content": maxMenuText},
		"miniprogram": {"appid": 32, "pagepath": maxMenuText, "content": maxMenuText},
		"text":        {"content": maxMenuText},
	}[kind]
	return limits, known
}

// checkMenu holds a menu to what the platform takes: items that answer, open a page or a mini program, or only say something.
func checkMenu(f fields.Fields) error {
	list, err := f.List(rawMenu, "list")
	if err != nil {
		return err
	}
	if len(list) > maxChoices {
		return fmt.Errorf("raw content is %w: %s.list has more than %d items", fields.ErrRaw, rawMenu, maxChoices)
	}
	for i, one := range list {
		if err := checkItem(one, fmt.Sprintf("%s.list[%d]", rawMenu, i)); err != nil {
			return err
		}
	}
	return errors.Join(f.May(rawMenu, "head_content", "tail_content"), short(f, rawMenu, "head_content", maxMenuText), short(f, rawMenu, "tail_content", maxMenuText))
}

func checkItem(one fields.Fields, within string) error {
	kind := one.Text("type")
	limits, known := limitsOf(kind)
	inner, isObject := one[kind].(map[string]any)
	if !known || !isObject {
		return fmt.Errorf("raw content is %w: %s.type must be click, view, miniprogram or text, with an object of that name", fields.ErrRaw, within)
	}
	for name, most := range limits {
		f := fields.Fields(inner)
		if name != "id" {
			if err := f.Need(within+"."+kind, name); err != nil {
				return err
			}
		}
		if err := short(f, within+"."+kind, name, most); err != nil {
			return err
		}
	}
	return nil
}

// handoffOf returns the reason of a Raw that gives the conversation to a person.
func handoffOf(c sdk.Content) (reason string, ok bool) {
	r, isRaw := c.(sdk.Raw)
	if !isRaw || r.Type != rawHandoff {
		return "", false
	}
	f, err := fields.Of(r)
	if err != nil {
		return "", true
	}
	return wx.Clean(f.Text("reason")), true
}

func isHandoff(c sdk.Content) bool {
	_, ok := handoffOf(c)
	return ok
}
