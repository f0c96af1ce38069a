package kf

import (
	"cmp"
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
		err = cmp.Or(needTexts(f, rawLink, "title", "url", "thumb_media_id"), f.May(rawLink, "desc"),
			short(f, rawLink, limit{"url", 2048}), begins(f, rawLink, "url", "http://", "https://"))
		note = cut(f, limit{"title", 128}, limit{"desc", 512})
	case rawProgram:
		err = needTexts(f, rawProgram, "appid", "title", "thumb_media_id", "pagepath")
		note = cut(f, limit{"title", 64})
	case rawCard:
		err = needTexts(f, rawCard, "userid")
	case rawContact:
		err = cmp.Or(needTexts(f, rawContact, "link_url"), begins(f, rawContact, "link_url", "https://work.weixin.qq.com/ca/"))
	default:
		err = unknownRaw(r.Type)
	}
	if err != nil {
		return outgoing{}, "", err
	}
	return message(r.Type, f), note, nil
}

// limit is the most bytes of a field.
type limit struct {
	name string
	most int
}

// needTexts returns an error that names the first field that is not there, or is no text.
func needTexts(f fields.Fields, within string, names ...string) error {
	return cmp.Or(f.Need(within, names...), f.May(within, names...))
}

// short returns an error that names the first field that has too many bytes.
func short(f fields.Fields, within string, limits ...limit) error {
	for _, l := range limits {
		if len(f.Text(l.name)) > l.most {
			return fmt.Errorf("raw content is %w: %s.%s has more than %d bytes", fields.ErrRaw, within, l.name, l.most)
		}
	}
	return nil
}

// begins returns an error if a field begins with none of the prefixes.
func begins(f fields.Fields, within, name string, prefixes ...string) error {
	for _, one := range prefixes {
		if strings.HasPrefix(f.Text(name), one) {
			return nil
		}
	}
	return fmt.Errorf("raw content is %w: %s.%s must begin with %s", fields.ErrRaw, within, name, strings.Join(prefixes, " or "))
}

// cut cuts fields that the platform would cut, in the middle of a character.
func cut(f fields.Fields, limits ...limit) (note string) {
	for _, l := range limits {
		if text := trimmed(f.Text(l.name)); len(text) > l.most {
			f[l.name] = compose.Cut(text, l.most)
			note = "a text in it is too long: it is cut"
		}
	}
	return note
}

// limitsOf are the limits of the fields that an item of a menu must have, none for a type that there is not.
func limitsOf(kind string) []limit {
	switch kind {
	case "click":
		return []limit{{"content", maxChoiceText}}
	case "view":
		return []limit{{"url", 2048}, {"content", 1024}}
	case "miniprogram":
		return []limit{{"appid", 32}, {"pagepath", 1024}, {"content", 1024}}
	case "text":
		return []limit{{"content", 256}}
	}
	return nil
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
	return cmp.Or(f.May(rawMenu, "head_content", "tail_content"),
		short(f, rawMenu, limit{"head_content", maxMenuText}, limit{"tail_content", maxMenuText}))
}

func checkItem(item fields.Fields, within string) error {
	kind := item.Text("type")
	limits := limitsOf(kind)
	inner, isObject := item[kind].(map[string]any)
	if limits == nil || !isObject {
		return fmt.Errorf("raw content is %w: %s.type must be click, view, miniprogram or text, with an object of that name",
			fields.ErrRaw, within)
	}
	f := fields.Fields(inner)
	within += "." + kind
	for _, l := range limits {
		if err := cmp.Or(needTexts(f, within, l.name), short(f, within, l)); err != nil {
			return err
		}
	}
	if kind != "click" {
		return nil
	}
	if f["id"] == "" || f["id"] == nil { // The platform makes one up if there is none, and refuses an empty one.
		delete(f, "id")
	}
	return cmp.Or(f.May(within, "id"), short(f, within, limit{"id", maxChoiceID}))
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
