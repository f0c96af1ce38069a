package mp

import (
	"strings"
	"time"

	"github.com/chuanhuabot/bot/channels/internal/wx"
	"github.com/chuanhuabot/bot/sdk"
)

// Late is what bot.yaml says about answers that come too late for the passive reply, or find no room in it. {link} in a text is
// what the person taps to read, {word} what they write for the same.
type Late struct {
	Hold     bool          `yaml:"hold" default:"true" doc:"Wait for the answer over all tries of the platform, not only over the first."`
	Custom   bool          `yaml:"custom" default:"true" doc:"Send late answers as customer-service messages, where the account may: verified or test, with app_secret."`
	Read     bool          `yaml:"read" default:"true" doc:"Keep late answers that cannot be sent, for the person to fetch with a tap or a word."`
	Word     string        `yaml:"word" default:"查看" doc:"The word by which a person fetches an answer."`
	Waiting  string        `yaml:"waiting" default:"还在处理，请稍后点击{link}，或回复“{word}”。" doc:"Said when the platform's last try is over and there is no answer yet that could be sent later; nothing if it is empty."`
	More     string        `yaml:"more" default:"还有内容，请点击{link}，或回复“{word}”。" doc:"Said at the end of an answer of which the person has to fetch the rest."`
	Nothing  string        `yaml:"nothing" default:"没有未读的回答。" doc:"Said to a person who fetches an answer when none waits."`
	Keep     time.Duration `yaml:"keep" default:"24h" doc:"How long an answer waits to be fetched."`
	Quota    int           `yaml:"quota" default:"5" doc:"How many customer-service messages the platform takes after a message of the person."`
	QuotaFor time.Duration `yaml:"quota_for" default:"48h" doc:"For how long it takes them."`
	AILabel  bool          `yaml:"ai_label" doc:"Have WeChat show under customer-service messages that an AI wrote them."`
}

// maxHint is the most bytes that a hint may have: it takes room in the shortest answer.
const maxHint = 512

func (l *Late) validate(p *sdk.Problems, textLimit int) {
	for _, one := range []struct{ field, text string }{
		{"late.waiting", l.Waiting}, {"late.more", l.More}, {"late.nothing", l.Nothing},
	} {
		l.checkPlaces(p, one.field, one.text)
		if n := len(newHints(*l).fill(one.text)); l.Read && (n > maxHint || n > textLimit/2) {
			p.Add(one.field, "is too long: with its links at most 512 bytes, and half of text_limit")
		}
	}
	if blank(l.Word) || len(l.Word) > 60 || strings.ContainsAny(l.Word, "<>&\"'") {
		p.Add("late.word", "must be a short word without < > & or quotes, such as 查看")
	}
	if l.Keep < time.Minute || l.Keep > 48*time.Hour {
		p.Add("late.keep", "must be 1m to 48h")
	}
	if l.Quota < 1 || l.Quota > 1000 {
		p.Add("late.quota", "must be 1 to 1000; the platform takes 5")
	}
	if l.QuotaFor < time.Minute || l.QuotaFor > 30*24*time.Hour {
		p.Add("late.quota_for", "must be 1m to 720h; the platform takes messages for 48h")
	}
}

// checkPlaces holds that a text has no other places to fill in than there are, and one of them where people need it.
func (l *Late) checkPlaces(p *sdk.Problems, field, text string) {
	rest := strings.NewReplacer("{link}", "", "{word}", "").Replace(text)
	switch {
	case strings.ContainsAny(rest, "{}"):
		p.Add(field, "has braces that mean nothing: {link} and {word} are all that is filled in")
	case l.Read && rest == text && text != "" && field != "late.nothing":
		p.Add(field, "needs {link} or {word}, or people do not know how to come by the answer")
	}
}

// readID is the id of the link that a person taps to read. It comes back as bizmsgmenuid.
const readID = "2100000001"

// hints are the texts that tell a person how to come by the rest.
type hints struct{ waiting, more, nothing, word, link string }

func newHints(l Late) hints {
	h := hints{word: strings.TrimSpace(wx.JSONText(l.Word))}
	h.link = `<a href="weixin://bizmsgmenu?msgmenucontent=` + h.word + `&msgmenuid=` + readID + `">` + h.word + `</a>`
	h.waiting, h.more, h.nothing = h.fill(l.Waiting), h.fill(l.More), h.fill(l.Nothing)
	return h
}

func (h hints) fill(text string) string {
	return strings.NewReplacer("{link}", h.link, "{word}", h.word).Replace(wx.JSONText(text))
}
