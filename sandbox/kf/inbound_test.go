package kf_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/chuanhuabot/bot/sandbox/kf"
	"github.com/chuanhuabot/bot/sandbox/transcript"
)

// spell writes JSON with its keys in order.
func spell(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	return string(text)
}

// TestMessages_Bodies has each kind as the page shows it.
func TestMessages_Bodies(t *testing.T) {
	w := quiet(t, free())
	for _, test := range []struct {
		in   kf.Inbound
		want string
	}{
		{kf.Text("hello <b>&"), `"text":{"content":"hello \u003cb\u003e\u0026"}`},
		{kf.MenuText("满意", "101"), `"text":{"content":"满意","menu_id":"101"}`},
		{kf.Image("M"), `"image":{"media_id":"M"}`},
		{kf.Voice("M"), `"voice":{"media_id":"M"}`},
		{kf.Video("M"), `"video":{"media_id":"M"}`},
		{kf.File("M"), `"file":{"media_id":"M"}`},
		{kf.Location(23.1, 113.3, "N", "A"), `"location":{"address":"A","latitude":23.1,"longitude":113.3,"name":"N"}`},
		{kf.Link("T", "D", "u", "p"), `"link":{"desc":"D","pic_url":"p","title":"T","url":"u"}`},
		{kf.BusinessCard("zhangsan"), `"business_card":{"userid":"zhangsan"}`},
		{kf.MiniProgram("T", "wx1", "p", "M"), `"miniprogram":{"appid":"wx1","pagepath":"p","thumb_media_id":"M","title":"T"}`},
		{kf.ChannelsShopProduct(kf.Product{"1", "p", "T", "999", "S", "q"}),
			`"channels_shop_product":{"head_img":"p","product_id":"1","sales_price":"999","shop_head_img":"q","shop_nickname":"S","title":"T"}`},
		{kf.ChannelsShopOrder(kf.Order{"1", "T", "9.99", "S", "p", "N"}),
			`"channels_shop_order":{"image_url":"p","order_id":"1","price_wording":"9.99","product_titles":"T","shop_nickname":"N","state":"S"}`},
		{kf.MergedMsg("T", kf.Merged{1, "小明", kf.Text("hi")}), `"merged_msg":{"item":[{"msg_content":"{\"msgtype\":\"text\",\"text\":{\"content\":\"hi\"}}",` +
			`"msgtype":"text","send_time":1,"sender_name":"小明"}],"title":"T"}`},
		{kf.Channels(2, "N", "T"), `"channels":{"nickname":"N","sub_type":2,"title":"T"}`},
		{kf.Message("meeting", nil), `"meeting":{}`},
		{kf.Message("odd", map[string]any{"a": []int{1}}), `"odd":{"a":[1]}`},
	} {
		out := w.say(ann, test.in)
		head := object{}
		m := w.last()
		body := m[test.in.Type]
		for name, value := range m {
			if name != test.in.Type {
				head[name] = value
			}
		}
		want := object{"msgid": out.Message, "open_kfid": w.account.ID(), "external_userid": ann, "send_time": 1790856000, "origin": 3, "msgtype": test.in.Type}
		if spell(head) != spell(want) || fmt.Sprintf("%q:%s", test.in.Type, spell(body)) != test.want {
			t.Errorf("got  %s %s\nwant %s %s", spell(head), spell(body), spell(want), test.want)
		}
	}
}

func TestMessages_ProductSwitches(t *testing.T) {
	w := quiet(t, kf.Rules{SyncsWithoutToken: -1, HeadImage: true, NumberPrice: true})
	w.say(ann, kf.ChannelsShopProduct(kf.Product{"1", "p", "T", "999", "S", "q"}))
	want := `{"head_image":"p","product_id":"1","sales_price":999,"shop_head_image":"q","shop_nickname":"S","title":"T"}`
	if got := spell(w.last()["channels_shop_product"]); got != want {
		t.Errorf("got %s", got)
	}
	w.say(ann, kf.ChannelsShopProduct(kf.Product{Price: "no number"}))
	if got := w.last()["channels_shop_product"]; got == nil {
		t.Error("no body at all")
	}
}

func TestEvents_Bodies(t *testing.T) {
	w := quiet(t, free())
	common := `"external_userid":"` + ann + `","open_kfid":"` + w.account.ID() + `"`
	message := w.say(ann, kf.Text("hello")).Message
	for _, test := range []struct {
		in   kf.Inbound
		want string
	}{
		{kf.Enter("s", "a b"), `{"event_type":"enter_session",` + common + `,"scene":"s","scene_param":"a b"}`},
		{kf.Enter("", ""), `{"event_type":"enter_session",` + common + `}`},
		{kf.EnterFromChannels(1, "N"), `{"event_type":"enter_session",` + common + `,"wechat_channels":{"nickname":"N","scene":1}}`},
		{kf.EnterFromChannels(4, "N"), `{"event_type":"enter_session",` + common + `,"wechat_channels":{"scene":4,"shop_nickname":"N"}}`},
		{kf.Recall(message), `{"event_type":"user_recall_msg",` + common + `,"recall_msgid":"` + message + `"}`},
		{kf.Event("odd", map[string]any{"x": 1}), `{"event_type":"odd",` + common + `,"x":1}`},
		{kf.Event("bare", nil), `{"event_type":"bare",` + common + `}`},
	} {
		out := w.say(ann, test.in)
		m := w.last()
		if spell(m["event"]) != test.want || m["msgid"] != out.Message || m["origin"] != 4.0 || m["open_kfid"] != nil || m["external_userid"] != nil {
			t.Errorf("got %s, want %s", spell(m), test.want)
		}
	}
}

func TestEvents_Switches(t *testing.T) {
	w := quiet(t, kf.Rules{SyncsWithoutToken: -1, BareEvents: true, RawSceneParam: true})
	w.say(ann, kf.Enter("s", "a b"))
	m := w.last()
	if len(m) != 2 || m["event"].(object)["scene_param"] != "a+b" {
		t.Errorf("bare: %s", spell(m))
	}
	w.SetRules(kf.Rules{SyncsWithoutToken: -1, EventIDs: true})
	w.say(ann, kf.Enter("s", "a b"))
	if m := w.last(); m["open_kfid"] != w.account.ID() || m["external_userid"] != ann || m["msgid"] == nil {
		t.Errorf("with ids: %s", spell(m))
	}
}

func TestRecall_OnlyTheirOwn(t *testing.T) {
	w := quiet(t, free())
	message := w.say(ann, kf.Text("hello")).Message
	for customer, recalled := range map[string]string{bob: message, ann: "x", stranger: ""} {
		if _, err := w.account.Begin(kf.Push{Customer: customer, Content: kf.Recall(recalled)}); !errors.Is(err, kf.ErrNotTheirs) {
			t.Errorf("%s: %v", customer, err)
		}
	}
	w.say(ann, kf.Recall(message))
	if got := contents(w.messages()); got != "hello <nil>" { // It stays.
		t.Errorf("got %s", got)
	}
}

func TestMessages_TooLargeMediaIsAText(t *testing.T) {
	w := quiet(t, free())
	for kind, most := range map[string]int{"image": 2 << 20, "voice": 2 << 20, "video": 10 << 20, "file": 20 << 20} {
		in := map[string]func(string) kf.Inbound{"image": kf.Image, "voice": kf.Voice, "video": kf.Video, "file": kf.File}[kind]
		w.say(ann, in(w.corp.Keep(kind, "a", make([]byte, most))))
		if got := w.last()["msgtype"]; got != kind {
			t.Errorf("%s at its limit: %v", kind, got)
		}
		w.say(ann, in(w.corp.Keep(kind, "a", make([]byte, most+1))))
		if got := w.last(); got["msgtype"] != "text" || !strings.Contains(contents([]object{got}), "MB") {
			t.Errorf("%s beyond it: %s", kind, spell(got))
		}
	}
}

// TestTranscript_WhatIsSaid compares what the page shows of a customer's messages.
func TestTranscript_WhatIsSaid(t *testing.T) {
	w := quiet(t, free())
	for _, test := range []struct {
		in   kf.Inbound
		text string
		want *transcript.Detail
	}{
		{kf.Text("hello"), "hello", nil},
		{kf.Image("M"), "", &transcript.Detail{Media: "M"}},
		{kf.Location(23.1, 113.3, "N", "A"), "N A", &transcript.Detail{Title: "N", Description: "A", Latitude: 23.1, Longitude: 113.3}},
		{kf.Link("T", "D", "u", "p"), "T", &transcript.Detail{Title: "T", Description: "D", URL: "u", Picture: "p"}},
		{kf.Enter("s", "p"), "s p", nil},
	} {
		out := w.say(ann, test.in)
		entries := w.account.Transcript(ann)
		e := entries[len(entries)-1]
		if e.Kind != transcript.Said || e.Text != test.text || e.Message != out.Message || spell(e.Detail) != spell(test.want) {
			t.Errorf("%s: %+v %+v", test.in.Type, e, e.Detail)
		}
	}
}
