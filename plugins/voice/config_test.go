package voice_test

import (
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/chuanhuabot/bot/plugins/voice"
	"github.com/chuanhuabot/bot/sdk"
	"github.com/chuanhuabot/bot/sdk/sdktest"
)

func configure(t *testing.T, config string) error {
	t.Helper()
	return sdktest.Start(t, voice.New(slog.New(slog.NewTextHandler(io.Discard, nil)))).Configure(config)
}

func TestConfigure_Right(t *testing.T) {
	for _, config := range []string{
		``, `{}`, `{"mode":"reply"}`, `{"texts":{"unheard":"?"}}`,
		`{"backend":"openai","url":"http://127.0.0.1:9000/inference"}`,
		`{"backend":"openai","url":"https://api.example.com/v1/audio/transcriptions","language":"","formats":["wav","mp3"],"at_once":1}`,
		`{"backend":"tencent","secret_id":"a","secret_key":"b"}`,
		`{"backend":"tencent","secret_id":"a","secret_key":"b","formats":["wav"]}`,
		`{"backend":"aliyun","access_key_id":"a","access_key_secret":"b","app_key":"c"}`,
		`{"backend":"command","command":["cat"],"max_seconds":10,"timeout":"1m"}`,
	} {
		if err := configure(t, config); err != nil {
			t.Errorf("%s: %v", config, err)
		}
	}
}

// TestConfigure_Wrong names each field that is wrong, all at once.
func TestConfigure_Wrong(t *testing.T) {
	for config, fields := range map[string][]string{
		`{"bakend":"openai"}`:   {"bakend"},
		`{"backend":"whisper"}`: {"backend"},
		`{"backend":"openai"}`:  {"url"},
		`{"backend":"openai","url":"127.0.0.1:9000","model":""}`:                     {"model", "url"},
		`{"backend":"openai","url":"file:///etc/passwd"}`:                            {"url"},
		`{"backend":"tencent"}`:                                                      {"secret_id", "secret_key"},
		`{"backend":"tencent","secret_id":"a","secret_key":"b","formats":["speex"]}`: {"formats"},
		`{"backend":"aliyun","url":"x"}`:                                             {"access_key_id", "access_key_secret", "app_key", "url"},
		`{"backend":"command"}`:                                                      {"command"},
		`{"backend":"command","command":["no-such-program"]}`:                        {"command"},
		`{"command":["cat"],"url":"http://a/","api_key":"x"}`:                        {"api_key", "command", "url"},
		`{"mode":"both","timeout":"soon","at_once":0,"max_seconds":9000}`:            {"at_once", "max_seconds", "mode", "timeout"},
		`{"timeout":"-1s"}`:                                                          {"timeout"},
		`{"texts":{"reply":"yes"}}`:                                                  {"texts.reply"},
		`{"backend":"openai","url":"http://a/","formats":["vorbis"]}`:                {"formats"},
	} {
		err := configure(t, config)
		var problems sdk.Problems
		if !errors.As(err, &problems) {
			t.Errorf("%s: %v", config, err)
			continue
		}
		found := map[string]bool{}
		for _, p := range problems {
			found[p.Field] = true
		}
		if got := slices.Sorted(maps.Keys(found)); !slices.Equal(got, fields) {
			t.Errorf("%s: problems of %q, want %q", config, got, fields)
		}
	}
	if err := configure(t, `{"secret_key":"hush","api_key":"hush"}`); strings.Contains(err.Error(), "hush") {
		t.Errorf("a secret is told: %v", err)
	}
}

// TestDescribe_SchemaIsTheConfig keeps what editors show and what is taken the same: each property is taken with its default, and no other.
func TestDescribe_SchemaIsTheConfig(t *testing.T) {
	about := sdktest.Start(t, voice.New(slog.New(slog.NewTextHandler(io.Discard, nil)))).Describe()
	if about.Name != "voice" || about.Version == "" || about.Stateful {
		t.Errorf("got %+v", about)
	}
	type property struct {
		Type                 string
		Default              any
		Description          string
		AdditionalProperties *bool
		Properties           map[string]property
	}
	var schema property
	if err := json.Unmarshal([]byte(about.ConfigSchema), &schema); err != nil {
		t.Fatal(err)
	}
	if schema.AdditionalProperties == nil || *schema.AdditionalProperties || len(schema.Properties) != 20 {
		t.Errorf("it has %d properties", len(schema.Properties))
	}
	config := map[string]any{}
	for name, p := range schema.Properties {
		if p.Default != nil {
			config[name] = p.Default
		}
		if p.Description == "" && p.Properties == nil {
			t.Errorf("%s is not described", name)
		}
	}
	words := map[string]any{}
	for name, p := range schema.Properties["texts"].Properties {
		words[name] = p.Default
	}
	config["texts"] = words
	text, err := json.Marshal(config)
	if err != nil {
		t.Fatal(err)
	}
	p, _ := started(t, hosting(nil, nil), string(text))
	if turn := p.Send(said()); !slices.Equal(turn.Texts(), []string{unconfigured}) {
		t.Errorf("with the defaults of the schema: %+v", turn)
	}
	if words["unheard"] != unheard || words["unconfigured"] != unconfigured || words["reply"] != "收到你的语音消息，识别结果是: {text}" {
		t.Errorf("the texts are %v", words)
	}
}
