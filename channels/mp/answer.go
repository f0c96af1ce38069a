package mp

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/chuanhuabot/bot/channels/internal/wx"
	"github.com/chuanhuabot/bot/sdk"
)

// The reasons why a delivery cannot be part of an answer. They are final.
var (
	errNothing   = errors.New("nothing to send: the platform takes no empty reply")
	errNoMedia   = errors.New("no media id: the platform's passive reply takes nothing else")
	errOneReply  = errors.New("the platform takes one passive reply for a message, and it is taken")
	errNoRoom    = errors.New("no room left in the passive reply")
	errWrongKind = errors.New("a passive reply cannot carry this kind of content")
)

// answer gathers what will be the one passive reply to a message. The zero value is an answer with nothing in it. Only
// what the platform takes gets in: one empty or wrong field, and the person sees the platform's fault text instead
// (developers.weixin.qq.com/doc/subscription/guide/product/message/Passive_user_reply_message.html).
type answer struct {
	content sdk.Content
}

// add puts one more reply into the answer. Texts become one text of at most limit bytes; anything else must be alone.
// rest is what of a text found no room.
func (a *answer) add(c sdk.Content, limit int) (rest string, err error) {
	c, err = passive(c)
	if err != nil {
		return "", err
	}
	text, isText := c.(sdk.Text)
	if isText {
		return a.addText(text.Text, limit)
	}
	if a.content != nil {
		return "", errOneReply
	}
	a.content = c
	return "", nil
}

// size is about how many bytes a remembered answer takes.
func (a *answer) size() int {
	const most = 256 // of an answer that is no text
	if text, isText := a.content.(sdk.Text); isText {
		return len(text.Text)
	}
	return most
}

func (a *answer) addText(text string, limit int) (rest string, err error) {
	head := ""
	if a.content != nil {
		before, isText := a.content.(sdk.Text)
		if !isText {
			return "", errOneReply
		}
		head = before.Text + "\n"
	}
	fits := shortened(text, limit-len(head))
	if fits == "" {
		return "", errNoRoom
	}
	a.content = sdk.Text{Text: head + fits}
	if rest = text[len(fits):]; blank(rest) { // Nobody misses the line break at the end.
		rest = ""
	}
	return rest, nil
}

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
	return sdk.Text{Text: wx.Clean(text)}, nil
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

// wordReach is how far back from the limit shortened looks for the end of a word.
const wordReach = 32

// shortened returns the start of text that has at most limit bytes, whole runes and, where one ends near, whole words.
// Text that was cut so that only blanks are left is none.
func shortened(text string, limit int) string {
	if len(text) <= limit {
		return text
	}
	if limit <= 0 {
		return ""
	}
	end := limit
	for end > 0 && !utf8.RuneStart(text[end]) {
		end--
	}
	return strings.TrimRightFunc(text[:wordEnd(text, end)], unicode.IsSpace)
}

func wordEnd(text string, end int) int {
	if end == 0 || !inWord(text[end]) || !inWord(text[end-1]) {
		return end
	}
	for i := end; i > 0 && end-i < wordReach; i-- {
		if !inWord(text[i-1]) {
			return i
		}
	}
	return end
}

// inWord knows Latin words only: between other characters a line may break anywhere, as far as this is concerned.
func inWord(b byte) bool {
	return b >= '0' && b <= '9' || b >= 'A' && b <= 'Z' || b >= 'a' && b <= 'z' || b == '_' || b == '-'
}
