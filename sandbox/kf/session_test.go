package kf_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/chuanhuabot/bot/sandbox/kf"
	"github.com/chuanhuabot/bot/sandbox/transcript"
)

// bring moves ann's session, which has just begun, into a state.
func (w *world) bring(state int) {
	w.t.Helper()
	rules := w.Rules()
	w.SetRules(kf.Rules{SyncsWithoutToken: -1, TransToBot: true, TransToEnd: true})
	w.say(ann, kf.Text("hello"))
	if state != kf.StateNew {
		w.accepted(w.trans(state, zhang))
	}
	w.SetRules(rules)
}

// TestTrans_Matrix takes every step from every state, as it is documented and with the switches.
func TestTrans_Matrix(t *testing.T) {
	strict := [][]int{ // By from and to: the errcode.
		{95016, 95016, 0, 0, 95016},
		{95016, 95016, 0, 0, 95016},
		{95016, 95016, 95016, 0, 95016},
		{95016, 95016, 95016, 0, 0},
		{95013, 95013, 95013, 95013, 95013},
	}
	loose := [][]int{
		{95016, 0, 0, 0, 0},
		{95016, 95016, 0, 0, 0},
		{95016, 95016, 95016, 0, 0},
		{95016, 95016, 95016, 0, 0},
		{95013, 95013, 95013, 95013, 95013},
	}
	for name, test := range map[string]struct {
		rules kf.Rules
		want  [][]int
	}{"documented": {kf.Rules{}, strict}, "with switches": {kf.Rules{TransToBot: true, TransToEnd: true}, loose}} {
		for from := range 5 {
			for to := range 5 {
				w := quiet(t, test.rules)
				w.bring(from)
				answer := w.trans(to, li)
				if code := test.want[from][to]; code != 0 {
					w.refused(answer, code)
				} else if is := w.account.Session(ann); w.accepted(answer) == nil || is.State != to || (is.Servicer == li) != (to == 3) {
					t.Errorf("%+v", is)
				}
				if t.Failed() {
					t.Fatalf("%s: from %d to %d", name, from, to)
				}
			}
		}
	}
}

func TestTrans_Refusals(t *testing.T) {
	w := quiet(t, free())
	w.refused(w.trans(2, ""), 40096)
	w.say(ann, kf.Text("hello"))
	w.refused(w.trans(3, ""), 40058)
	w.refused(w.trans(3, "nobody"), 95014)
	w.refused(w.trans(5, ""), 40058)
	w.refused(w.trans(-1, ""), 40058)
	w.refused(w.post("kf/service_state/trans", object{"open_kfid": w.account.ID(), "external_userid": ann}), 40058)
	w.refused(w.post("kf/service_state/trans", "{"), 40058)
	w.refused(w.post("kf/service_state/get", object{"open_kfid": w.account.ID(), "external_userid": stranger}), 40096)
	w.refused(w.post("kf/service_state/get", object{"open_kfid": "wk1", "external_userid": ann}), 95004)
	w.did(w.account.SetReceiving(t.Context(), zhang, false))
	w.refused(w.trans(3, zhang), 95019)
	w.accepted(w.trans(3, li))
	w.refused(w.trans(3, li), 95016)
	if got := len(w.messages()); got != 2 { // What the API does to a session is no event.
		t.Errorf("%d entries in the log", got)
	}
}

func TestSession_LifeOfOne(t *testing.T) {
	w := quiet(t, kf.Rules{})
	get := func() object {
		return w.accepted(w.post("kf/service_state/get", object{"open_kfid": w.account.ID(), "external_userid": ann}))
	}
	if got := w.state(ann); got != "4" {
		t.Errorf("a stranger: %s", got)
	}
	w.say(ann, kf.Enter("", ""))
	if got := get(); got["service_state"] != 4.0 || got["servicer_userid"] != nil {
		t.Errorf("entered: %v", got)
	}
	w.say(ann, kf.Text("hello"))
	w.accepted(w.sendText("hi"))
	if got := get(); got["service_state"] != 0.0 {
		t.Errorf("wrote: %v", got)
	}
	w.accepted(w.trans(3, zhang))
	if got := get(); got["service_state"] != 3.0 || got["servicer_userid"] != zhang {
		t.Errorf("with a servicer: %v", got)
	}
	w.refused(w.sendText("hi"), 95018)
	w.say(ann, kf.Text("still with them"))
	if got := w.state(ann); got != "3 zhangsan" {
		t.Errorf("a message changed the state to %s", got)
	}
	w.clock.Advance(48 * time.Hour)
	w.login()
	if got := get(); got["service_state"] != 4.0 || got["servicer_userid"] != nil {
		t.Errorf("two days later: %v", got)
	}
	w.say(ann, kf.Text("again"))
	if got := w.state(ann); got != "0" {
		t.Errorf("again: %s", got)
	}
}

func TestSession_SendTakesIt(t *testing.T) {
	for takes, want := range map[bool]string{false: "0", true: "1"} {
		w := quiet(t, kf.Rules{SendTakes: takes})
		w.say(ann, kf.Text("hello"))
		w.accepted(w.sendText("hi"))
		if got := w.state(ann); got != want {
			t.Errorf("%t: %s", takes, got)
		}
	}
}

// TestSession_UnmanagedAccountsGoToServicers is how bots fall silent: 95018 for every answer.
func TestSession_UnmanagedAccountsGoToServicers(t *testing.T) {
	w := quiet(t, kf.Rules{})
	w.account.SetManaged(false)
	w.did(w.account.SetReceiving(t.Context(), zhang, false))
	w.say(ann, kf.Text("hello"))
	if got := w.state(ann); got != "3 lisi" {
		t.Errorf("got %s", got)
	}
	w.refused(w.sendText("hi"), 95018)
	w.accepted(w.trans(4, ""))
	w.account.SetManaged(true)
	w.say(ann, kf.Text("again"))
	w.accepted(w.sendText("hi"))
}

// event returns the object of the newest entry of the log, without what all events have.
func (w *world) event() object {
	w.t.Helper()
	m := w.last()
	e, _ := m["event"].(object)
	if m["origin"] != 4.0 || m["msgtype"] != "event" || e["open_kfid"] != w.account.ID() {
		w.t.Fatalf("no event: %v", m)
	}
	delete(e, "open_kfid")
	return e
}

func (w *world) happened(want object) {
	w.t.Helper()
	got := w.event()
	delete(got, "msg_code")
	if spell(got) != spell(want) {
		w.t.Errorf("got %s, want %s", spell(got), spell(want))
	}
}

func TestSeat_AHumanTakesOverAnswersAndEnds(t *testing.T) {
	w := newWorld(t, settings(), free(), says(""))
	ctx := t.Context()
	change := func(kind int, old, new string) {
		t.Helper()
		want := object{"event_type": "session_status_change", "external_userid": ann, "change_type": kind}
		for name, value := range map[string]string{"old_servicer_userid": old, "new_servicer_userid": new} {
			if value != "" {
				want[name] = value
			}
		}
		w.happened(want)
	}
	w.say(ann, kf.Text("hello"))
	w.accepted(w.trans(2, ""))
	w.did(w.account.Take(ctx, zhang, ann))
	change(1, "", zhang)
	w.did(w.account.SeatSay(ctx, zhang, ann, kf.Text("how may I help?")))
	m := w.last()
	if m["origin"] != 5.0 || m["servicer_userid"] != zhang || m["external_userid"] != ann || m["open_kfid"] != w.account.ID() || contents([]object{m}) != "how may I help?" {
		t.Errorf("got %v", m)
	}
	w.did(w.account.SeatRecall(ctx, zhang, ann, m["msgid"].(string)))
	w.happened(object{"event_type": "servicer_recall_msg", "external_userid": ann, "recall_msgid": m["msgid"], "servicer_userid": zhang})
	w.did(w.account.Transfer(ctx, ann, li))
	change(2, zhang, li)
	w.did(w.account.End(ctx, li, ann))
	change(3, li, "")
	if got := w.state(ann); got != "4" {
		t.Errorf("ended: %s", got)
	}
	w.did(w.account.SeatSay(ctx, zhang, ann, kf.Text("one more thing")))
	all := w.messages()
	if e := all[len(all)-2]["event"].(object); e["change_type"] != 4.0 || e["new_servicer_userid"] != zhang || w.state(ann) != "3 zhangsan" {
		t.Errorf("again: %v, %s", e, w.state(ann))
	}
	if got := len(w.sent()); got != 7 { // The bot's trans is silent, two entries have one bell.
		t.Errorf("%d bells", got)
	}
	var shown []transcript.Entry
	for _, e := range w.account.Transcript(ann) {
		if e.Kind == transcript.Saw {
			shown = append(shown, e)
		}
	}
	if len(shown) != 2 || shown[0].Detail.Servicer != zhang || shown[0].Text != "how may I help?" || shown[0].Message != m["msgid"] {
		t.Errorf("%+v", shown)
	}
}

func TestSeat_Blocks(t *testing.T) {
	w := quiet(t, free())
	w.say(ann, kf.Text("hello"))
	w.did(w.account.Block(t.Context(), zhang, ann, true))
	w.happened(object{"event_type": "reject_customer_msg_switch_change", "external_userid": ann, "servicer_userid": zhang, "reject_switch": 1})
	if _, err := w.account.Begin(kf.Push{Customer: ann, Content: kf.Text("x")}); !errors.Is(err, kf.ErrBlocked) {
		t.Errorf("got %v", err)
	}
	w.did(w.account.Block(t.Context(), zhang, ann, false))
	w.happened(object{"event_type": "reject_customer_msg_switch_change", "external_userid": ann, "servicer_userid": zhang, "reject_switch": 0})
	w.say(ann, kf.Text("x"))
}

func TestSeat_StopsAndStarts(t *testing.T) {
	w := quiet(t, free())
	w.say(ann, kf.Text("hello"))
	for receiving, status := range map[bool]int{false: 2, true: 1} {
		w.did(w.account.SetReceiving(t.Context(), zhang, receiving))
		w.happened(object{"event_type": "servicer_status_change", "servicer_userid": zhang, "status": status, "stop_type": 0})
		if got := w.account.Servicers()[0]; got.ID != zhang || got.Receiving != receiving {
			t.Errorf("%+v", got)
		}
	}
}

func TestSeat_Refusals(t *testing.T) {
	w := quiet(t, free())
	ctx := t.Context()
	w.say(ann, kf.Text("hello"))
	w.say(bob, kf.Text("hello"))
	w.did(w.account.Take(ctx, zhang, ann))
	w.did(w.account.SeatSay(ctx, zhang, ann, kf.Text("hi")))
	message := w.last()["msgid"].(string)
	for name, test := range map[string]struct {
		err  error
		want error
	}{
		"takes twice":                   {w.account.Take(ctx, li, ann), kf.ErrNotInHand},
		"takes a stranger":              {w.account.Take(ctx, li, stranger), kf.ErrNotInHand},
		"is nobody":                     {w.account.Take(ctx, "nobody", bob), kf.ErrNoServicer},
		"says without taking":           {w.account.SeatSay(ctx, zhang, bob, kf.Text("x")), kf.ErrNotInHand},
		"says in another's":             {w.account.SeatSay(ctx, li, ann, kf.Text("x")), kf.ErrNotInHand},
		"says to a stranger":            {w.account.SeatSay(ctx, li, stranger, kf.Text("x")), kf.ErrNotInHand},
		"nobody says":                   {w.account.SeatSay(ctx, "nobody", ann, kf.Text("x")), kf.ErrNoServicer},
		"transfers to itself":           {w.account.Transfer(ctx, ann, zhang), kf.ErrNotInHand},
		"transfers the bot's":           {w.account.Transfer(ctx, bob, li), kf.ErrNotInHand},
		"transfers to nobody":           {w.account.Transfer(ctx, ann, "nobody"), kf.ErrNoServicer},
		"ends another's":                {w.account.End(ctx, li, ann), kf.ErrNotInHand},
		"recalls another's":             {w.account.SeatRecall(ctx, li, ann, message), kf.ErrNotTheirs},
		"recalls nothing":               {w.account.SeatRecall(ctx, zhang, ann, "x"), kf.ErrNotTheirs},
		"recalls from bob":              {w.account.SeatRecall(ctx, zhang, bob, message), kf.ErrNotTheirs},
		"takes while it stopped":        {errors.Join(w.account.SetReceiving(ctx, li, false), w.account.Take(ctx, li, bob)), kf.ErrStopped},
		"transfers to one that stopped": {w.account.Transfer(ctx, ann, li), kf.ErrStopped},
	} {
		if !errors.Is(test.err, test.want) {
			t.Errorf("%s: %v", name, test.err)
		}
	}
	if _, err := w.account.BeginMove(kf.Move{Action: "dance", Servicer: zhang, Customer: ann}); err == nil || !strings.Contains(err.Error(), "dance") {
		t.Errorf("got %v", err)
	}
}
