package mp

import (
	"strings"
	"time"

	"github.com/chuanhuabot/bot/sandbox/apihost"
	"github.com/chuanhuabot/bot/sandbox/transcript"
)

// outbound is a customer-service message
// (developers.weixin.qq.com/doc/service/api/customer/message/api_sendcustommessage).
type outbound struct {
	To   string `json:"touser"`
	Kind string `json:"msgtype"`
	Text struct {
		Content string `json:"content"`
	} `json:"text"`
	Image mediaPart `json:"image"`
	Voice mediaPart `json:"voice"`
	Video mediaPart `json:"video"`
	Music mediaPart `json:"music"`
	News  struct {
		Articles []struct {
			Title       string `json:"title"`
			Description string `json:"description"`
			URL         string `json:"url"`
			Picture     string `json:"picurl"`
		} `json:"articles"`
	} `json:"news"`
	Menu struct {
		Head  string `json:"head_content"`
		Items []struct {
			ID      string `json:"id"`
			Content string `json:"content"`
		} `json:"list"`
		Tail string `json:"tail_content"`
	} `json:"msgmenu"`
	Context struct {
		AI int `json:"is_ai_msg"`
	} `json:"aimsgcontext"`
}

type mediaPart struct {
	ID          string `json:"media_id"`
	Thumb       string `json:"thumb_media_id"`
	Title       string `json:"title"`
	Description string `json:"description"`
	URL         string `json:"musicurl"`
}

// customSend shows a message to a person within the windows.
func customSend(c *call) (any, *refusal) {
	if c.Owner.Settings().Kind == Unverified {
		return nil, refuse(codeForbidden)
	}
	var out outbound
	if refused := c.Read(&out, codeCharset, codeJSON); refused != nil {
		return nil, refused
	}
	c.Person = out.To
	refused := c.Owner.checkOutbound(&out)
	if refused == nil {
		refused = c.Owner.spend(out.To, c.Now)
	}
	e := transcript.Entry{Kind: transcript.Saw, Type: out.Kind, Text: out.words(), Detail: out.detail()}
	if out.Context.AI != 0 {
		e.Why = "shown with the label 内容由第三方AI生成"
	}
	if refused != nil {
		e.Kind, e.Why = transcript.Note, words(refused)
		c.Owner.note(out.To, e)
		return nil, refused
	}
	c.Owner.note(out.To, e)
	return apihost.OK()
}

// spend uses up a message of the person's windows.
func (a *Account) spend(openID string, now time.Time) *refusal {
	a.mu.Lock()
	defer a.mu.Unlock()
	who, known := a.people[openID]
	switch {
	case !known:
		return refuse(codeOpenID)
	case !who.following:
		return refuse(codeWindow)
	}
	if code := who.take(now); code != 0 {
		return refuse(code)
	}
	who.typing = time.Time{} // A message ends the sign that somebody types.
	return nil
}

func (a *Account) checkOutbound(out *outbound) *refusal {
	switch out.Kind {
	case "text":
		if strings.TrimSpace(out.Text.Content) == "" {
			return refuse(codeEmpty)
		}
		if len(out.Text.Content) > a.platform.Rules().TextLimit {
			return refuse(codeTextSize)
		}
	case "image":
		return a.checkPart(out.Image.ID, "image")
	case "voice":
		return a.checkPart(out.Voice.ID, "voice")
	case "video":
		return a.checkPart(out.Video.ID, "video")
	case "music":
		return a.checkPart(out.Music.Thumb, "thumb")
	case "news":
		if len(out.News.Articles) != 1 {
			return refuse(codeArticles)
		}
	case "msgmenu":
		if a.Settings().Kind == Test {
			return refuse(codeAccountType)
		}
	case "mpnews", "mpnewsarticle", "wxcard", "miniprogrampage":
		return refuse(codeKind) // They need what this platform does not have: material, cards, mini programs.
	default:
		return refuse(codeMsgType)
	}
	return nil
}

func (a *Account) checkPart(id, kind string) *refusal {
	if m, ok := a.Medium(id); !ok || m.Type != kind {
		return refuse(codeMediaID)
	}
	return nil
}
