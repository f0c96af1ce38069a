package kf_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/chuanhuabot/bot/sandbox/kf"
)

func TestAppMessage(t *testing.T) {
	w := quiet(t, kf.Rules{})
	text := func(to, content string, agent int) map[string]any {
		return map[string]any{"touser": to, "agentid": agent, "msgtype": "text", "text": map[string]any{"content": content}}
	}
	for name, test := range map[string]struct {
		body map[string]any
		code int
	}{
		"no agent": {text(zhang, "hello", 0), 40056}, "nobody": {text("nobody", "hello", 1), 81013}, "empty": {text(zhang, "", 1), 44004},
		"another type": {map[string]any{"touser": zhang, "agentid": 1, "msgtype": "news"}, 40008}, "to many": {text(strings.Repeat("x|", 1001), "hello", 1), 40058},
	} {
		t.Log(name)
		w.refused(w.post("message/send", test.body), test.code)
	}
	if got := w.post("message/send", text(zhang+"|nobody|"+li, strings.Repeat("长", 1000), 1)); w.accepted(got)["invaliduser"] != "nobody" {
		t.Errorf("got %v", got)
	}
	all := w.corp.AppMessages()
	if len(all) != 1 || !slices.Equal(all[0].To, []string{zhang, li}) || len(all[0].Text) != 2048 {
		t.Errorf("they got %+v", all)
	}
}
