package app_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	channelmp "github.com/chuanhuabot/bot/channels/mp"
	"github.com/chuanhuabot/bot/internal/app"
	"github.com/chuanhuabot/bot/internal/config"
	"github.com/chuanhuabot/bot/internal/logtest"
	"github.com/chuanhuabot/bot/internal/report"
	"github.com/chuanhuabot/bot/sandbox/apihost"
	"github.com/chuanhuabot/bot/sandbox/mp"
)

const menuLine = "mode: safe, menu: [{name: 帮助 & <b>, key: HELP}, {name: 更多, sub_button: [{name: 官网, url: 'https://example.com/?a=1&b=2'}, {name: 扫码, type: scancode_waitmsg, key: SCAN}]}]"

// push runs `bot menu push`.
func (c *clinic) push(l report.Language, names ...string) (string, error) {
	var out bytes.Buffer
	err := app.PushMenus(c.t.Context(), write(c.t, c.filled(c.listen)), names, l, &out)
	return out.String(), err
}

// spelled is a menu as the platform has it.
func spelled(t *testing.T, menu []mp.Button) string {
	t.Helper()
	var out strings.Builder
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	if err := e.Encode(menu); err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(out.String())
}

func TestPushMenus(t *testing.T) {
	c := newClinic(t)
	c.write("mode: safe", menuLine)
	out, err := c.push(report.English)
	if want := "channel wx\n  ok       the menu at WeChat is now: 帮助 & <b>, 更多 [官网, 扫码]\n"; err != nil || !strings.HasPrefix(out, want) {
		t.Errorf("%v: %s", err, out)
	}
	want := `[{"type":"click","name":"帮助 & <b>","key":"HELP"},{"name":"更多","sub_button":[{"type":"view","name":"官网","url":"https://example.com/?a=1&b=2"},{"type":"scancode_waitmsg","name":"扫码","key":"SCAN"}]}]`
	if got := spelled(t, c.account.Menu()); got != want {
		t.Errorf("got %s", got)
	}
	if out, err := c.examine(report.English); err != nil || !strings.Contains(out, "the menu at WeChat is that of bot.yaml") {
		t.Errorf("%v: %s", err, out)
	}
	c.write(menuLine, "mode: safe, menu: []")
	if out, err := c.push(report.Chinese, "wx"); err != nil || !strings.Contains(out, "正常  微信上的菜单已删除") || len(c.account.Menu()) != 0 {
		t.Errorf("%v: %s; left: %v", err, out, c.account.Menu())
	}
}

func TestPushMenus_Refused(t *testing.T) {
	for name, test := range map[string]struct {
		spoil func(*clinic)
		want  string
	}{
		"an account without menus": {func(c *clinic) { c.set(func(s *mp.Settings) { s.Kind = mp.Unverified }) }, "the account may not make this call"},
		"a wrong secret":           {func(c *clinic) { c.write(secret, strings.Repeat("0", 32)) }, "the AppSecret is not right (errcode 40125)\n           → set app_secret"},
		"no secret":                {func(c *clinic) { c.write("app_secret: "+secret+", ", "") }, "cannot be set without app_secret\n           → write app_secret"},
		"not on the list":          {func(c *clinic) { c.set(func(s *mp.Settings) { s.Addresses = []string{"203.0.113.7"} }) }, "this server's address 127.0.0.1 is not"},
		"a name that is refused":   {func(c *clinic) { c.fail("/cgi-bin/menu/create", 40018) }, "the length of a button's name is not right (errcode 40018)"},
		"nobody there":             {func(c *clinic) { c.box.World().MP.Host().Suffer(apihost.Outage{Down: true}) }, "no proper answer"},
	} {
		t.Run(name, func(t *testing.T) {
			c := newClinic(t)
			c.write("mode: safe", menuLine)
			test.spoil(c)
			out, err := c.push(report.English)
			if !errors.Is(err, app.ErrProblems) || !strings.Contains(out, "fault    the menu ") || !strings.Contains(out, test.want) {
				t.Errorf("%v: %s", err, out)
			}
			if strings.Contains(out, secret) || len(c.account.Menu()) != 0 {
				t.Errorf("%s; the menu is %v", out, c.account.Menu())
			}
		})
	}
}

func TestPushMenus_NothingToDo(t *testing.T) {
	c := newClinic(t)
	for name, test := range map[string]struct {
		names []string
		want  string
	}{
		"no channel has one":    {nil, "write menu: into the channel wx"},
		"the one named has not": {[]string{"wx"}, "write menu: into the channel wx"},
		"no such channel":       {[]string{"wxx"}, `no channel "wxx"`},
	} {
		if out, err := c.push(report.English, test.names...); err == nil || errors.Is(err, app.ErrProblems) || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v, %s", name, err, out)
		}
	}
}

func TestPushMenus_LeavesOtherAccountsAlone(t *testing.T) {
	c := newClinic(t)
	if err := c.account.SetMenu([]mp.Button{{Type: "click", Name: "old", Key: "OLD"}}); err != nil {
		t.Fatal(err)
	}
	other, err := c.box.World().AddMP("other", mp.Settings{ID: "gh_other", AppID: "wx2", Secret: secret, Token: "testtoken", Kind: mp.Verified})
	if err != nil {
		t.Fatal(err)
	}
	c.write("plugins:", "  other: {mp: {path: /other, app_id: wx2, app_secret: "+secret+", token: testtoken, api_base: \"API\", menu: [{name: new, key: NEW}]}}\nplugins:")
	if out, err := c.push(report.English); err != nil || strings.Contains(out, "channel wx") {
		t.Errorf("%v: %s", err, out)
	}
	if spelled(t, c.account.Menu()) != `[{"type":"click","name":"old","key":"OLD"}]` || spelled(t, other.Menu()) != `[{"type":"click","name":"new","key":"NEW"}]` {
		t.Errorf("wx has %v, other has %v", c.account.Menu(), other.Menu())
	}
}

// TestMenu_ProblemsHaveTheirPlace holds problems of a menu to the lines of the file.
func TestMenu_ProblemsHaveTheirPlace(t *testing.T) {
	text := strings.Replace(plain, "token: testtoken", "token: testtoken, menu: [{name: a, key: k}, {name: b, sub_button: [{name: c, url: ftp://x}]}]", 1)
	_, err := config.Load(write(t, text), config.Options{Bundled: app.Bundled()})
	if err == nil || !strings.Contains(err.Error(), "bot.yaml:3:") || !strings.Contains(err.Error(), "channels.wx.mp.menu[1].sub_button[0].url: must begin with https://") {
		t.Errorf("got %v", err)
	}
}

func TestSandbox_ShowsTheMenusOfBotYAML(t *testing.T) {
	d := sandboxed(t, strings.Replace(threeModes, "app_id: wx0000000000000001", "app_id: wx0000000000000001, menu: [{name: 帮助, key: HELP}, {name: 更多, sub_button: [{name: 官网, url: 'https://example.com'}]}]", 1))
	state, err := json.Marshal(d.do("GET", "state", "")["accounts"])
	if err != nil || !strings.Contains(string(state), `"key":"HELP"`) || strings.Count(string(state), `"menu"`) != 1 || !strings.Contains(string(state), "官网") {
		t.Errorf("%v: %s", err, state)
	}
}

func TestSandbox_MenuThatThePlatformRefuses(t *testing.T) {
	c, err := config.Load(write(t, plain), config.Options{Bundled: app.Bundled(), MakeUp: true})
	if err != nil {
		t.Fatal(err)
	}
	c.Channels[0].Value.MP.Menu = make([]channelmp.Button, 4) // What Load would not let through.
	var log logtest.Buffer
	if err := app.Sandbox(t.Context(), app.Source{Loaded: c}, "127.0.0.1:0", &log, log.Logger()); err == nil || !strings.Contains(err.Error(), "channels.wx.mp.menu") {
		t.Errorf("got %v", err)
	}
}
