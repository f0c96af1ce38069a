package kf_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/chuanhuabot/bot/sandbox/kf"
	"github.com/chuanhuabot/bot/sandbox/transcript"
)

func TestSend_FiveMessagesIn48Hours(t *testing.T) {
	w := quiet(t, free())
	w.refused(w.sendText("hi"), 40096)
	w.say(ann, kf.Text("hello"))
	for i := range 5 {
		w.accepted(w.sendText(fmt.Sprint(i)))
	}
	w.refused(w.sendText("six"), 95001)
	w.say(ann, kf.Text("again"))
	if is := w.account.Session(ann).Window; is.Left != 5 || !is.Until.Equal(noon.Add(48*time.Hour)) {
		t.Errorf("%+v", is)
	}
	w.accepted(w.sendText("hi"))
	w.clock.Advance(48*time.Hour - time.Second)
	w.login()
	w.accepted(w.sendText("just in time"))
	w.clock.Advance(time.Second)
	w.refused(w.sendText("late"), 95002)
	want := "note text hi | said text hello | saw text 0 | saw text 1 | saw text 2 | saw text 3 | saw text 4 | note text six | said text again | " +
		"saw text hi | saw text just in time | note text late"
	entries := w.account.Transcript(ann)
	if got := seen(entries); got != want {
		t.Errorf("got %s", got)
	}
	if why := entries[len(entries)-1].Why; !strings.Contains(why, "95002") {
		t.Errorf("the developer reads %q", why)
	}
	if got := contents(w.messages()); got != "hello again" {
		t.Errorf("the log has what the bot sent: %s", got)
	}
}

func TestSend_OnlyAMessageOpensTheWindow(t *testing.T) {
	w := quiet(t, kf.Rules{})
	w.say(ann, kf.Enter("", ""))
	w.refused(w.sendText("hi"), 95002)
	w.SetRules(kf.Rules{StateFirst: true})
	w.refused(w.sendText("hi"), 95018)
	w.say(ann, kf.MenuText("满意", "101"))
	w.accepted(w.sendText("hi"))
	w = quiet(t, kf.Rules{IdleTaps: true})
	w.say(ann, kf.MenuText("满意", "101"))
	w.refused(w.sendText("hi"), 95002)
}

func TestSend_MessageIDs(t *testing.T) {
	w := quiet(t, kf.Rules{})
	w.say(ann, kf.Text("hello"))
	send := func(id any) object {
		m := w.message("text", object{"content": "hi"})
		m["msgid"] = id
		return w.post("kf/send_msg", m)
	}
	if got := w.accepted(send("my-id_1")); got["msgid"] != "my-id_1" {
		t.Errorf("got %v", got)
	}
	w.refused(send("my-id_1"), 40058)
	for _, id := range []any{"", "a b", "好", strings.Repeat("a", 33), 1} {
		w.refused(send(id), 40058)
	}
	w.SetRules(kf.Rules{RepeatCode: 40201})
	w.refused(send("my-id_1"), 40201)
	one, two := w.sendText("a")["msgid"].(string), w.sendText("b")["msgid"].(string)
	if one == two || !regexp.MustCompile(`^[\w-]{1,32}$`).MatchString(one) {
		t.Errorf("%s, %s", one, two)
	}
	entries := w.account.Transcript(ann)
	if got := entries[len(entries)-1].Message; got != two {
		t.Errorf("the transcript has %s, not %s", got, two)
	}
}

// TestSend_Limits has each kind at its limit and beyond, in bytes.
func TestSend_Limits(t *testing.T) {
	w := quiet(t, kf.Rules{})
	picture := w.corp.Keep("image", "a.png", []byte("png"))
	clip := w.corp.Keep("voice", "a.amr", []byte("#!AMR\n"))
	x := func(n int) string { return strings.Repeat("x", n) }
	menu := func(items ...any) object { return object{"head_content": "H", "list": items} }
	click := func(id, content string) object {
		return object{"type": "click", "click": object{"id": id, "content": content}}
	}
	view := func(url, content string) object {
		return object{"type": "view", "view": object{"url": url, "content": content}}
	}
	eleven := make([]any, 11)
	for i := range eleven {
		eleven[i] = click("a", "b")
	}
	link := func(url, thumb string) object { return object{"title": x(500), "url": url, "thumb_media_id": thumb} }
	for i, test := range []struct {
		kind string
		body any
		code int
	}{
		{"text", object{"content": x(2048)}, 0}, {"text", object{"content": x(2049)}, 45002}, {"text", object{"content": " \n"}, 44004},
		{"text", object{"content": strings.Repeat("好", 682)}, 0}, {"text", object{"content": strings.Repeat("好", 683)}, 45002},
		{"text", nil, 44004}, {"text", object{"content": 1}, 40058}, {"carrier", object{}, 40008}, {"", object{}, 40008},
		{"image", object{"media_id": picture}, 0}, {"image", object{"media_id": clip}, 40007}, {"image", object{}, 40007},
		{"voice", object{"media_id": clip}, 0}, {"voice", object{"media_id": picture}, 40007}, {"video", object{"media_id": "x"}, 40007},
		{"file", object{"media_id": "x"}, 40007},
		{"link", link("https://a.example/", picture), 0}, {"link", link("a.example", picture), 40058}, {"link", link("https://a/", "x"), 40007},
		{"link", link("https://"+x(2041), picture), 40058}, {"link", object{"url": "https://a/", "thumb_media_id": picture}, 40058},
		{"miniprogram", object{"appid": "wx1", "title": x(99), "pagepath": "p", "thumb_media_id": picture}, 0},
		{"miniprogram", object{"title": "T", "pagepath": "p", "thumb_media_id": picture}, 40058},
		{"location", object{"latitude": -90, "longitude": 180, "name": "N"}, 0}, {"location", object{"latitude": 90.1, "longitude": 0}, 40058},
		{"location", object{"latitude": 0, "longitude": -180.1}, 40058}, {"location", object{"name": "N"}, 40058},
		{"business_card", object{"userid": zhang}, 0}, {"business_card", object{"userid": "nobody"}, 60111},
		{"ca_link", object{"link_url": "https://work.weixin.qq.com/ca/abc"}, 0}, {"ca_link", object{"link_url": "https://a/"}, 40058},
		{"msgmenu", menu(click("1", "A"), view("https://a/", "B"), object{"type": "click", "click": object{"content": "C"}}), 0},
		{"msgmenu", menu(object{"type": "text", "text": object{"content": "T\nU", "no_newline": 1}},
			object{"type": "miniprogram", "miniprogram": object{"appid": "a", "pagepath": "p", "content": "M"}}), 0},
		{"msgmenu", menu(eleven[:10]...), 0}, {"msgmenu", menu(eleven...), 95008}, {"msgmenu", menu(object{"type": "button"}), 95009},
		{"msgmenu", menu(click(x(64), x(128))), 0}, {"msgmenu", menu(click(x(65), "A")), 40058}, {"msgmenu", menu(click("1", x(129))), 40058},
		{"msgmenu", menu(click("", "A")), 40058}, {"msgmenu", menu(click("1", "")), 40058}, {"msgmenu", menu(view(x(2049), "A")), 40058},
		{"msgmenu", menu(view("u", x(1025))), 40058}, {"msgmenu", menu(view("", "A")), 40058}, {"msgmenu", object{}, 44004},
		{"msgmenu", menu(object{"type": "text", "text": object{"content": "T", "no_newline": 2}}), 40058},
		{"msgmenu", object{"head_content": x(1024), "tail_content": x(1024)}, 0}, {"msgmenu", object{"head_content": x(1025)}, 40058},
		{"msgmenu", object{"tail_content": x(1025)}, 40058},
	} {
		w.say(ann, kf.Text("hello"))
		answer := w.post("kf/send_msg", w.message(test.kind, test.body))
		if test.code == 0 {
			w.accepted(answer)
		} else {
			w.refused(answer, test.code)
		}
		if t.Failed() {
			t.Fatalf("%d: %s %.100v", i, test.kind, test.body)
		}
	}
}

func TestSend_Addressees(t *testing.T) {
	w := quiet(t, kf.Rules{})
	w.say(ann, kf.Text("hello"))
	for body, code := range map[string]int{
		`{`:                                40058,
		"{\"touser\":\"\xc3\x28\"}":        40033,
		`{"open_kfid":"ID"}`:               40058,
		`{"touser":"x","open_kfid":""}`:    40058,
		`{"touser":"x","open_kfid":"x"}`:   95000,
		`{"touser":"x","open_kfid":"wkx"}`: 95004,
		`{"touser":1,"open_kfid":"ID"}`:    40058,
		`{"touser":"` + stranger + `","open_kfid":"ID","msgtype":"text","text":{"content":"\u4f60\u597d"}}`: 40096,
	} {
		answer := w.post("kf/send_msg", strings.Replace(body, "ID", w.account.ID(), 1))
		if w.refused(answer, code); t.Failed() {
			t.Fatal(body)
		}
	}
	other := w.corp.AddAccount("another")
	m := w.message("text", object{"content": "hi"})
	m["open_kfid"] = other.ID()
	w.refused(w.post("kf/send_msg", m), 95002) // Ann has not written to that one.
}

func TestSend_CutText(t *testing.T) {
	w := quiet(t, kf.Rules{CutText: true, TextLimit: 10})
	w.say(ann, kf.Text("hello"))
	w.accepted(w.sendText("好好好好"))
	if got := seen(w.account.Transcript(ann)); got != "said text hello | saw text 好好好" {
		t.Error(got)
	}
}

// TestSend_WhatIsSeen compares what the page shows of each kind.
func TestSend_WhatIsSeen(t *testing.T) {
	w := quiet(t, kf.Rules{})
	picture := w.corp.Keep("image", "a.png", []byte("png"))
	for _, test := range []struct {
		kind, text string
		body       any
		want       transcript.Detail
	}{
		{"image", picture, object{"media_id": picture}, transcript.Detail{Media: picture}},
		{"link", "T", object{"title": "T", "desc": "D", "url": "https://a/", "thumb_media_id": picture},
			transcript.Detail{Title: "T", Description: "D", URL: "https://a/", Picture: picture}},
		{"location", "N A", object{"latitude": 23.1, "longitude": 113.3, "name": "N", "address": "A"},
			transcript.Detail{Title: "N", Description: "A", Latitude: 23.1, Longitude: 113.3}},
		{"miniprogram", "T", object{"appid": "wx1", "title": "T", "pagepath": "p", "thumb_media_id": picture},
			transcript.Detail{Title: "T", Description: "wx1 p", Picture: picture}},
		{"business_card", zhang, object{"userid": zhang}, transcript.Detail{Title: zhang}},
		{"ca_link", "https://work.weixin.qq.com/ca/a", object{"link_url": "https://work.weixin.qq.com/ca/a"}, transcript.Detail{URL: "https://work.weixin.qq.com/ca/a"}},
		{"msgmenu", "H\nA\nB\nM\nT\nZ", object{"head_content": "H", "tail_content": "Z", "list": []object{
			{"type": "click", "click": object{"id": "1", "content": "A"}}, {"type": "view", "view": object{"url": "u", "content": "B"}},
			{"type": "miniprogram", "miniprogram": object{"appid": "wx1", "pagepath": "p", "content": "M"}}, {"type": "text", "text": object{"content": "T"}},
		}}, transcript.Detail{Title: "H", Description: "Z", Items: []transcript.Item{
			{ID: "1", Text: "A"}, {Text: "B", URL: "u"}, {Text: "M", Description: "wx1 p"}, {Text: "T"},
		}}},
	} {
		w.say(ann, kf.Text("hello"))
		id := w.accepted(w.post("kf/send_msg", w.message(test.kind, test.body)))["msgid"]
		entries := w.account.Transcript(ann)
		e := entries[len(entries)-1]
		if e.Kind != transcript.Saw || e.Type != test.kind || e.Text != test.text || e.Message != id || fmt.Sprintf("%+v", *e.Detail) != fmt.Sprintf("%+v", test.want) {
			t.Errorf("%s: %+v %+v", test.kind, e, e.Detail)
		}
	}
}

func TestSend_UnverifiedCorpsHaveAHundredCustomers(t *testing.T) {
	s := settings()
	s.Kind = kf.Unverified
	w := newWorld(t, s, kf.Rules{}, nil)
	for i := range 100 {
		w.say(fmt.Sprint("wm", i), kf.Text("hello"))
	}
	m := w.message("text", object{"content": "hi"})
	m["touser"] = "wm99"
	w.accepted(w.post("kf/send_msg", m))
	w.say(ann, kf.Text("hello"))
	w.refused(w.sendText("hi"), 95003)
	s.Kind = kf.Verified
	w.did(w.corp.Set(s))
	w.accepted(w.sendText("hi"))
}
