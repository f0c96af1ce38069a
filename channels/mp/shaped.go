package mp

import (
	"errors"
	"fmt"
	"log/slog"
	"strings"

	"github.com/chuanhuabot/bot/channels/internal/markdown"
	"github.com/chuanhuabot/bot/channels/internal/wx"
	"github.com/chuanhuabot/bot/core"
	"github.com/chuanhuabot/bot/sdk"
)

// The reasons why a delivery cannot be sent. They are final.
var (
	errNothing     = errors.New("nothing to send: the platform takes no empty message")
	errNoMedia     = errors.New("no media id, and no address to link to instead")
	errNoThumbnail = errors.New("no media id of a still picture, which a video needs as a customer-service message")
	errWrongKind   = errors.New("a passive reply cannot carry this kind of content")
	errNeverSent   = errors.New("nothing that can be sent")
	errNoTransfer  = errors.New("only messages can be transferred to customer service, not events")
	errPassiveOnly = errors.New("only the passive reply can do that, and it is gone")
)

// place is what the message that is answered, and the account, allow a passive reply to be.
type place struct {
	event bool // An event is answered: there may be eight articles, and nobody can be transferred.
	menus bool // A menu may follow as a customer-service message, so that it need not become a text.
}

func placeOf(m *sdk.Message) place { return place{event: m.Content.Kind() == sdk.KindEvent} }

// passive turns a content into what a passive reply can carry, and says in a note what had to be changed for that, or else why it
// cannot. An error that is errWrongKind says that a customer-service message could
// (developers.weixin.qq.com/doc/subscription/guide/product/message/Passive_user_reply_message.html).
func passive(c sdk.Content, at place) (reply sdk.Content, note string, err error) {
	if c, err = meant(c); err != nil {
		return nil, "", err
	}
	if menu, isMenu := c.(sdk.Menu); isMenu && at.menus && menuText(menu) != "" {
		return nil, "", fmt.Errorf("%w: a menu", errWrongKind)
	}
	c, note = degraded(c, false)
	switch c := c.(type) {
	case nil:
		return nil, "", errNothing
	case sdk.Text:
		reply, err = plainText(c.Text)
	case sdk.Image:
		reply, err = withMedia(c, c.Media)
	case sdk.Voice:
		reply, err = withMedia(c, c.Media)
	case sdk.Video:
		reply, err = withMedia(c, c.Media)
	case sdk.Link:
		return article(c)
	case sdk.Raw:
		return passiveRaw(c, at)
	default:
		return nil, "", unsendable(c)
	}
	return reply, note, err
}

// unsendable says why a content that has become nothing else cannot be sent.
func unsendable(c sdk.Content) error {
	switch c.(type) {
	case sdk.Event:
		return fmt.Errorf("an event is %w", errNeverSent)
	case sdk.File:
		return errNoMedia
	case sdk.Menu:
		return errNothing // It has no choices.
	}
	return fmt.Errorf("content of kind %s is %w", c.Kind(), errNeverSent)
}

// plainText keeps what will be left of the text in XML and in JSON, so that places in it mean the same in both, and so that a text of
// control characters is empty too.
func plainText(text string) (sdk.Content, error) {
	if blank(text) {
		return nil, errNothing
	}
	return sdk.Text{Text: wx.JSONText(text)}, nil
}

// blank tells whether the platform would get an empty field.
func blank(s string) bool { return strings.TrimSpace(wx.Clean(s)) == "" }

func withMedia(c sdk.Content, m sdk.Media) (sdk.Content, error) {
	if blank(m.ID) {
		return nil, errNoMedia
	}
	return c, nil
}

// article is the link itself if it has all four parts that the platform requires of an article, and a text that says the
// same if it does not.
func article(l sdk.Link) (c sdk.Content, note string, err error) {
	if blank(l.URL) {
		return nil, "", errNothing
	}
	if !blank(l.Title) && !blank(l.Description) && !blank(l.PictureURL) {
		return l, "", nil
	}
	var lines []string
	for _, line := range []string{l.Title, l.Description, l.URL} {
		if !blank(line) {
			lines = append(lines, line)
		}
	}
	c, err = plainText(strings.Join(lines, "\n"))
	return c, "an article needs title, description and picture: shown as a text", err
}

// plain returns d with its Markdown as WeChat can show it, if the account wants that. A text that consists of nothing but Markdown
// stays as it is.
func (c *Channel) plain(d *core.Delivery) *core.Delivery {
	text, isText := d.Content.(sdk.Text)
	if !isText || !c.config.Markdown {
		return d
	}
	shown := markdown.Plain(text.Text, true)
	if shown == text.Text || blank(shown) {
		return d
	}
	changed := *d
	text.Text = shown
	changed.Content = text
	return &changed
}

// remark logs how something is shown in another way than it was meant.
func remark(log *slog.Logger, id string, c sdk.Content, note string) {
	if note != "" {
		log.Warn("content is shown in another way", "message", id, "kind", c.Kind(), "why", note)
	}
}
