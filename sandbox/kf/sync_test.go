package kf_test

import (
	"encoding/base64"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chuanhuabot/bot/sandbox/kf"
)

// contents are the texts of messages.
func contents(messages []object) string {
	var all []string
	for _, m := range messages {
		body, _ := m["text"].(object)
		all = append(all, fmt.Sprint(body["content"]))
	}
	return strings.Join(all, " ")
}

func (w *world) chat(texts ...string) {
	w.t.Helper()
	for _, text := range texts {
		w.say(ann, kf.Text(text))
	}
}

// tokenOf is the Token of a bell.
func tokenOf(out *kf.Outcome) string {
	_, rest, _ := strings.Cut(string(out.Plain), "<Token><![CDATA[")
	token, _, _ := strings.Cut(rest, "]]>")
	return token
}

func TestSync_Refusals(t *testing.T) {
	w := quiet(t, free())
	w.chat("hello")
	other := w.corp.AddAccount("another")
	for name, test := range map[string]struct {
		body any
		code int
	}{
		"no JSON":          {"{", 40058},
		"no UTF-8":         {"{\"cursor\":\"\xff\"}", 40033},
		"no account":       {object{}, 40058},
		"odd account":      {object{"open_kfid": "gh_1"}, 95000},
		"unknown account":  {object{"open_kfid": "wk1"}, 95004},
		"limit":            {object{"open_kfid": w.account.ID(), "limit": 1001}, 40058},
		"negative limit":   {object{"open_kfid": w.account.ID(), "limit": -1}, 40058},
		"voice format":     {object{"open_kfid": w.account.ID(), "voice_format": 2}, 40058},
		"long cursor":      {object{"open_kfid": w.account.ID(), "cursor": strings.Repeat("a", 65)}, 40058},
		"number as cursor": {object{"open_kfid": w.account.ID(), "cursor": "1"}, 40058},
		"made-up cursor":   {object{"open_kfid": w.account.ID(), "cursor": strings.Repeat("A", 22)}, 40058},
		"wrong token":      {object{"open_kfid": w.account.ID(), "token": "ENCx"}, 95007},
		"another's cursor": {object{"open_kfid": other.ID(), "cursor": w.pull(nil)["next_cursor"]}, 40058},
	} {
		answer := w.post("kf/sync_msg", test.body)
		if w.refused(answer, test.code); t.Failed() {
			t.Fatal(name)
		}
	}
	w.refused(w.get("kf/sync_msg?access_token="+w.token), 40058)
	w.refused(w.decoded(w.do("POST", "/cgi-bin/kf/sync_msg", "", []byte("{}"))), 41001)
}

func TestSync_Pages(t *testing.T) {
	w := quiet(t, free())
	if page := w.accepted(w.pull(nil)); page["has_more"] != 0.0 || page["msg_list"] == nil || page["next_cursor"] == "" {
		t.Errorf("the empty log: %v", page)
	}
	w.chat("1", "2", "3", "4", "5")
	cursor, got := "", []string{}
	for more := 1.0; more == 1; {
		page := w.accepted(w.pull(object{"cursor": cursor, "limit": 2}))
		got = append(got, contents(list(page)))
		cursor, more = page["next_cursor"].(string), page["has_more"].(float64)
	}
	if want := []string{"1 2", "3 4", "5"}; !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
	same := w.accepted(w.pull(object{"cursor": cursor}))
	if same["next_cursor"] != cursor || len(list(same)) != 0 {
		t.Errorf("nothing new: %v", same)
	}
	w.chat("6")
	if got := contents(list(w.pull(object{"cursor": cursor}))); got != "6" {
		t.Errorf("got %s", got)
	}
	if got := contents(list(w.pull(nil))); got != "1 2 3 4 5 6" {
		t.Errorf("without a cursor: %s", got)
	}
}

func TestSync_CursorsSayNothing(t *testing.T) {
	w := quiet(t, free())
	w.chat("1", "2", "3")
	one := w.pull(object{"limit": 1})["next_cursor"].(string)
	two := w.pull(object{"limit": 2})["next_cursor"].(string)
	if !regexp.MustCompile(`^[\w-]{16,64}$`).MatchString(one) || one == two || one[:6] == two[:6] {
		t.Errorf("%s, %s", one, two)
	}
	for i := range len(one) { // None that differs is right.
		wrong := []byte(one)
		wrong[i] = 'A' + (wrong[i]+1)%26
		if string(wrong) != one {
			w.refused(w.pull(object{"cursor": string(wrong)}), 40058)
		}
	}
	if raw, err := base64.RawURLEncoding.DecodeString(one); err != nil || len(raw) != 16 {
		t.Errorf("%d bytes, %v", len(raw), err)
	}
}

func TestSync_ShortAndEmptyPages(t *testing.T) {
	w := quiet(t, kf.Rules{SyncsWithoutToken: -1, ShortPages: 1, EmptyPages: 2, NewCursors: true})
	w.chat("1", "2")
	cursor, got, cursors := "", []string{}, map[string]bool{}
	for more := 1.0; more == 1; {
		page := w.accepted(w.pull(object{"cursor": cursor, "limit": 100}))
		got = append(got, contents(list(page)))
		cursor, more = page["next_cursor"].(string), page["has_more"].(float64)
		cursors[cursor] = true
	}
	if want := []string{"", "", "1", "", "", "2"}; !slices.Equal(got, want) || len(cursors) != 6 {
		t.Errorf("got %q, %d cursors", got, len(cursors))
	}
	if page := w.pull(object{"cursor": cursor}); page["has_more"] != 0.0 || page["next_cursor"] == cursor {
		t.Errorf("the end: %v", page)
	}
}

func TestSync_Switches(t *testing.T) {
	w := quiet(t, kf.Rules{SyncsWithoutToken: -1, NewestFirst: true, Strange: 2})
	w.chat("1", "2", "3")
	all := w.messages()
	if len(all) != 4 || contents(all) != "3 <nil> 2 1" {
		t.Fatalf("got %v", all)
	}
	odd, marked := all[1], all[2]
	if odd["msgtype"] != "sandbox_unknown" || odd["msgid"] == marked["msgid"] || odd["origin"] != 3.0 || odd["sandbox_unknown"] == nil {
		t.Errorf("got %v", odd)
	}
	if marked["sandbox_unknown"] == nil || marked["text"].(object)["sandbox_unknown"] == nil || all[0]["sandbox_unknown"] != nil {
		t.Errorf("got %v", marked)
	}
}

func TestSync_ThreeDays(t *testing.T) {
	w := quiet(t, free())
	w.chat("1")
	start := w.pull(object{"limit": 1})["next_cursor"]
	w.clock.Advance(time.Hour)
	w.chat("2", "3")
	behind := w.pull(object{"limit": 2})["next_cursor"]
	w.clock.Advance(71*time.Hour - time.Second)
	w.login()
	if got := contents(w.messages()); got != "1 2 3" {
		t.Errorf("just in time: %s", got)
	}
	w.clock.Advance(time.Second)
	if got := contents(w.messages()); got != "2 3" {
		t.Errorf("after three days: %s", got)
	}
	w.clock.Advance(time.Hour)
	w.chat("4")
	if got := contents(w.messages()); got != "4" {
		t.Errorf("an hour later: %s", got)
	}
	w.login()
	if got := contents(list(w.pull(object{"cursor": start}))); got != "4" {
		t.Errorf("an old cursor: %s", got)
	}
	w.SetRules(kf.Rules{SyncsWithoutToken: -1, OldCursorFails: true})
	w.refused(w.pull(object{"cursor": behind}), 40058)
	w.SetRules(kf.Rules{SyncsWithoutToken: -1, History: time.Hour})
	w.clock.Advance(time.Hour)
	w.login()
	if got := len(w.messages()); got != 0 {
		t.Errorf("after an hour of its own: %d messages", got)
	}
}

// TestSync_CursorOfAnEarlierRun is a bot that has its cursor on disk while the sandbox begins anew.
func TestSync_CursorOfAnEarlierRun(t *testing.T) {
	before := quiet(t, free())
	before.chat("1", "2")
	cursor := before.pull(nil)["next_cursor"]
	w := worldAt(t, noon.Add(time.Second), settings(), free(), nil)
	if w.account.ID() != before.account.ID() {
		t.Error("an account has another id in each run")
	}
	w.chat("new")
	if got := contents(list(w.accepted(w.pull(object{"cursor": cursor})))); got != "new" {
		t.Errorf("got %s", got)
	}
	if earlier := w.pull(nil)["next_cursor"]; earlier == cursor {
		t.Error("both runs have the same cursors")
	}
}

func TestSync_TokenOfTenMinutes(t *testing.T) {
	w := newWorld(t, settings(), kf.Rules{}, says(""))
	token := tokenOf(w.say(ann, kf.Text("hello")))
	for range 50 {
		w.accepted(w.pull(object{"token": token}))
	}
	w.clock.Advance(10*time.Minute - 1)
	w.accepted(w.pull(object{"token": token}))
	other := w.corp.AddAccount("another")
	w.refused(w.post("kf/sync_msg", object{"open_kfid": other.ID(), "token": token}), 95007)
	w.clock.Advance(1)
	w.refused(w.pull(object{"token": token}), 95007)
	w.refused(w.pull(object{"token": strings.Repeat("a", 129)}), 40058)
}

func TestSync_TenAMinuteWithoutAToken(t *testing.T) {
	w := newWorld(t, settings(), kf.Rules{}, says(""))
	token := tokenOf(w.say(ann, kf.Text("hello")))
	for i := range 10 {
		if i%2 == 0 {
			w.accepted(w.pull(nil))
		} else {
			w.refused(w.pull(object{"token": "ENCwrong"}), 95007)
		}
		w.clock.Advance(time.Second)
	}
	w.refused(w.pull(nil), 45009)
	w.accepted(w.pull(object{"token": token}))
	w.clock.Advance(time.Minute - 1)
	w.refused(w.pull(nil), 45009)
	w.clock.Advance(1)
	for range 10 {
		w.accepted(w.pull(nil))
	}
	w.refused(w.pull(object{"token": "ENCwrong"}), 45009)
	w.clock.Advance(time.Minute)
	for range 20 { // Nine a minute are none too many.
		w.accepted(w.pull(nil))
		w.clock.Advance(7 * time.Second)
	}
}

func TestSync_CrowdAndCalls(t *testing.T) {
	w := quiet(t, kf.Rules{SyncsWithoutToken: -1, Crowd: 1, CallsPerMinute: 3})
	for range 3 {
		w.accepted(w.pull(nil))
	}
	w.refused(w.pull(nil), 45009)
	w.accepted(w.get("getcallbackip?access_token=" + w.token))
	w.clock.Advance(time.Minute)
	w.Host().Suffer(apiOutage(time.Second))
	slow := make(chan object, 1)
	go func() { slow <- w.pull(nil) }()
	w.did(w.clock.Wait(t.Context(), 1))
	second := make(chan object, 1)
	go func() { second <- w.pull(nil) }()
	w.did(w.clock.Wait(t.Context(), 2))
	w.clock.Advance(time.Second)
	one, two := <-slow, <-second
	if one["errcode"] != 0.0 {
		one, two = two, one
	}
	w.accepted(one)
	w.refused(two, 45033)
}
