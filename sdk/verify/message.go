package verify

import (
	"fmt"
	"time"

	"google.golang.org/protobuf/encoding/protowire"

	"github.com/chuanhuabot/bot/sdk"
	"github.com/chuanhuabot/bot/sdk/internal/pb"
)

// say gives the plugin a text, in a conversation of its own.
func (t *trial) say(text string) *turn { return t.give("", textOf(text)) }

// sayMany is say, n times.
func (t *trial) sayMany(n int, text string) []*turn {
	var turns []*turn
	for range n {
		turns = append(turns, t.say(text))
	}
	return turns
}

// give gives the plugin a content.
func (t *trial) give(name string, c *pb.Content) *turn {
	p := t.turnOf(c)
	if name == "" {
		name = p.GetMessage().GetId()
	}
	return t.session.begin(name, p)
}

// turnOf returns a turn for a message that carries c. Its message names the rule, so that an author finds it in a log.
func (t *trial) turnOf(c *pb.Content) *pb.Turn {
	t.count++
	id := fmt.Sprintf("verify-%s-%d", t.rule, t.count)
	return &pb.Turn{TimeoutMs: uint32(t.options.Patience.Milliseconds()), Message: &pb.Message{
		Id: id, Channel: "verify", Account: "account", Sender: "person-" + id, Conversation: "conversation-" + id,
		TimeMs: time.Now().UnixMilli(), Content: c,
	}}
}

func textOf(text string) *pb.Content {
	return &pb.Content{Kind: &pb.Content_Text{Text: &pb.Text{Text: text}}}
}

// unknown is a field that the contract does not have: a number, and a text in it.
func unknown() []byte {
	return protowire.AppendString(protowire.AppendTag(nil, unknownField, protowire.BytesType), "from a later version")
}

const unknownField = 1999

// bigText has as many bytes as one content may have, with what is around it.
func bigText() string {
	text := make([]byte, sdk.MaxContent-64)
	for i := range text {
		text[i] = 'a' + byte(i%26)
	}
	return string(text)
}
