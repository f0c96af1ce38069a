package mp_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/chuanhuabot/bot/sandbox/mp"
)

// menuAccount is an account of a platform without a bot.
func menuAccount(t *testing.T, kind string) *mp.Account {
	t.Helper()
	p := mp.New(mp.Options{})
	t.Cleanup(p.Close)
	a, err := p.Add(mp.Settings{ID: "gh_menu", AppID: "wxmenu", Secret: "s", Token: "testtoken", Kind: kind})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestSetMenu_TakesWhatThePlatformTakes(t *testing.T) {
	a := menuAccount(t, mp.Verified)
	item := func(b mp.Button) []mp.Button { b.Name = "a"; return []mp.Button{b} }
	for name, test := range map[string]struct {
		menu []mp.Button
		ok   bool
	}{
		"a key":                      {item(mp.Button{Type: "click", Key: "K"}), true},
		"a key without a type":       {item(mp.Button{Key: "K"}), false},
		"a type that nobody knows":   {item(mp.Button{Type: "clack", Key: "K"}), false},
		"a page":                     {item(mp.Button{Type: "view", URL: "https://example.com"}), true},
		"a script":                   {item(mp.Button{Type: "view", URL: "javascript:alert(1)"}), false},
		"a mini program":             {item(mp.Button{Type: "miniprogram", URL: "https://example.com", App: "wx1", Page: "p"}), true},
		"a mini program of nobody":   {item(mp.Button{Type: "miniprogram", URL: "https://example.com", Page: "p"}), false},
		"a material":                 {item(mp.Button{Type: "media_id", Media: "M"}), true},
		"no material":                {item(mp.Button{Type: "view_limited", Key: "M"}), false},
		"an article":                 {item(mp.Button{Type: "article_view_limited", Article: "A"}), true},
		"no article":                 {item(mp.Button{Type: "article_id"}), false},
		"a long name at the top":     {[]mp.Button{{Name: strings.Repeat("a", 17), Type: "click", Key: "K"}}, false},
		"a name as long below":       {item(mp.Button{Children: []mp.Button{{Name: strings.Repeat("a", 60), Type: "click", Key: "K"}}}), true},
		"a longer one below":         {item(mp.Button{Children: []mp.Button{{Name: strings.Repeat("a", 61), Type: "click", Key: "K"}}}), false},
		"a third level":              {item(mp.Button{Children: item(mp.Button{Children: item(mp.Button{Type: "click", Key: "K"})})}), false},
		"six below":                  {item(mp.Button{Children: make([]mp.Button, 6)}), false},
		"four at the top":            {make([]mp.Button, 4), false},
		"a key that is a byte large": {item(mp.Button{Type: "click", Key: strings.Repeat("k", 129)}), false},
	} {
		if err := a.SetMenu(test.menu); (err == nil) != test.ok {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := a.SetMenu(nil); err != nil || len(a.Menu()) != 0 {
		t.Errorf("%v, %v", a.Menu(), err)
	}
}

func TestTap_IsTheEventOfTheItem(t *testing.T) {
	a := menuAccount(t, mp.Unverified)
	err := a.SetMenu([]mp.Button{
		{Name: "a", Type: "click", Key: "HELP"},
		{Name: "b", Type: "miniprogram", URL: "https://example.com/mini", App: "wx1", Page: "pages/index"},
		{Name: "c", Children: []mp.Button{
			{Name: "d", Type: "scancode_waitmsg", Key: "WAIT"}, {Name: "e", Type: "scancode_push", Key: "SCAN"},
			{Name: "f", Type: "pic_weixin", Key: "PIC"}, {Name: "g", Type: "location_select", Key: "PLACE"},
			{Name: "h", Type: "view", URL: "https://example.com/"},
		}},
	})
	if err != nil {
		t.Fatal(err)
	}
	for key, want := range map[string]string{
		"HELP": "CLICK", "WAIT": "scancode_waitmsg", "SCAN": "scancode_push", "PIC": "pic_weixin", "PLACE": "location_select", "OTHER": "CLICK",
	} {
		if got := a.TapKey(key); got.Event != want {
			t.Errorf("%s: got %+v", key, got)
		}
	}
	for url, want := range map[string]string{
		"https://example.com/mini": "view_miniprogram", "https://example.com/": "VIEW", "https://example.com/other": "VIEW",
	} {
		if got := a.TapURL(url); got.Event != want {
			t.Errorf("%s: got %+v", url, got)
		}
	}
}

func TestMenuCalls_ForAccountsThatHaveOne(t *testing.T) {
	for kind, code := range map[string]int{mp.Unverified: 48001, mp.Verified: 46003} {
		c := newClient(t, kind, mp.Rules{})
		c.refused(c.get("/cgi-bin/menu/get?access_token=TOKEN"), code)
	}
	c := newClient(t, mp.Unverified, mp.Rules{})
	c.refused(c.get("/cgi-bin/menu/delete?access_token=TOKEN"), 48001)
}

func TestMenuCreate_CodesOfWhatIsWrong(t *testing.T) {
	c := newClient(t, mp.Verified, mp.Rules{})
	for menu, code := range map[string]int{
		`[]`:                       40016,
		`[{"name":"a","key":"K"}]`: 40017,
		`[{"name":"` + strings.Repeat("a", 17) + `","type":"click","key":"K"}]`:                 40018,
		`[{"name":"a","type":"click","key":"` + strings.Repeat("k", 129) + `"}]`:                40019,
		`[{"name":"a","type":"view","url":"http://` + strings.Repeat("u", 1024) + `"}]`:         40020,
		`[{"name":"a","sub_button":[{"name":"b","sub_button":[{"name":"c","type":"click"}]}]}]`: 40022,
		`[{"name":"a","sub_button":[{},{},{},{},{},{}]}]`:                                       40023,
		`[{"name":"a","sub_button":[{"name":"b"}]}]`:                                            40024,
		`[{"name":"a","sub_button":[{"name":"` + strings.Repeat("a", 61) + `"}]}]`:              40025,
		`[{"name":"\u4f60","type":"click","key":"K"}]`:                                          40033,
	} {
		c.refused(c.post("/cgi-bin/menu/create?access_token=TOKEN", `{"button":`+menu+`}`), code)
	}
}

func TestCallbackCheck(t *testing.T) {
	c := newClient(t, mp.Verified, mp.Rules{})
	for url, want := range map[string]string{
		"http://127.0.0.1:8080/wx": `{"dns":[{"ip":"127.0.0.1","real_operator":"UNKNOWN"}],"ping":[{"from_operator":"CAP","ip":"127.0.0.1","package_loss":"0%","time":"0.031ms"}]}`,
		"http://localhost/wx":      `"package_loss":"0%"`,
		"https://203.0.113.8/wx":   `"package_loss":"100%"`,
		"https://bot.invalid/wx":   `{"dns":[],"ping":[]}`,
		"https://[2001:db8::1]/wx": `"ip":"2001:db8::1"`,
	} {
		c.aim(url)
		got, err := json.Marshal(c.post("/cgi-bin/callback/check?access_token=TOKEN", `{"action":"all","check_operator":"DEFAULT"}`))
		if err != nil || !strings.Contains(string(got), want) {
			t.Errorf("%q: %s, %v", url, got, err)
		}
	}
	c.aim("")
	c.refused(c.post("/cgi-bin/callback/check?access_token=TOKEN", `{"action":"all","check_operator":"DEFAULT"}`), 40201)
}

// aim sets the URL that the platform calls.
func (c *client) aim(url string) {
	c.t.Helper()
	s := c.account.Settings()
	s.URL = url
	if err := c.account.Set(s); err != nil {
		c.t.Fatal(err)
	}
}
