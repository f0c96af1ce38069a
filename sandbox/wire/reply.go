package wire

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// The kinds of passive reply (developers.weixin.qq.com/doc/subscription/guide/product/message/Passive_user_reply_message.html).
const (
	KindText     = "text"
	KindImage    = "image"
	KindVoice    = "voice"
	KindVideo    = "video"
	KindMusic    = "music"
	KindNews     = "news"
	KindTransfer = "transfer_customer_service"
)

// Reply is a passive reply that has everything its kind needs, under the right names. Which of its values the platform
// takes depends on account and message, and is not decided here.
type Reply struct {
	To, From     string
	CreateTime   int64
	Kind         string
	Content      string    // Of a text.
	MediaID      string    // Of an image, voice or video; of music the one of its picture.
	Title        string    // Of a video or music.
	Description  string    // Of a video or music.
	URL          string    // Of music; HQURL is the one of better quality.
	HQURL        string    //
	ArticleCount int       // What news say that they have.
	Articles     []Article // What they have.
	Servicer     string    // Whom a transfer is for; empty for anybody.
	Unknown      []string  // Elements that mean nothing in a reply of this kind.
}

// Article is one item of news.
type Article struct{ Title, Description, PictureURL, URL string }

// ErrReply is what every error of ParseReply and ParseSealed is. Its text tells a developer what the platform would not.
var ErrReply = errors.New("not a reply that the platform takes")

// ParseReply reads a plain reply, or what was inside a sealed one. It holds names of elements to the letter, and refuses
// what is missing, doubled, empty where the platform needs a value, or not a number where it needs one. Every error is
// ErrReply.
func ParseReply(body []byte) (*Reply, error) {
	root, err := parse(body)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrReply, err)
	}
	reader := &reader{at: root}
	r := reader.reply()
	if reader.err != nil {
		return nil, fmt.Errorf("%w: %w", ErrReply, reader.err)
	}
	return r, nil
}

// reader reads the elements of one reply. It keeps the first error, so that its callers need not ask at each step.
type reader struct {
	at      *element
	known   []string
	unknown []string
	err     error
}

func (r *reader) reply() *Reply {
	out := &Reply{To: r.must("ToUserName"), From: r.must("FromUserName"), CreateTime: r.number("CreateTime"), Kind: r.must("MsgType")}
	switch out.Kind {
	case KindText:
		out.Content = r.must("Content")
	case KindImage, KindVoice:
		r.inside(strings.ToUpper(out.Kind[:1])+out.Kind[1:], true, func() { out.MediaID = r.must("MediaId") })
	case KindVideo:
		r.inside("Video", true, func() {
			out.MediaID, out.Title, out.Description = r.must("MediaId"), r.may("Title"), r.may("Description")
		})
	case KindMusic:
		r.inside("Music", true, func() { r.music(out) })
	case KindNews:
		out.ArticleCount = int(r.number("ArticleCount"))
		r.inside("Articles", true, func() { r.articles(out) })
	case KindTransfer:
		r.inside("TransInfo", false, func() { out.Servicer = r.must("KfAccount") })
	default:
		r.fail("there is no reply of MsgType %q", out.Kind)
	}
	r.leftovers()
	out.Unknown = r.unknown
	return out
}

func (r *reader) music(out *Reply) {
	out.MediaID, out.Title, out.Description = r.must("ThumbMediaId"), r.may("Title"), r.may("Description")
	out.URL, out.HQURL = r.may("MusicUrl"), r.may("HQMusicUrl")
}

func (r *reader) articles(out *Reply) {
	list := r.at
	r.known = append(r.known, "item")
	for i := range list.children {
		if list.children[i].name != "item" {
			continue // One of the leftovers.
		}
		r.enter(&list.children[i], func() {
			out.Articles = append(out.Articles, Article{
				Title: r.must("Title"), Description: r.must("Description"), PictureURL: r.must("PicUrl"), URL: r.must("Url"),
			})
		})
	}
	if len(out.Articles) == 0 || out.ArticleCount != len(out.Articles) {
		r.fail("ArticleCount is %d, and there are %d items", out.ArticleCount, len(out.Articles))
	}
}

// inside reads within a child.
func (r *reader) inside(name string, needed bool, read func()) {
	child := r.find(name)
	switch {
	case child != nil:
		r.enter(child, read)
	case needed:
		r.fail("<%s> is missing", name)
	}
}

func (r *reader) enter(child *element, read func()) {
	at, known := r.at, r.known
	r.at, r.known = child, nil
	read()
	r.leftovers()
	r.at, r.known = at, known
}

// leftovers notes the children that nobody has asked for.
func (r *reader) leftovers() {
	for _, child := range r.at.children {
		if !slices.Contains(r.known, child.name) {
			r.unknown = append(r.unknown, child.name)
		}
	}
}

func (r *reader) find(name string) *element {
	r.known = append(r.known, name)
	child, err := r.at.child(name)
	if err != nil {
		r.fail("%w", err)
	}
	return child
}

// may returns the text of a child that may be missing.
func (r *reader) may(name string) string {
	child := r.find(name)
	if child == nil {
		return ""
	}
	if len(child.children) > 0 {
		r.fail("<%s> has elements where a text is due", name)
	}
	return child.text
}

// must returns the text of a child that must not be missing, nor be blank: an empty Content is the classic of fault banners.
func (r *reader) must(name string) string {
	text := r.may(name)
	if strings.TrimSpace(text) == "" {
		r.fail("<%s> is missing or empty in <%s>", name, r.at.name)
	}
	return text
}

func (r *reader) number(name string) int64 {
	n, err := strconv.ParseInt(r.must(name), 10, 64)
	if err != nil {
		r.fail("<%s> is not a whole number", name)
	}
	return n
}

func (r *reader) fail(format string, args ...any) {
	if r.err == nil {
		r.err = fmt.Errorf(format, args...)
	}
}
