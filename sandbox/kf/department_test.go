package kf_test

import (
	"fmt"
	"testing"

	"github.com/chuanhuabot/bot/sandbox/kf"
)

// TestDepartment_ServesAsAWhole holds that its members get customers, and that the list names the department and not them.
func TestDepartment_ServesAsAWhole(t *testing.T) {
	w := quiet(t, kf.Rules{})
	w.corp.AddMember("wangwu", "王五")
	w.corp.AddDepartment(2, "wangwu", "nobody")
	if got := w.accepted(w.get("user/simplelist?department_id=2&access_token=" + w.token))["userlist"]; fmt.Sprint(got) != "[map[department:[2] name:王五 userid:wangwu]]" {
		t.Errorf("the department has %v", got)
	}
	w.refused(w.get("user/simplelist?department_id=9&access_token="+w.token), 60003)
	w.accepted(w.post("kf/servicer/add", object{"open_kfid": w.account.ID(), "department_id_list": []int{2, 9}}))
	list := fmt.Sprint(w.accepted(w.get("kf/servicer/list?open_kfid=" + w.account.ID() + "&access_token=" + w.token))["servicer_list"])
	if want := "[map[department_id:2] map[status:0 stop_type:0 userid:zhangsan] map[status:0 stop_type:0 userid:lisi]]"; list != want && list != "[map[department_id:2] map[status:0 userid:zhangsan] map[status:0 userid:lisi]]" {
		t.Errorf("the servicers are %s", list)
	}
	w.say(ann, kf.Text("hello"))
	w.accepted(w.trans(kf.StateServicer, "wangwu"))
}
