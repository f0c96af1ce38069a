package mp

import (
	"errors"
	"fmt"
	"strings"

	"github.com/chuanhuabot/bot/channels/internal/wx"
	"github.com/chuanhuabot/bot/sdk"
)

// The reasons why a delivery cannot be part of an answer. They are final.
var (
	errNothing   = errors.New("nothing to send: the platform takes no empty reply")
	errNoMedia   = errors.New("no media id: the platform's passive reply takes nothing else")
	errWrongKind = errors.New("a passive reply cannot carry this kind of content")
)

// passive turns a content into what a passive reply can carry, or says why it cannot.
func passive(c sdk.Content) (sdk.Content, error) {
	switch c := c.(type) {
	case sdk.Text:
		return plainText(c.Text)
	case sdk.Image:
		return withMedia(c, c.Media)
	case sdk.Voice:
		return withMedia(c, c.Media)
	case sdk.Video:
		return withMedia(c, c.Media)
	case sdk.Link:
		return article(c)
	case nil:
		return nil, errNothing
	default:
		return nil, fmt.Errorf("%w: %s", errWrongKind, c.Kind())
	}
}

// plainText counts and keeps what will be left of the text in XML, so that a text of control characters is empty too.
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
func article(l sdk.Link) (sdk.Content, error) {
	if blank(l.URL) {
		return nil, errNothing
	}
	if !blank(l.Title) && !blank(l.Description) && !blank(l.PictureURL) {
		return l, nil
	}
	var lines []string
	for _, line := range []string{l.Title, l.Description, l.URL} {
		if !blank(line) {
			lines = append(lines, line)
		}
	}
	return plainText(strings.Join(lines, "\n"))
}
