package mp

import (
	"errors"
	"fmt"
	"strings"

	"github.com/chuanhuabot/bot/sandbox/callback"
	"github.com/chuanhuabot/bot/sandbox/wire"
)

// verdict is what the platform makes of a valid answer.
type verdict struct {
	reply  *wire.Reply // Nil for an acknowledgement.
	words  string      // What the person reads.
	remark string      // What a developer should know.
}

// judge decides over the body of a 200. Its error says, to a developer, why the platform does not take it
// (developers.weixin.qq.com/doc/subscription/guide/product/message/Passive_user_reply_message.html).
func (a *Account) judge(r *request, try *callback.Try) (verdict, error) {
	if len(try.Body) == 0 || string(try.Body) == "success" {
		return verdict{}, nil
	}
	plain, err := a.unseal(r, try)
	if err != nil {
		return verdict{}, err
	}
	reply, err := wire.ParseReply(plain)
	if err != nil {
		return verdict{}, err
	}
	return a.accept(r, reply)
}

// unseal returns the reply inside the body, as the mode wants it.
func (a *Account) unseal(r *request, try *callback.Try) ([]byte, error) {
	sealed := wire.IsSealed(try.Body)
	switch {
	case r.settings.Mode == ModePlain && sealed:
		return nil, errors.New("an encrypted reply in plain mode")
	case r.settings.Mode == ModeSafe && !sealed && !a.platform.Rules().TakePlain:
		return nil, errors.New("a plain reply in safe mode, or one that is no XML of an envelope")
	case !sealed:
		return try.Body, nil
	}
	s, err := wire.ParseSealed(try.Body)
	if err != nil {
		return nil, err
	}
	if len(s.TimeStamp) != len("1760000000") {
		return nil, fmt.Errorf("TimeStamp %s is not in seconds", s.TimeStamp)
	}
	try.Plain, err = s.Open(r.settings.Token, r.current)
	return try.Plain, err
}

// accept checks what a well-formed reply says.
func (a *Account) accept(r *request, reply *wire.Reply) (verdict, error) {
	v := verdict{reply: reply, words: Words(reply)}
	switch {
	case reply.To != r.push.Person || reply.From != r.settings.ID:
		return v, fmt.Errorf("the reply is to %q from %q: ToUserName and FromUserName must be those of the message, swapped", reply.To, reply.From)
	case reply.CreateTime <= 0 || reply.CreateTime >= 1e11:
		return v, fmt.Errorf("CreateTime %d is not in seconds", reply.CreateTime)
	case len(reply.Unknown) > 0 && !a.platform.Rules().TakeUnknown:
		return v, fmt.Errorf("<%s> is no element of this kind of reply", reply.Unknown[0])
	case reply.Kind == wire.KindText && len(reply.Content) > a.platform.Rules().TextLimit:
		return v, fmt.Errorf("the Content has %d bytes, the most are %d", len(reply.Content), a.platform.Rules().TextLimit)
	case reply.Kind == wire.KindTransfer && r.push.Content.Type == event:
		return v, errors.New("an event cannot be transferred to a servicer")
	}
	if most := r.push.Content.articles(); len(reply.Articles) > most {
		v.remark = fmt.Sprintf("%d articles, of which the platform shows %d", len(reply.Articles), most)
		reply.Articles = reply.Articles[:most]
		v.words = Words(reply)
	}
	return v, a.checkMedia(reply)
}

// articles is how many a reply may have: since October 2018 one for what a person sends, eight for the rest
// (developers.weixin.qq.com/doc/subscription/guide/product/message/Passive_user_reply_message.html).
func (in Inbound) articles() int {
	switch in.Type {
	case "text", "image", "voice", "video", "shortvideo", "location", "link":
		return 1
	}
	return 8
}

// checkMedia holds that the media of a reply is there, young enough and of its kind.
func (a *Account) checkMedia(reply *wire.Reply) error {
	want := map[string]string{
		wire.KindImage: "image", wire.KindVoice: "voice", wire.KindVideo: "video", wire.KindMusic: "thumb",
	}[reply.Kind]
	if want == "" {
		return nil
	}
	m, ok := a.Medium(reply.MediaID)
	switch {
	case !ok:
		return fmt.Errorf("media %q is not there, or older than three days", reply.MediaID)
	case m.Type != want && (want != "thumb" || m.Type != "image"):
		return fmt.Errorf("media %q is of type %s, not %s", reply.MediaID, m.Type, want)
	case want == "image" && strings.HasPrefix(string(m.Data), "GIF8"):
		return errors.New("a reply takes no GIF")
	}
	return nil
}
