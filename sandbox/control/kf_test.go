package control_test

import (
	"strings"
	"testing"
	"time"
)

func TestKF_WholePath(t *testing.T) {
	d := newDesk(t)
	d.kf("work")
	d.ok("POST", "/api/accounts/work/enter", object{"person": "小明", "scene": "shop"})
	d.sees("work", "小明", "welcome")
	if out := d.ok("POST", "/api/accounts/work/say", object{"person": "小明", "text": "你好"}); out["answered"] != true || out["tries"] != 1.0 {
		t.Errorf("%v", out)
	}
	d.sees("work", "小明", "echo: 你好")
	if got := d.transcript("work", "小明"); got != "said enter_session shop | saw text welcome | said text 你好 | saw text echo: 你好" {
		t.Error(got)
	}
	var all string
	for deadline := time.Now().Add(5 * time.Second); !strings.Contains(all, "/kf/send_msg?") && time.Now().Before(deadline); {
		all = d.calls("work") // The customer sees a message before the call for it is over.
	}
	if !strings.Contains(all, "/kf/sync_msg?access_token=***") || !strings.Contains(all, "/kf/send_msg?") {
		t.Error(all)
	}
}

// calls returns the addresses that the bot of an account has called.
func (d *desk) calls(account string) string {
	d.t.Helper()
	var calls []string
	for _, e := range d.ok("GET", "/api/exchanges?account="+account, nil)["exchanges"].([]any) {
		e := e.(object)
		if e["direction"] == "call" {
			calls = append(calls, e["url"].(string))
		}
	}
	return strings.Join(calls, " ")
}

func TestKF_EveryType(t *testing.T) {
	d := newDesk(t)
	d.kf("work")
	id := d.ok("POST", "/api/accounts/work/media?type=file&name=a.pdf", []byte("%PDF-1.4"))["media"].(string)
	for name, body := range map[string]object{
		"image": {"type": "image", "media": id}, "voice": {"type": "voice", "media": id}, "video": {"type": "video", "media": id},
		"file": {"type": "file", "media": id}, "location": {"type": "location", "latitude": 39.9, "longitude": 116.4, "label": "北京"},
		"link": {"type": "link", "title": "T", "url": "https://example.com/"}, "odd": {"type": "odd", "fields": object{"a": 1}},
	} {
		body["person"] = name
		d.ok("POST", "/api/accounts/work/say", body)
		if got := d.transcript("work", name); !strings.HasPrefix(got, "said "+name) {
			t.Errorf("%s: %s", name, got)
		}
	}
	d.ok("POST", "/api/accounts/work/say", object{"person": "小明", "text": "满意", "menu_id": "101"})
	d.sees("work", "小明", "echo: 满意")
	d.wrong("POST", "/api/accounts/work/say", object{"person": "小明", "type": "event"}, "event")
	d.wrong("POST", "/api/accounts/work/follow", object{"person": "小明"}, "mp")
}

func TestKF_SeatTakesOverAndEnds(t *testing.T) {
	d := newDesk(t)
	d.kf("work")
	seat := func(action string, more object) object {
		body := object{"person": "小明", "action": action, "servicer": "zhangsan"}
		for key, value := range more {
			body[key] = value
		}
		return body
	}
	d.ok("POST", "/api/accounts/work/say", object{"person": "小明", "text": "one"})
	d.sees("work", "小明", "echo: one")
	d.wrong("POST", "/api/accounts/work/seat", seat("say", object{"text": "hello"}), "hands")
	d.ok("POST", "/api/accounts/work/seat", seat("take", nil))
	if _, p := d.account("work", "小明"); p["state"] != 3.0 || p["servicer"] != "zhangsan" {
		t.Errorf("%v", p)
	}
	said := d.ok("POST", "/api/accounts/work/seat", seat("say", object{"text": "我是张三"}))
	d.sees("work", "小明", "我是张三")
	d.ok("POST", "/api/accounts/work/seat", seat("recall", object{"message": said["message"]}))
	d.ok("POST", "/api/accounts/work/seat", seat("transfer", object{"servicer": "lisi"}))
	d.ok("POST", "/api/accounts/work/seat", seat("end", object{"servicer": "lisi"}))
	if _, p := d.account("work", "小明"); p["state"] != 4.0 {
		t.Errorf("%v", p)
	}
	d.ok("POST", "/api/accounts/work/seat", object{"action": "stop", "servicer": "lisi"})
	if a, _ := d.account("work", "小明"); !strings.Contains(spell(a["servicers"]), `"id":"lisi","name":"李四","receiving":false`) {
		t.Errorf("%v", a["servicers"])
	}
	for words, body := range map[string]object{
		`"dance"`: seat("dance", nil), "text": seat("say", nil), "servicer": seat("take", object{"servicer": "nobody"}),
	} {
		d.wrong("POST", "/api/accounts/work/seat", body, words)
	}
}

func TestKF_RecallAndRefuse(t *testing.T) {
	d := newDesk(t)
	d.kf("work")
	said := d.ok("POST", "/api/accounts/work/say", object{"person": "小明", "text": "one"})
	d.sees("work", "小明", "echo: one")
	d.ok("POST", "/api/accounts/work/recall", object{"person": "小明", "message": said["message"]})
	d.wrong("POST", "/api/accounts/work/recall", object{"person": "小明", "message": "none"}, "message")
	d.wrong("POST", "/api/accounts/work/say", object{"person": "小明", "text": "x", "fields": object{"a": 1}}, "fields")
	d.ok("POST", "/api/accounts/work/refuse", object{"person": "小明", "refuses": true})
	if _, p := d.account("work", "小明"); p["refuses"] != true {
		t.Errorf("%v", p)
	}
}
