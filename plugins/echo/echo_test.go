package echo_test

import (
	"encoding/json"
	"errors"
	"slices"
	"testing"

	"go.uber.org/goleak"

	"github.com/chuanhuabot/bot/plugins/echo"
	"github.com/chuanhuabot/bot/sdk"
	"github.com/chuanhuabot/bot/sdk/sdktest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestHandle_EveryKind(t *testing.T) {
	p := sdktest.Start(t, echo.New())
	answers := map[sdk.Kind]struct {
		content sdk.Content
		want    string
	}{
		sdk.KindText:     {sdk.Text{Text: "你好 & <b>\n"}, "你发送的消息是: 你好 & <b>\n"},
		sdk.KindImage:    {sdk.Image{Media: sdk.Media{ID: "M"}}, "收到一条图片消息"},
		sdk.KindVoice:    {sdk.Voice{Media: sdk.Media{ID: "M"}}, "收到一条语音消息"},
		sdk.KindVideo:    {sdk.Video{}, "收到一条视频消息"},
		sdk.KindFile:     {sdk.File{}, "收到一条文件消息"},
		sdk.KindLocation: {sdk.Location{Label: "广州"}, "收到一条位置消息"},
		sdk.KindLink:     {sdk.Link{URL: "https://example.com"}, "收到一条链接消息"},
		sdk.KindMenu:     {sdk.Menu{}, "收到一条菜单消息"},
		sdk.KindEvent:    {sdk.Event{Type: "subscribe"}, "收到一个事件: subscribe"},
		sdk.KindRaw:      {sdk.Raw{Type: "shortvideo"}, "收到一条消息, 类型: shortvideo"},
	}
	for _, kind := range sdk.Kinds() {
		a, ok := answers[kind]
		if !ok {
			t.Errorf("%s: no test", kind)
			continue
		}
		turn := p.Send(a.content)
		if turn.Err != nil || len(turn.Replies) != 1 || !slices.Equal(turn.Texts(), []string{a.want}) {
			t.Errorf("%s: got %+v, want %q", kind, turn, a.want)
		}
		if turn.Passed || turn.Forwarded != nil || turn.HandedOff || turn.Saved != nil {
			t.Errorf("%s: it did more than reply: %+v", kind, turn)
		}
	}
}

// TestHandle_Speech echoes what was said where somebody has recognised it.
func TestHandle_Speech(t *testing.T) {
	p := sdktest.Start(t, echo.New())
	if got := p.Send(sdk.Voice{Transcript: "说了什么"}).Texts(); !slices.Equal(got, []string{"你发送的消息是: 说了什么"}) {
		t.Errorf("got %q", got)
	}
}

func TestConfigure_Prefix(t *testing.T) {
	for name, c := range map[string]struct{ config, want string }{
		"default":   {`{}`, "你发送的消息是: hi"},
		"none":      {`{"prefix": ""}`, "hi"},
		"their own": {`{"prefix": "> "}`, "> hi"},
	} {
		p := sdktest.Start(t, echo.New())
		if err := p.Configure(c.config); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if got := p.Say("hi").Texts(); !slices.Equal(got, []string{c.want}) {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
	}
}

func TestConfigure_Refused(t *testing.T) {
	for config, field := range map[string]string{
		`{"prefx": "> "}`: "prefx", `{"prefix": 1}`: "prefix", `{"prefix": "> "} {}`: "", `[]`: "",
	} {
		err := sdktest.Start(t, echo.New()).Configure(config)
		var problems sdk.Problems
		if !errors.As(err, &problems) || len(problems) != 1 || problems[0].Field != field {
			t.Errorf("%s: got %v, want one problem of %q", config, err, field)
		}
	}
}

// TestDescribe_SchemaTellsTheDefault keeps what editors show and what happens the same.
func TestDescribe_SchemaTellsTheDefault(t *testing.T) {
	p := sdktest.Start(t, echo.New())
	about := p.Describe()
	if about.Name != "echo" || about.Version == "" || about.Stateful {
		t.Errorf("got %+v", about)
	}
	var schema struct {
		AdditionalProperties bool
		Properties           map[string]struct{ Default string }
	}
	if err := json.Unmarshal([]byte(about.ConfigSchema), &schema); err != nil {
		t.Fatal(err)
	}
	if schema.AdditionalProperties || len(schema.Properties) != 1 {
		t.Errorf("the schema is %+v", schema)
	}
	if got := p.Say("").Texts(); !slices.Equal(got, []string{schema.Properties["prefix"].Default}) {
		t.Errorf("the prefix is %q, the schema says %q", got, schema.Properties["prefix"].Default)
	}
}
