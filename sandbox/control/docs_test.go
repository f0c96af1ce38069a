package control_test

import (
	"encoding/json"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var (
	route = regexp.MustCompile("`(GET|POST|PUT|PATCH|DELETE)\\s(/api/[^`?]*)")
	block = regexp.MustCompile("(?s)```json\n(.*?)```")
)

// TestDocuments_EveryCallIsThere holds that both languages describe the same calls, and the server has each of them.
func TestDocuments_EveryCallIsThere(t *testing.T) {
	d := newDesk(t)
	var described [2][]string
	for i, name := range []string{"sandbox-api.md", "sandbox-api.zh.md"} {
		text, err := os.ReadFile("../../docs/" + name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range route.FindAllStringSubmatch(string(text), -1) {
			described[i] = append(described[i], m[1]+" "+m[2])
			if m[2] == "/api/events" {
				continue // It does not end.
			}
			path := strings.NewReplacer("{account}", "nobody", "{platform}", "mp", "{id}", "x").Replace(m[2])
			if _, answer := d.do(m[1], path, object{}); strings.HasPrefix(spell(answer["error"]), `"there is no `+m[1]) {
				t.Errorf("%s: %v", name, answer)
			}
		}
		for _, m := range block.FindAllStringSubmatch(string(text), -1) {
			if !json.Valid([]byte(m[1])) {
				t.Errorf("%s: no JSON: %.100s", name, m[1])
			}
		}
		slices.Sort(described[i])
		described[i] = slices.Compact(described[i])
	}
	if len(described[0]) < 28 || !slices.Equal(described[0], described[1]) {
		t.Errorf("%d calls in English: %v\n%d in Chinese: %v", len(described[0]), described[0], len(described[1]), described[1])
	}
}

// TestDocuments_ObjectsAreAsShown compares what the server says with the keys that the document shows.
func TestDocuments_ObjectsAreAsShown(t *testing.T) {
	d := newDesk(t)
	d.mp("wx")
	d.kf("work")
	d.ok("POST", "/api/accounts/wx/say", object{"person": "小明", "text": "你好"})
	text, err := os.ReadFile("../../docs/sandbox-api.md")
	if err != nil {
		t.Fatal(err)
	}
	var shown []object
	for _, m := range block.FindAllStringSubmatch(string(text), -1) {
		var v object
		if err := json.Unmarshal([]byte(m[1]), &v); err != nil {
			t.Fatal(err)
		}
		shown = append(shown, v)
	}
	first := func(list string) object {
		return d.ok("GET", "/api/"+map[string]string{"entries": "transcript"}[list]+strings.TrimPrefix(list, "entries"), nil)[list].([]any)[0].(object)
	}
	accounts := func(v object) (mp, kf object) {
		all := v["accounts"].([]any)
		return all[0].(object), all[1].(object)
	}
	realMP, realKF := accounts(d.state())
	shownMP, shownKF := accounts(shown[0])
	for name, pair := range map[string][2]object{
		"state":    {d.state(), shown[0]},
		"mp":       {realMP, shownMP},
		"kf":       {realKF, shownKF},
		"entry":    {first("entries"), shown[1]},
		"exchange": {first("exchanges"), shown[2]},
		"outcome":  {d.ok("POST", "/api/accounts/wx/say", object{"person": "小明", "text": "hi"}), shown[4]},
	} {
		for key := range pair[0] {
			if _, ok := pair[1][key]; !ok {
				t.Errorf("%s: the document does not show %q", name, key)
			}
		}
		for key := range pair[1] {
			if _, ok := pair[0][key]; !ok && key != "detail" && key != "menu" && key != "page" {
				t.Errorf("%s: the document shows %q, which is not there", name, key)
			}
		}
	}
}

// TestDocuments_EveryRuleIsThere holds that the reference has each rule of the platforms, and no other.
func TestDocuments_EveryRuleIsThere(t *testing.T) {
	text, err := os.ReadFile("../../docs/sandbox-rules.md")
	if err != nil {
		t.Fatal(err)
	}
	mp, kf, _ := strings.Cut(string(text), "## `kf`")
	rules := newDesk(t).state()["rules"].(object)
	for platform, part := range map[string]string{"mp": mp, "kf": kf} {
		described := regexp.MustCompile("(?m)^\\| `([a-z_]+)` \\| [a-z ]+ \\| \\S").FindAllStringSubmatch(part, -1)
		var names []string
		for _, m := range described {
			names = append(names, m[1])
		}
		slices.Sort(names)
		var there []string
		for name := range rules[platform].(object) {
			there = append(there, name)
		}
		slices.Sort(there)
		if !slices.Equal(names, there) {
			t.Errorf("%s: described %v, there are %v", platform, names, there)
		}
	}
}
