package command_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/chuanhuabot/bot/sdk"
	"github.com/chuanhuabot/bot/sdk/command"
	"github.com/chuanhuabot/bot/sdk/sdktest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// told replies with the call.
func told(_ context.Context, c command.Call, r sdk.Responder) error {
	return r.Reply(sdk.Text{Text: c.Name + ` "` + c.Rest + `"`})
}

func mustNew(t *testing.T, commands ...command.Command) *command.Mux {
	t.Helper()
	m, err := command.New(commands...)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestMux_WhatIsACommand(t *testing.T) {
	p := sdktest.Start(t, mustNew(t,
		command.Command{Name: "/weather", Aliases: []string{"天气", "/w"}, Do: told},
		command.Command{Name: "/Wetter", Do: told},
	))
	for text, want := range map[string]string{
		"/weather":                      `/weather ""`,
		"/weather Beijing":              `/weather "Beijing"`,
		"  /weather \t Beijing  now \n": `/weather "Beijing  now"`,
		"/weather\n北京":                  `/weather "北京"`,
		"/WEATHER 北京":                   `/weather "北京"`,
		"／weather　北京":                   `/weather "北京"`,
		"　／ｗｅａｔｈｅｒ　北京　明天　": `/weather "北京　明天"`,
		"天气 北京":                        `/weather "北京"`,
		"/w":                           `/weather ""`,
		"/wetter X":                    `/Wetter "X"`,
		"/weather /weather":            `/weather "/weather"`,
		"/weatherman":                  "",
		"/ weather":                    "",
		"weather":                      "",
		"the /weather":                 "",
		"天气北京":                         "",
		"":                             "",
		"　":                            "",
		"/":                            "",
		strings.Repeat("/weather", 99): "",
	} {
		turn := p.Say(text)
		if turn.Err != nil || turn.Passed != (want == "") || strings.Join(turn.Texts(), "|") != want {
			t.Errorf("%q: got %+v, want %q", text, turn, want)
		}
	}
}

func TestMux_EveryKindOfMessage(t *testing.T) {
	p := sdktest.Start(t, mustNew(t, command.Command{Name: "天气", Do: told}))
	if got := p.Send(sdk.Voice{Transcript: "天气 北京"}).Texts(); !slices.Equal(got, []string{`天气 "北京"`}) {
		t.Errorf("a voice: %q", got)
	}
	for _, c := range []sdk.Content{sdk.Image{}, sdk.Event{Type: "subscribe", Key: "天气"}, sdk.Raw{Type: "天气"}} {
		if turn := p.Send(c); !turn.Passed || turn.Replies != nil {
			t.Errorf("%T: %+v", c, turn)
		}
	}
}

func TestMux_Or(t *testing.T) {
	next := sdk.HandlerFunc(func(_ context.Context, m *sdk.Message, r sdk.Responder) error {
		return r.Reply(sdk.Text{Text: "next: " + m.Text()})
	})
	p := sdktest.Start(t, mustNew(t, command.Command{Name: "/a", Do: told}).Or(next))
	for text, want := range map[string]string{"/a b": `/a "b"`, "　b": "next: 　b"} {
		if got := p.Say(text).Texts(); !slices.Equal(got, []string{want}) {
			t.Errorf("%q: got %q", text, got)
		}
	}
}

func TestMux_AnErrorIsTheTurns(t *testing.T) {
	p := sdktest.Start(t, mustNew(t, command.Command{Name: "/a", Do: func(context.Context, command.Call, sdk.Responder) error {
		return errors.New("no luck")
	}}))
	if turn := p.Say("/a"); turn.Err == nil || !strings.Contains(turn.Err.Error(), "no luck") || turn.Passed {
		t.Errorf("got %+v", turn)
	}
}

func TestMux_Help(t *testing.T) {
	m := mustNew(t,
		command.Command{Name: "/weather", Args: "城市", Doc: "今天的天气", Do: told},
		command.Command{Name: "/debug", Do: told},
		command.Command{Name: "/joke", Doc: "讲个笑话", Do: told},
	)
	if want := "/weather 城市: 今天的天气\n/joke: 讲个笑话"; m.Help() != want {
		t.Errorf("got %q", m.Help())
	}
	helping, err := m.Helping("/help", "说明", "帮助")
	if err != nil {
		t.Fatal(err)
	}
	p := sdktest.Start(t, helping)
	for _, text := range []string{"/help", "帮助", "／Help x"} {
		if got := p.Say(text).Texts(); !slices.Equal(got, []string{m.Help() + "\n/help: 说明"}) {
			t.Errorf("%s: %q", text, got)
		}
	}
	if _, err := helping.Helping("帮助", ""); err == nil {
		t.Error("two commands of one word")
	}
}

func TestNew_Mistakes(t *testing.T) {
	for name, c := range map[string]struct {
		commands []command.Command
		want     []string
	}{
		"no function":     {[]command.Command{{Name: "/a"}}, []string{`"/a" has no function`}},
		"no name":         {[]command.Command{{Do: told}}, []string{`one word, not by ""`}},
		"two words":       {[]command.Command{{Name: "/a b", Do: told}}, []string{`not by "/a b"`}},
		"space around it": {[]command.Command{{Name: "/a　", Do: told}}, []string{"not by"}},
		"too long":        {[]command.Command{{Name: strings.Repeat("a", 257), Do: told}}, []string{"at most 256 bytes"}},
		"twice":           {[]command.Command{{Name: "/a", Do: told}, {Name: "/b", Aliases: []string{"／A"}, Do: told}}, []string{`"/a" and "/b"`, `"／A"`}},
		"its own alias":   {[]command.Command{{Name: "/a", Aliases: []string{"/A"}, Do: told}}, []string{`twice`}},
		"all of them":     {[]command.Command{{Name: "/a"}, {Do: told}}, []string{"no function", "one word"}},
	} {
		_, err := command.New(c.commands...)
		for _, want := range c.want {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%s: no %q in %v", name, want, err)
			}
		}
	}
}

func TestMux_Find(t *testing.T) {
	m := mustNew(t, command.Command{Name: "/a", Do: told})
	call, ok := m.Find(&sdk.Message{Content: sdk.Text{Text: "/A b　c"}})
	if !ok || call.Name != "/a" || call.Rest != "b　c" || !slices.Equal(call.Args(), []string{"b", "c"}) || call.Message == nil {
		t.Errorf("got %+v, %v", call, ok)
	}
	if _, ok := m.Find(&sdk.Message{Content: sdk.Text{Text: "b"}}); ok {
		t.Error("b is a command")
	}
}
