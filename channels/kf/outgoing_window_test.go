package kf

import (
	"testing"

	"github.com/chuanhuabot/bot/core"
	wecom "github.com/chuanhuabot/bot/sandbox/kf"
	"github.com/chuanhuabot/bot/sdk"
)

// TestOutgoing_OnThePlatform sends what answers no message, and holds that it counts against what the customer's last message allows.
func TestOutgoing_OnThePlatform(t *testing.T) {
	s := newStage(t, wecom.Rules{})
	s.start(echo)
	s.say("wmAnn", wecom.Text("hello"))
	s.sees("wmAnn", "re hello")
	conversation := s.account.ID() + "/wmAnn"
	before, err := s.bot.channel.Window(t.Context(), conversation)
	if err != nil || before.Left == 0 || before.Until.IsZero() {
		t.Fatalf("%+v, %v", before, err)
	}
	ann := sdk.Address{Channel: "work", Account: s.account.ID(), Conversation: conversation, Recipient: "wmAnn"}
	for range 2 {
		if _, err := s.bot.Send(t.Context(), core.Outgoing{Owner: "news", Key: "k", To: ann, Content: sdk.Text{Text: "早上好"}}); err != nil {
			t.Fatal(err)
		}
	}
	s.sees("wmAnn", "re hello", "早上好")
	if after, err := s.bot.channel.Window(t.Context(), conversation); err != nil || after.Left != before.Left-1 || after.Until != before.Until {
		t.Errorf("%+v after %+v, %v", after, before, err)
	}
	if none, err := s.bot.channel.Window(t.Context(), s.account.ID()+"/wmNobody"); err != nil || none != (sdk.Window{}) {
		t.Errorf("of nobody: %+v, %v", none, err)
	}
}
