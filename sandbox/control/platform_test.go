package control_test

import (
	"net/http"
	"strings"
	"testing"
	"time"
)

func (d *desk) state() object {
	d.t.Helper()
	return d.ok("GET", "/api/state", nil)
}

// account returns what the state says of an account, and of one person on it.
func (d *desk) account(name, person string) (object, object) {
	d.t.Helper()
	for _, a := range d.state()["accounts"].([]any) {
		a := a.(object)
		if a["name"] != name {
			continue
		}
		for _, p := range a["people"].([]any) {
			if p := p.(object); p["name"] == person {
				return a, p
			}
		}
	}
	d.t.Fatalf("no %s on %s in the state", person, name)
	return nil, nil
}

func TestState_SaysWhatThereIs(t *testing.T) {
	d := newDesk(t)
	if s := d.state(); len(s["accounts"].([]any)) != 0 || len(s["people"].([]any)) != 2 || s["moved"] != "0s" || s["now"] != "2026-10-01T12:00:00Z" {
		t.Errorf("a new one: %v", s)
	}
	made := d.mp("wx")
	for _, secret := range []string{"secret", "token", "aes_key", "app_id", "id", "api_base"} {
		if text, _ := made[secret].(string); text == "" {
			t.Errorf("the account has no %s: %v", secret, made)
		}
	}
	a, p := d.account("wx", "小明")
	if a["platform"] != "mp" || a["id"] != made["id"] || a["mode"] != "plain" || a["kind"] != "verified" || p["following"] != false {
		t.Errorf("%v, %v", a, p)
	}
	d.ok("POST", "/api/accounts/wx/say", object{"person": "小明", "text": "hi"})
	_, p = d.account("wx", "小明")
	w := p["windows"].([]any)[0].(object)
	if p["following"] != true || w["left"] != 5.0 || w["after"] != "message" || w["until"] != "2026-10-03T12:00:00Z" {
		t.Errorf("%v", p)
	}
	_, all := d.do("GET", "/api/state", nil)
	for _, secret := range []string{"secret", "token", "aes_key"} {
		if strings.Contains(spell(all), made[secret].(string)) {
			t.Errorf("the state shows the %s", secret)
		}
	}
}

func TestAccounts_Mistakes(t *testing.T) {
	d := newDesk(t)
	d.mp("wx")
	for words, body := range map[string]object{
		`already`:   {"platform": "mp", "name": "wx", "url": "http://127.0.0.1/wx"},
		`machine`:   {"platform": "mp", "name": "a", "url": "http://example.com/wx"},
		`this`:      {"platform": "mp", "name": "a", "url": "ftp://127.0.0.1/wx"},
		`mp kf`:     {"platform": "xy", "name": "a", "url": "http://127.0.0.1/wx"},
		`a name`:    {"platform": "mp", "url": "http://127.0.0.1/wx"},
		`mode`:      {"platform": "mp", "name": "a", "url": "http://127.0.0.1/wx", "mode": "loud"},
		`43`:        {"platform": "mp", "name": "a", "url": "http://127.0.0.1/wx", "aes_key": "short"},
		`Token`:     {"platform": "mp", "name": "a", "url": "http://127.0.0.1/wx", "token": "a b"},
		`a kf name`: {"platform": "kf", "url": "http://127.0.0.1/kf"},
	} {
		d.wrong("POST", "/api/accounts", body, strings.TrimPrefix(words, "a kf "))
	}
}

func TestChange_OfAnAccount(t *testing.T) {
	d := newDesk(t)
	d.mp("wx")
	d.ok("PATCH", "/api/accounts/wx", object{"kind": "unverified", "menu": []object{{"name": "帮助", "type": "click", "key": "HELP"}}})
	if a, _ := d.account("wx", "小明"); a["kind"] != "unverified" || !strings.Contains(spell(a["menu"]), "HELP") {
		t.Errorf("%v", a)
	}
	d.wrong("PATCH", "/api/accounts/wx", object{"mode": "loud"}, "mode")
	d.wrong("PATCH", "/api/accounts/wx", object{"menu": []object{{"name": "a", "type": "click"}}}, "key")
	d.wrong("PATCH", "/api/accounts/wx", object{"menu": []object{{"name": "a", "type": "view", "url": "javascript:alert(1)"}}}, "http")
	d.ok("PATCH", "/api/accounts/wx", object{"menu": []object{}})
	d.wrong("PATCH", "/api/accounts/wx", object{"url": "http://example.com/"}, "machine")
	d.kf("work")
	d.wrong("PATCH", "/api/accounts/work", object{"mode": "safe"}, "mp")
	d.ok("PATCH", "/api/accounts/work", object{"kind": "unverified"})
	if a, _ := d.account("work", "小明"); a["kind"] != "unverified" {
		t.Errorf("%v", a)
	}
}

func TestVerify(t *testing.T) {
	d := newDesk(t)
	d.mp("wx")
	d.kf("work")
	if got := d.ok("POST", "/api/accounts/wx/verify", nil); got["ok"] != false || !strings.Contains(got["why"].(string), "echostr") {
		t.Errorf("a bot that verifies nothing: %v", got)
	}
	if got := d.ok("POST", "/api/accounts/work/verify", nil); got["ok"] != true {
		t.Errorf("a bot that does: %v", got)
	}
}

func TestClock_IsMoved(t *testing.T) {
	d := newDesk(t)
	d.mp("wx")
	d.ok("POST", "/api/accounts/wx/say", object{"person": "小明", "text": "hi"})
	if got := d.ok("POST", "/api/clock", object{"advance": "48h"}); got["now"] != "2026-10-03T12:00:00Z" || got["moved"] != "48h0m0s" {
		t.Errorf("%v", got)
	}
	if _, p := d.account("wx", "小明"); len(p["windows"].([]any)) != 0 {
		t.Errorf("the window is open after 48 hours: %v", p)
	}
	for _, wrong := range []string{"-1s", "0s", "10000h"} {
		d.wrong("POST", "/api/clock", object{"advance": wrong}, "back")
	}
	d.wrong("POST", "/api/clock", object{"advance": 48}, "48h")
}

func TestFaults_OfPushes(t *testing.T) {
	d := newDesk(t)
	d.mp("wx")
	d.wrong("POST", "/api/faults/pushes", object{"account": "wy"}, "wy")
	d.wrong("POST", "/api/faults/pushes", object{"account": "wx", "fault": object{"lost": -1}}, "negative")
	d.wrong("POST", "/api/faults/pushes", object{"account": "wx", "times": -1, "fault": object{"lost": 1}}, "times")
	got := d.ok("POST", "/api/faults/pushes", object{"account": "wx", "times": 2, "fault": object{"truncated": true}})
	if !strings.Contains(spell(got), `"times":2`) || !strings.Contains(spell(d.state()["faults"]), "truncated") {
		t.Errorf("%v", got)
	}
	for i, want := range []bool{false, false, true} { // Half a body has no Content to repeat.
		out := d.ok("POST", "/api/accounts/wx/say", object{"person": "小明", "text": "hello"})
		if reply, _ := out["reply"].(string); strings.Contains(reply, "hello") != want {
			t.Errorf("push %d: %v", i, out)
		}
	}
	d.ok("POST", "/api/faults/pushes", object{"account": "wx", "fault": object{"truncated": true}})
	d.ok("DELETE", "/api/faults", nil)
	if faults := d.state()["faults"].(object); len(faults["pushes"].([]any)) != 0 {
		t.Errorf("%v are left", faults)
	}
}

func TestFaults_OfCalls(t *testing.T) {
	d := newDesk(t)
	d.mp("wx")
	call := func() (object, error) {
		r, err := http.Get(d.url + "/mp/cgi-bin/token")
		if err != nil {
			return nil, err
		}
		defer r.Body.Close()
		return decode(t, r), nil
	}
	d.ok("POST", "/api/faults/calls", object{"platform": "mp", "path": "/cgi-bin/token", "code": 45009})
	if got, err := call(); err != nil || got["errcode"] != 45009.0 {
		t.Errorf("%v, %v", got, err)
	}
	if got, err := call(); err != nil || got["errcode"] != 40002.0 {
		t.Errorf("the next one: %v, %v", got, err)
	}
	d.ok("PUT", "/api/faults/hosts/mp", object{"down": true})
	if got, err := call(); err == nil {
		t.Errorf("the API is not down: %v", got)
	}
	if hosts := spell(d.state()["faults"].(object)["hosts"]); !strings.Contains(hosts, `"mp":{"down":true`) {
		t.Error(hosts)
	}
	d.ok("DELETE", "/api/faults", nil)
	if got, err := call(); err != nil || got["errcode"] != 40002.0 {
		t.Errorf("healed: %v, %v", got, err)
	}
	d.wrong("POST", "/api/faults/calls", object{"platform": "mp"}, "code")
	d.wrong("POST", "/api/faults/calls", object{"platform": "xx", "code": 1}, "xx")
	d.wrong("PUT", "/api/faults/hosts/xx", object{}, "xx")
	d.wrong("PUT", "/api/faults/hosts/mp", object{"slow": "1h"}, "1m")
}

func TestRules_AreSwitched(t *testing.T) {
	d := newDesk(t)
	got := d.ok("PATCH", "/api/rules", object{"mp": object{"take_plain": true, "text_limit": 100, "try_timeout": "2s"}})
	mp := got["mp"].(object)
	if mp["take_plain"] != true || mp["text_limit"] != 100.0 || mp["try_timeout"] != "2s" || mp["tries"] != 3.0 {
		t.Errorf("%v", mp)
	}
	if rules := d.World.MP.Rules(); !rules.TakePlain || rules.TryTimeout != 2*time.Second {
		t.Errorf("%+v", rules)
	}
	if got := d.ok("PATCH", "/api/rules", object{"mp": object{"tries": 1e9, "try_timeout": "99h"}})["mp"].(object); got["tries"] != 20.0 || got["try_timeout"] != "1m0s" {
		t.Errorf("rules without bounds: %v", got)
	}
	d.ok("PATCH", "/api/rules", object{"mp": object{"tries": 3}})
	d.wrong("PATCH", "/api/rules", object{"mp": object{"take_all": true}}, "take_all take_plain")
	d.wrong("PATCH", "/api/rules", object{"mp": object{"tries": 7, "text_limit": "much"}}, "text_limit")
	d.wrong("PATCH", "/api/rules", object{"mp": object{"try_timeout": 5}}, "try_timeout")
	if d.World.MP.Rules().Tries != 3 {
		t.Error("half of what was wrong has taken effect")
	}
}

func TestInvalidate_TakesTokensBack(t *testing.T) {
	d := newDesk(t)
	made := d.mp("wx")
	get := func(path string) object {
		r, err := http.Get(d.url + "/mp" + path)
		if err != nil {
			t.Fatal(err)
		}
		defer r.Body.Close()
		return decode(t, r)
	}
	token := get("/cgi-bin/token?grant_type=client_credential&appid=" + made["app_id"].(string) + "&secret=" + made["secret"].(string))["access_token"].(string)
	if got := get("/cgi-bin/getcallbackip?access_token=" + token); got["ip_list"] == nil {
		t.Errorf("%v", got)
	}
	d.ok("POST", "/api/accounts/wx/invalidate", nil)
	if got := get("/cgi-bin/getcallbackip?access_token=" + token); got["errcode"] != 40001.0 {
		t.Errorf("%v", got)
	}
}
