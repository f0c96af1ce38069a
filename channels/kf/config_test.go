package kf

import (
	"fmt"
	"log/slog"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chuanhuabot/bot/core/memstore"
	"github.com/chuanhuabot/bot/sdk"
)

func TestValidate_WhatIsRight(t *testing.T) {
	for name, change := range map[string]func(*Config){
		"the usual":             func(*Config) {},
		"no secret yet":         func(c *Config) { c.Secret = sdk.Secret{} },
		"a path of two":         func(c *Config) { c.Path = "/hooks/kf" },
		"a short token":         func(c *Config) { c.Token = sdk.NewSecret("a") },
		"a long token":          func(c *Config) { c.Token = sdk.NewSecret(long(32)) },
		"a key that is changed": func(c *Config) { c.PreviousAESKey = sdk.NewSecret(strings.Repeat("x", 43)) },
		"an API of its own":     func(c *Config) { c.APIBase = "http://127.0.0.1:8080/api" },
		"a proxy":               func(c *Config) { c.Proxy = sdk.NewSecret("socks5://user:pass@10.0.0.1:1080") },
		"some accounts":         func(c *Config) { c.Accounts = []string{account, "wk_-1"} },
		"the least": func(c *Config) {
			c.Poll, c.ColdStart, c.Confirm, c.Freshness, c.TextLimit = 10*time.Second, 0, 0, 30*time.Second, 256
		},
		"the most": func(c *Config) {
			c.Poll, c.ColdStart, c.Confirm, c.TextLimit = time.Hour, 72*time.Hour, 10*time.Minute, 65536
		},
		"another quota":            func(c *Config) { c.Quota, c.QuotaFor = 1, time.Minute },
		"silk":                     func(c *Config) { c.VoiceFormat = "silk" },
		"nothing said":             func(c *Config) { c.More, c.Handoff.Notice = "", "" },
		"a word as long as can be": func(c *Config) { c.More = long(512) },
		"servicers": func(c *Config) {
			c.Handoff = Handoff{To: "servicer", Servicers: []string{zhang, li}, Notice: long(1024)}
		},
	} {
		c := testConfig()
		change(&c)
		if err := c.Validate().Err(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestValidate_NamesTheField(t *testing.T) {
	for _, one := range []struct {
		name, field string
		spoil       func(*Config)
	}{
		{"no path", "path", func(c *Config) { c.Path = "" }},
		{"relative path", "path", func(c *Config) { c.Path = "kf" }},
		{"path with a query", "path", func(c *Config) { c.Path = "/kf?a=b" }},
		{"path with a place", "path", func(c *Config) { c.Path = "/:kf" }},
		{"path with a newline", "path", func(c *Config) { c.Path = "/kf\n" }},
		{"no corp_id", "corp_id", func(c *Config) { c.CorpID = "" }},
		{"corp_id with a blank", "corp_id", func(c *Config) { c.CorpID = "ww 1" }},
		{"corp_id in Chinese", "corp_id", func(c *Config) { c.CorpID = "企业" }},
		{"no token", "token", func(c *Config) { c.Token = sdk.Secret{} }},
		{"long token", "token", func(c *Config) { c.Token = sdk.NewSecret(long(33)) }},
		{"token with a dash", "token", func(c *Config) { c.Token = sdk.NewSecret("abc-def") }},
		{"token with a newline", "token", func(c *Config) { c.Token = sdk.NewSecret("abcdef\n") }},
		{"no aes_key", "aes_key", func(c *Config) { c.AESKey = sdk.Secret{} }},
		{"short aes_key", "aes_key", func(c *Config) { c.AESKey = sdk.NewSecret(long(42)) }},
		{"aes_key with its =", "aes_key", func(c *Config) { c.AESKey = sdk.NewSecret(testKey + "=") }},
		{"wrong previous_aes_key", "previous_aes_key", func(c *Config) { c.PreviousAESKey = sdk.NewSecret("x") }},
		{"api_base without scheme", "api_base", func(c *Config) { c.APIBase = "qyapi.weixin.qq.com" }},
		{"no api_base", "api_base", func(c *Config) { c.APIBase = "" }},
		{"proxy of an unknown kind", "proxy", func(c *Config) { c.Proxy = sdk.NewSecret("ftp://10.0.0.1") }},
		{"account of a strange kind", "accounts", func(c *Config) { c.Accounts = []string{account, "", "wk/1"} }},
		{"long account", "accounts", func(c *Config) { c.Accounts = []string{long(65)} }},
		{"poll that is punished", "poll", func(c *Config) { c.Poll = 5 * time.Second }},
		{"poll that nobody waits for", "poll", func(c *Config) { c.Poll = 2 * time.Hour }},
		{"cold_start before", "cold_start", func(c *Config) { c.ColdStart = -time.Second }},
		{"cold_start beyond", "cold_start", func(c *Config) { c.ColdStart = 73 * time.Hour }},
		{"unknown voice_format", "voice_format", func(c *Config) { c.VoiceFormat = "mp3" }},
		{"window that refuses retries", "freshness", func(c *Config) { c.Freshness = 10 * time.Second }},
		{"tiny text", "text_limit", func(c *Config) { c.TextLimit = 1; c.More = "" }},
		{"huge text", "text_limit", func(c *Config) { c.TextLimit = 1 << 20 }},
		{"long more", "more", func(c *Config) { c.More = long(513) }},
		{"no quota", "quota", func(c *Config) { c.Quota = 0 }},
		{"huge quota", "quota", func(c *Config) { c.Quota = 1001 }},
		{"short window", "quota_for", func(c *Config) { c.QuotaFor = time.Second }},
		{"long window", "quota_for", func(c *Config) { c.QuotaFor = 1000 * time.Hour }},
		{"confirm before", "confirm", func(c *Config) { c.Confirm = -1 }},
		{"long confirm", "confirm", func(c *Config) { c.Confirm = time.Hour }},
		{"handoff to nobody", "handoff.to", func(c *Config) { c.Handoff.To = "boss" }},
		{"long notice", "handoff.notice", func(c *Config) { c.Handoff.Notice = long(1025) }},
		{"blank servicer", "handoff.servicers", func(c *Config) { c.Handoff.Servicers = []string{zhang, " "} }},
		{"long servicer", "handoff.servicers", func(c *Config) { c.Handoff.Servicers = []string{long(65)} }},
	} {
		c := testConfig()
		one.spoil(&c)
		problems := c.Validate()
		if len(problems) != 1 || problems[0].Field != one.field {
			t.Errorf("%s: got %v, want one problem of %s", one.name, problems, one.field)
		}
		_, err := New("work", c, memstore.New(), "this machine", slog.New(slog.DiscardHandler))
		if len(sdk.ProblemsOf(err)) != 1 {
			t.Errorf("%s: New said %v", one.name, err)
		}
	}
}

func TestValidate_FindsAllProblemsAndTellsNoSecret(t *testing.T) {
	c := Config{
		Secret: sdk.NewSecret("secret-hush"), Token: sdk.NewSecret("hush-hush"), AESKey: sdk.NewSecret("secret-key"),
		PreviousAESKey: sdk.NewSecret("older-key"), Proxy: sdk.NewSecret("ftp://user:hush@example.com"),
	}
	problems := c.Validate()
	if len(problems) != 14 {
		t.Errorf("found %d problems: %v", len(problems), problems)
	}
	text := problems.Error() + fmt.Sprintf("%v %+v %#v", c, c, c)
	for _, secret := range []string{"hush", "secret-key", "older-key"} {
		if strings.Contains(text, secret) {
			t.Errorf("%q can be read in %s", secret, text)
		}
	}
	c = testConfig()
	c.Proxy = sdk.NewSecret("http://user:hush@%zz")
	if _, err := New("work", c, memstore.New(), "", slog.New(slog.DiscardHandler)); err == nil || strings.Contains(err.Error(), "hush") {
		t.Errorf("New said %v", err)
	}
}

// TestConfig_Tags holds the tags to what a decoder of bot.yaml needs, the defaults to Validate, and testConfig to the defaults.
func TestConfig_Tags(t *testing.T) {
	c := testConfig()
	checkTags(t, reflect.ValueOf(&c).Elem())
	if err := c.Validate().Err(); err != nil {
		t.Errorf("the defaults make %+v: %v", c, err)
	}
	usual := testConfig()
	usual.More, usual.Confirm, usual.Handoff.Notice = c.More, c.Confirm, c.Handoff.Notice
	if !reflect.DeepEqual(c, usual) {
		t.Errorf("the defaults make %+v, the tests are made for %+v", c, usual)
	}
}

func checkTags(t *testing.T, v reflect.Value) {
	t.Helper()
	for i := range v.NumField() {
		f := v.Type().Field(i)
		if f.Tag.Get("yaml") == "" || !strings.HasSuffix(f.Tag.Get("doc"), ".") {
			t.Errorf("%s has no yaml or doc tag", f.Name)
		}
		if f.Type == reflect.TypeFor[Handoff]() {
			checkTags(t, v.Field(i))
		}
		text, ok := f.Tag.Lookup("default")
		if ok {
			setDefault(t, v.Field(i), text)
		}
		if enum, ok := f.Tag.Lookup("enum"); ok && !strings.Contains("|"+enum+"|", "|"+text+"|") {
			t.Errorf("%s is %s, which is none of %s", f.Name, text, enum)
		}
	}
}

func setDefault(t *testing.T, v reflect.Value, text string) {
	t.Helper()
	var err error
	switch v.Interface().(type) {
	case string:
		v.SetString(text)
	case bool:
		v.SetBool(text == "true")
	case int:
		var n int
		n, err = strconv.Atoi(text)
		v.SetInt(int64(n))
	case time.Duration:
		var d time.Duration
		d, err = time.ParseDuration(text)
		v.SetInt(int64(d))
	default:
		t.Errorf("a default of type %s", v.Type())
	}
	if err != nil {
		t.Error(err)
	}
}
