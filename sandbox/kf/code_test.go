package kf_test

import (
	"testing"
	"time"

	"github.com/chuanhuabot/bot/sandbox/kf"
)

func (w *world) onEvent(code any, kind string) object {
	w.t.Helper()
	return w.post("kf/send_msg_on_event", object{
		"code": code, "msgtype": kind, "text": object{"content": "T"}, "msgmenu": object{"head_content": "M"}, "image": object{},
	})
}

// enters opens the chat and returns the welcome_code, nil if there is none.
func (w *world) enters() any {
	w.t.Helper()
	w.say(ann, kf.Enter("", ""))
	return w.event()["welcome_code"]
}

func TestWelcome_OnceWithin20Seconds(t *testing.T) {
	w := quiet(t, free())
	one := w.enters()
	w.clock.Advance(20*time.Second - 1)
	answer := w.accepted(w.onEvent(one, "msgmenu"))
	w.refused(w.onEvent(one, "text"), 40058)
	if got := w.account.Transcript(ann); seen(got) != "said enter_session | saw msgmenu M" || got[1].Message != answer["msgid"] {
		t.Error(seen(got))
	}
	if again := w.enters(); again != nil {
		t.Errorf("somebody who was welcomed is welcomed again: %v", again)
	}
	w.clock.Advance(48 * time.Hour)
	w.login()
	again := w.enters()
	w.clock.Advance(20 * time.Second)
	w.refused(w.onEvent(again, "text"), 40058)
	w.say(ann, kf.Text("hello"))
	w.clock.Advance(1000 * time.Hour)
	w.login()
	if again := w.enters(); again != nil {
		t.Errorf("somebody who has written is welcomed: %v", again)
	}
}

func TestWelcome_Refusals(t *testing.T) {
	w := quiet(t, free())
	code := w.enters()
	w.refused(w.onEvent("x", "text"), 40058)
	w.refused(w.onEvent(nil, "text"), 40058)
	w.refused(w.onEvent(code, "image"), 40007)
	w.refused(w.post("kf/send_msg_on_event", "{"), 40058)
	w.refused(w.post("kf/send_msg_on_event", object{"code": code, "msgtype": "text", "msgid": "", "text": object{"content": "T"}}), 40058)
	w.refused(w.post("kf/send_msg_on_event", object{"code": code, "msgtype": "location", "location": object{"latitude": 1, "longitude": 1}}), 40008)
	w.accepted(w.post("kf/send_msg_on_event", object{"code": code, "msgtype": "text", "msgid": "one", "text": object{"content": "T"}}))
}

// TestWelcome_OutlivesTheState holds that only this code is not bound to a state.
func TestWelcome_OutlivesTheState(t *testing.T) {
	w := quiet(t, free())
	code := w.enters()
	w.say(ann, kf.Text("hello"))
	w.accepted(w.onEvent(code, "text"))
	if left := w.account.Session(ann).Window.Left; left != 5 {
		t.Errorf("%d are left", left)
	}
	w = quiet(t, kf.Rules{EventSendsCount: true})
	code = w.enters()
	w.say(ann, kf.Text("hello"))
	w.accepted(w.onEvent(code, "text"))
	if left := w.account.Session(ann).Window.Left; left != 4 {
		t.Errorf("%d are left", left)
	}
}

func TestCode_OfTrans(t *testing.T) {
	w := quiet(t, free())
	w.say(ann, kf.Text("hello"))
	waiting := w.accepted(w.trans(2, ""))["msg_code"]
	w.refused(w.onEvent(waiting, "msgmenu"), 40008)
	w.accepted(w.onEvent(waiting, "text"))
	taken := w.accepted(w.trans(3, zhang))["msg_code"]
	if again := w.accepted(w.trans(3, li))["msg_code"]; again != nil {
		t.Errorf("a second servicer brings a code: %v", again)
	}
	w.refused(w.onEvent(taken, "msgmenu"), 40008)
	w.clock.Advance(time.Hour)
	w.accepted(w.onEvent(taken, "text"))
	ended := w.accepted(w.trans(4, ""))["msg_code"]
	w.clock.Advance(20*time.Second - 1)
	w.accepted(w.onEvent(ended, "msgmenu"))
	w.refused(w.onEvent(ended, "msgmenu"), 40058)
}

func TestCode_IsBoundToItsState(t *testing.T) {
	w := quiet(t, free())
	w.say(ann, kf.Text("hello"))
	waiting := w.accepted(w.trans(2, ""))["msg_code"]
	w.did(w.account.Take(t.Context(), zhang, ann))
	w.refused(w.onEvent(waiting, "text"), 95018)
	taken := w.event()["msg_code"]
	w.did(w.account.Transfer(t.Context(), ann, li))
	if code := w.event()["msg_code"]; code != nil {
		t.Errorf("a transfer brings a code: %v", code)
	}
	w.accepted(w.onEvent(taken, "text"))
	w.did(w.account.End(t.Context(), li, ann))
	ended := w.event()["msg_code"]
	w.say(ann, kf.Text("wait"))
	w.refused(w.onEvent(ended, "text"), 95018)
	w.accepted(w.trans(3, zhang))
	w.accepted(w.trans(4, ""))
	w.clock.Advance(20 * time.Second)
	w.refused(w.onEvent(ended, "text"), 40058)
}

// TestCode_LastsAsLongAsItsSession holds that the 48 hours of a code are those of the session, which the state ends with.
func TestCode_LastsAsLongAsItsSession(t *testing.T) {
	w := quiet(t, free())
	w.say(ann, kf.Text("hello"))
	waiting := w.accepted(w.trans(2, ""))["msg_code"]
	w.clock.Advance(47 * time.Hour)
	w.say(ann, kf.Text("still there"))
	w.clock.Advance(time.Hour)
	w.login()
	w.refused(w.onEvent(waiting, "text"), 40058)
	if got := w.state(ann); got != "2" {
		t.Errorf("got %s", got)
	}
}

func TestCode_IsBounded(t *testing.T) {
	w := quiet(t, free())
	first := w.enters()
	for range 10_000 {
		if _, err := w.account.Begin(kf.Push{Customer: ann, Content: kf.Enter("", "")}); err != nil {
			t.Fatal(err)
		}
	}
	w.refused(w.onEvent(first, "text"), 40058)
	if code := w.event()["welcome_code"]; code == nil {
		t.Error("the newest has no code")
	} else {
		w.accepted(w.onEvent(code, "text"))
	}
}
