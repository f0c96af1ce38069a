package mp

import (
	"strings"
	"time"

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
			Title string `json:"title"`
			URL   string `json:"url"`
		} `json:"articles"`
	} `json:"news"`
	Menu struct {
		Head  string `json:"head_content"`
		Items []struct {
			Content string `json:"content"`
		} `json:"list"`
		Tail string `json:"tail_content"`
	} `json:"msgmenu"`
}

type mediaPart struct {
	ID    string `json:"media_id"`
	Thumb string `json:"thumb_media_id"`
}

// customSend shows a message to a person within the windows.
func (p *Platform) customSend(c *call) (any, *refusal) {
	if c.account.Settings().Kind == Unverified {
		return nil, refuse(codeForbidden)
	}
	var out outbound
	if refused := c.read(&out); refused != nil {
		return nil, refused
	}
	refused := c.account.checkOutbound(&out)
	if refused == nil {
		refused = c.account.spend(out.To, c.now)
	}
	if refused != nil {
		c.account.note(out.To, transcript.Entry{Kind: transcript.Note, Type: out.Kind, Text: out.words(), Why: refused.text()})
		return nil, refused
	}
	c.account.note(out.To, transcript.Entry{Kind: transcript.Saw, Type: out.Kind, Text: out.words()})
	return accepted()
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
		if len(out.Text.Content) > a.platform.rules.TextLimit {
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
	if m, ok := a.medium(id); !ok || m.Type != kind {
		return refuse(codeMediaID)
	}
	return nil
}

// words is what a person reads, or what stands for what they see.
func (out *outbound) words() string {
	switch out.Kind {
	case "text":
		return out.Text.Content
	case "news":
		if len(out.News.Articles) > 0 {
			return out.News.Articles[0].Title
		}
	case "msgmenu":
		lines := []string{out.Menu.Head}
		for _, item := range out.Menu.Items {
			lines = append(lines, item.Content)
		}
		return strings.Join(append(lines, out.Menu.Tail), "\n")
	}
	return out.Image.ID + out.Voice.ID + out.Video.ID + out.Music.Thumb
}
