package kf_test

import (
	"strings"
	"testing"
	"time"

	"github.com/chuanhuabot/bot/sandbox/kf"
)

// failed waits for the msg_send_fail of a message that was accepted, and returns its event.
func (w *world) failed(id any) object {
	w.t.Helper()
	w.did(w.clock.Wait(w.t.Context(), 1))
	before := len(w.messages())
	w.clock.Advance(time.Second)
	w.arrive(1)
	all := w.messages()
	m := all[len(all)-1]
	e, _ := m["event"].(object)
	if len(all) != before+1 || m["origin"] != 4.0 || e["event_type"] != "msg_send_fail" || e["fail_msgid"] != id || e["external_userid"] != ann {
		w.t.Errorf("got %v", m)
	}
	return e
}

func newFailing(t *testing.T, rules kf.Rules) *world {
	t.Helper()
	rules.SyncsWithoutToken = -1
	w := newWorld(t, settings(), rules, says(""))
	w.say(ann, kf.Text("hello"))
	w.arrive(1)
	return w
}

func TestFailure_Async(t *testing.T) {
	w := newFailing(t, kf.Rules{AsyncFailures: true})
	for range 5 {
		w.accepted(w.sendText("hi"))
	}
	if e := w.failed(w.accepted(w.sendText("six"))["msgid"]); e["fail_type"] != 6.0 || e["open_kfid"] != w.account.ID() {
		t.Errorf("got %v", e)
	}
	w.clock.Advance(48 * time.Hour)
	w.login()
	if e := w.failed(w.accepted(w.sendText("late"))["msgid"]); e["fail_type"] != 4.0 {
		t.Errorf("got %v", e)
	}
	w.say(ann, kf.Text("again"))
	w.arrive(1)
	w.did(w.account.Take(t.Context(), zhang, ann))
	w.arrive(1)
	w.refused(w.sendText("a servicer has it"), 95018)
	w.did(w.account.End(t.Context(), zhang, ann))
	w.arrive(1)
	if e := w.failed(w.accepted(w.sendText("over"))["msgid"]); e["fail_type"] != 5.0 {
		t.Errorf("got %v", e)
	}
	got := seen(w.account.Transcript(ann))
	if strings.Count(got, "note msg_send_fail") != 3 || strings.Count(got, "saw") != 5 || !strings.Contains(got, "note text six") {
		t.Error(got)
	}
}

func TestFailure_TheNextSends(t *testing.T) {
	w := newFailing(t, kf.Rules{})
	w.account.FailNextSend(13)
	w.account.FailNextSend(0)
	w.refused(w.sendText(""), 44004) // Not accepted.
	if e := w.failed(w.accepted(w.sendText("one"))["msgid"]); e["fail_type"] != 13.0 {
		t.Errorf("got %v", e)
	}
	if e := w.failed(w.accepted(w.sendText("two"))["msgid"]); e["fail_type"] != 0.0 {
		t.Errorf("got %v", e)
	}
	w.accepted(w.sendText("three"))
	if is := w.account.Session(ann).Window.Left; is != 2 {
		t.Errorf("%d are left", is)
	}
	entries := w.account.Transcript(ann)
	if got := seen(entries); got != "said text hello | note text | note text one | note msg_send_fail | note text two | note msg_send_fail | saw text three" {
		t.Error(got)
	}
	if why := entries[2].Why; !strings.Contains(why, "fail_type 13, a security restriction") {
		t.Error(why)
	}
}

func TestFailure_CustomerRefuses(t *testing.T) {
	w := newFailing(t, kf.Rules{})
	out := w.say(ann, kf.Refuse(true))
	if !w.account.Session(ann).Refuses || len(w.messages()) != 1 || len(out.Tries) != 0 || out.Message == "" {
		t.Errorf("%+v", out)
	}
	if e := w.failed(w.accepted(w.sendText("hi"))["msgid"]); e["fail_type"] != 10.0 {
		t.Errorf("got %v", e)
	}
	w.say(ann, kf.Refuse(false))
	w.accepted(w.sendText("hi"))
	if got := seen(w.account.Transcript(ann)); got != "said text hello | said refuse | note text hi | note msg_send_fail | said accept | saw text hi" {
		t.Error(got)
	}
}

// TestFailure_EndsWithThePlatform closes it while a failure waits for its time.
func TestFailure_EndsWithThePlatform(t *testing.T) {
	w := newFailing(t, kf.Rules{FailAfter: time.Hour})
	w.account.FailNextSend(1)
	w.accepted(w.sendText("hi"))
	w.did(w.clock.Wait(t.Context(), 1))
	w.Platform.Close()
	w.account.FailNextSend(1)
	w.accepted(w.sendText("hi")) // Nothing begins any more.
	w.clock.Advance(time.Hour)
	if got := len(w.messages()); got != 1 {
		t.Errorf("%d messages", got)
	}
}
