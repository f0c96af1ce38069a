package mp

import (
	"errors"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/chuanhuabot/bot/sdk"
)

var (
	errOneReply = errors.New("the platform takes one passive reply for a message, and it is taken")
	errNoRoom   = errors.New("no room left in the passive reply")
)

// answer gathers what will be the one passive reply to a message. The zero value is an answer with nothing in it. Only
// what the platform takes gets in: one empty or wrong field, and the person sees the platform's fault text instead
// (developers.weixin.qq.com/doc/subscription/guide/product/message/Passive_user_reply_message.html).
type answer struct {
	content sdk.Content
	at      place  // What it answers decides what it may be.
	note    string // What had to be done to the one that was added last.
}

// add puts one more reply into the answer. Texts become one text of at most limit bytes; anything else must be alone.
// rest is what of a text found no room.
func (a *answer) add(c sdk.Content, limit int) (rest string, err error) {
	c, a.note, err = passive(c, a.at)
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
	switch c := a.content.(type) {
	case sdk.Text:
		return len(c.Text)
	case sdk.Raw:
		return most + len(c.Fields)
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

// wordReach is how far back from the limit shortened looks for the end of a word.
const wordReach = 32

// shortened returns the start of text that has at most limit bytes, whole runes and links and, where one ends near, whole words.
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
	return strings.TrimRightFunc(text[:wordEnd(text, beforeAnchor(text, end))], unicode.IsSpace)
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
