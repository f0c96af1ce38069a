package kf

import (
	"testing"

	wecom "github.com/chuanhuabot/bot/sandbox/kf"
)

func TestAnswer_TextsOfTwoCustomers(t *testing.T) {
	s := newStage(t, wecom.Rules{})
	s.start(echo)
	s.say(ann, wecom.Text("hello"))
	s.say(bob, wecom.Text("你好"))
	s.say(ann, wecom.Text("again"))
	s.sees(ann, "re hello", "re again")
	s.sees(bob, "re 你好")
}
