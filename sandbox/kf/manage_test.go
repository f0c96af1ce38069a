package kf_test

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chuanhuabot/bot/sandbox/kf"
)

func TestAccounts_AddUpdateListDelete(t *testing.T) {
	w := quiet(t, kf.Rules{})
	picture := w.corp.Keep("image", "a.png", []byte("png"))
	id := w.accepted(w.post("kf/account/add", object{"name": "新账号", "media_id": picture}))["open_kfid"].(string)
	if !strings.HasPrefix(id, "wk") || len(id) != 32 {
		t.Errorf("the id is %s", id)
	}
	w.accepted(w.post("kf/account/update", object{"open_kfid": id, "name": "改名"}))
	names := func(body any) string {
		var all []string
		for _, a := range w.accepted(w.post("kf/account/list", body))["account_list"].([]any) {
			all = append(all, fmt.Sprint(a.(object)["name"], a.(object)["manage_privilege"]))
		}
		return strings.Join(all, " ")
	}
	for body, want := range map[string]string{
		`{}`: "客服小助手true 改名true", `{"offset":1}`: "改名true", `{"limit":1}`: "客服小助手true", `{"offset":9}`: "", `{"offset":0,"limit":100}`: "客服小助手true 改名true",
	} {
		if got := names(body); got != want {
			t.Errorf("%s: %s", body, got)
		}
	}
	w.accepted(w.get("kf/account/list?access_token=" + w.token)) // As older pages have it.
	added := w.corp.Accounts()[1]
	w.accepted(w.post("kf/account/del", object{"open_kfid": id}))
	w.refused(w.post("kf/account/update", object{"open_kfid": id, "name": "x"}), 95004)
	if _, err := added.Say(t.Context(), ann, kf.Text("x")); err != kf.ErrDeleted {
		t.Errorf("got %v", err)
	}
	if err := added.SeatSay(t.Context(), zhang, ann, kf.Text("x")); err != kf.ErrDeleted {
		t.Errorf("got %v", err)
	}
	if err := added.Take(t.Context(), zhang, ann); err != kf.ErrDeleted {
		t.Errorf("got %v", err)
	}
	if other := w.corp.AddAccount("x"); other.ID() == id || len(w.corp.Accounts()) != 2 {
		t.Error("the id of a deleted account is given again")
	}
}

func TestAccounts_Refusals(t *testing.T) {
	w := quiet(t, kf.Rules{})
	w.refused(w.post("kf/account/add", object{"name": ""}), 95006)
	w.refused(w.post("kf/account/add", object{"name": strings.Repeat("好", 17)}), 95006)
	w.accepted(w.post("kf/account/add", object{"name": strings.Repeat("好", 16)}))
	w.refused(w.post("kf/account/add", object{"name": "a", "media_id": "x"}), 40007)
	w.refused(w.post("kf/account/add", "{"), 40058)
	w.refused(w.post("kf/account/list", "{"), 40058)
	w.refused(w.post("kf/account/list", object{"limit": 101}), 40058)
	w.refused(w.post("kf/account/update", object{"open_kfid": w.account.ID(), "name": strings.Repeat("a", 17)}), 95006)
	w.refused(w.post("kf/account/del", object{"open_kfid": "wk1"}), 95004)
	s := w.corp.Settings()
	s.Kind = kf.Unverified
	w.did(w.corp.Set(s))
	for range 8 {
		w.accepted(w.post("kf/account/add", object{"name": "a"}))
	}
	w.refused(w.post("kf/account/add", object{"name": "a"}), 95027)
}

func TestContactWay(t *testing.T) {
	w := quiet(t, kf.Rules{})
	link := func(scene string) string {
		got, _ := w.accepted(w.post("kf/add_contact_way", object{"open_kfid": w.account.ID(), "scene": scene}))["url"].(string)
		if got != w.account.Link(scene) {
			t.Errorf("%s is not %s", got, w.account.Link(scene))
		}
		return got
	}
	plain, one, other := link(""), link("shop-1"), link("shop_2")
	u, err := url.Parse(one)
	if err != nil || u.Host != "work.weixin.qq.com" || !strings.HasPrefix(u.Path, "/kf/kfc") || u.Query().Get("enc_scene") == "" || strings.Contains(one, "shop") {
		t.Errorf("%s, %v", one, err)
	}
	if strings.Contains(plain, "?") || one == other || link("shop-1") != one {
		t.Errorf("%s, %s", plain, other)
	}
	for _, scene := range []string{"a b", "好", strings.Repeat("a", 33)} {
		w.refused(w.post("kf/add_contact_way", object{"open_kfid": w.account.ID(), "scene": scene}), 40058)
	}
	w.refused(w.post("kf/add_contact_way", object{"open_kfid": "wk1"}), 95004)
}

// results writes down what became of each servicer.
func results(answer object) string {
	var all []string
	for _, r := range answer["result_list"].([]any) {
		r := r.(object)
		id := r["userid"]
		if id == nil {
			id = r["department_id"]
		}
		all = append(all, fmt.Sprint(id, " ", r["errcode"], " ", r["errmsg"]))
	}
	return strings.Join(all, ", ")
}

func TestServicers(t *testing.T) {
	w := quiet(t, kf.Rules{})
	call := func(path string, users []string, departments ...int) string {
		return results(w.accepted(w.post("kf/servicer/"+path, object{"open_kfid": w.account.ID(), "userid_list": users, "department_id_list": departments})))
	}
	if got := call("del", []string{zhang, "nobody"}); got != "zhangsan 0 success, nobody 0 ignored" {
		t.Error(got)
	}
	if got := call("add", []string{zhang, li, "nobody"}, 2); got != "zhangsan 0 success, lisi 0 ignored, nobody 60111 userid not found, 2 0 success" {
		t.Error(got)
	}
	statuses := func() string {
		return spell(w.accepted(w.get("kf/servicer/list?open_kfid=" + w.account.ID() + "&access_token=" + w.token))["servicer_list"])
	}
	w.did(w.account.SetReceiving(t.Context(), li, false))
	if got := statuses(); got != `[{"status":1,"stop_type":0,"userid":"lisi"},{"status":0,"userid":"zhangsan"}]` {
		t.Error(got)
	}
	w.account.SetManaged(false)
	if got := statuses(); got != `[{"userid":"lisi"},{"userid":"zhangsan"}]` {
		t.Error(got)
	}
	w.refused(w.get("kf/servicer/list?access_token="+w.token), 40058)
	for _, body := range []any{
		"{", object{"open_kfid": w.account.ID()}, object{"open_kfid": w.account.ID(), "userid_list": make([]string, 101)},
	} {
		w.refused(w.post("kf/servicer/add", body), 40058)
	}
	w.refused(w.post("kf/servicer/add", object{"open_kfid": "wk1", "userid_list": []string{zhang}}), 95004)
	w.corp.AddServicer(zhang, "张三丰")
	if i := slices.IndexFunc(w.account.Servicers(), func(s kf.Servicer) bool { return s.Name == "张三丰" }); i < 0 || len(w.corp.Servicers()) != 2 {
		t.Errorf("%+v", w.account.Servicers())
	}
}

func TestCustomers(t *testing.T) {
	w := quiet(t, kf.Rules{})
	w.say(ann, kf.Enter("shop", "p=1"))
	w.say(bob, kf.Text("hello"))
	w.corp.NameCustomer(ann, "小明")
	ask := func(context int, ids ...string) object {
		return w.accepted(w.post("kf/customer/batchget", object{"external_userid_list": ids, "need_enter_session_context": context}))
	}
	answer := ask(1, ann, bob, stranger)
	one := answer["customer_list"].([]any)[0].(object)
	if one["external_userid"] != ann || one["nickname"] != "小明" || spell(one["enter_session_context"]) != `{"scene":"shop","scene_param":"p=1"}` {
		t.Errorf("got %s", spell(answer))
	}
	if len(answer["customer_list"].([]any)) != 2 || spell(answer["invalid_external_userid"]) != `["`+stranger+`"]` {
		t.Errorf("got %s", spell(answer))
	}
	if one := ask(0, ann)["customer_list"].([]any)[0].(object); one["enter_session_context"] != nil {
		t.Errorf("got %s", spell(one))
	}
	w.clock.Advance(48 * time.Hour)
	w.login()
	w.say(bob, kf.Text("hello"))
	if got := ask(0, ann, bob); len(got["customer_list"].([]any)) != 1 || spell(got["invalid_external_userid"]) != `["`+ann+`"]` {
		t.Errorf("two days later: %s", spell(got))
	}
	for _, body := range []any{"{", object{}, object{"external_userid_list": make([]string, 101)}, object{"external_userid_list": []string{ann}, "need_enter_session_context": 2}} {
		w.refused(w.post("kf/customer/batchget", body), 40058)
	}
}

func TestUpgrade(t *testing.T) {
	w := quiet(t, kf.Rules{})
	s := w.corp.Settings()
	s.Chats = []string{"chat1"}
	w.did(w.corp.Set(s))
	w.say(ann, kf.Text("hello"))
	config := w.accepted(w.get("kf/customer/get_upgrade_service_config?access_token=" + w.token))
	if got := spell(config["member_range"]) + spell(config["groupchat_range"]); got != `{"department_id_list":[],"userid_list":["zhangsan","lisi"]}{"chat_id_list":["chat1"]}` {
		t.Error(got)
	}
	up := func(kind int, member, chat string) object {
		return w.post("kf/customer/upgrade_service", object{
			"open_kfid": w.account.ID(), "external_userid": ann, "type": kind,
			"member": object{"userid": member, "wording": "加我"}, "groupchat": object{"chat_id": chat},
		})
	}
	w.accepted(up(1, zhang, ""))
	w.accepted(up(2, "", "chat1"))
	w.refused(up(1, "nobody", ""), 95021)
	w.refused(up(2, "", "chat2"), 95021)
	w.refused(up(3, zhang, ""), 40058)
	w.refused(w.post("kf/customer/upgrade_service", object{"open_kfid": w.account.ID(), "external_userid": stranger, "type": 1}), 40096)
	w.refused(w.post("kf/customer/upgrade_service", "{"), 40058)
	w.accepted(w.post("kf/customer/cancel_upgrade_service", object{"open_kfid": w.account.ID(), "external_userid": ann}))
	w.refused(w.post("kf/customer/cancel_upgrade_service", object{"open_kfid": "wk1", "external_userid": ann}), 95004)
	if got := seen(w.account.Transcript(ann)); got != "said text hello | saw upgrade_service 加我 | saw upgrade_service 加我 | note cancel_upgrade_service" {
		t.Error(got)
	}
	if got := w.accepted(w.post("kf/get_corp_qualification", "")); got["wechat_channels_binding"] != false {
		t.Errorf("got %v", got)
	}
}
