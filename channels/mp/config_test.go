package mp

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

func TestConfigOfEachModeIsValid(t *testing.T) {
	for _, mode := range []string{ModePlain, ModeCompatible, ModeSafe} {
		c := config(mode)
		if err := c.Validate().Err(); err != nil {
			t.Errorf("%s: %v", mode, err)
		}
	}
}

func TestValidateNamesTheField(t *testing.T) {
	secret := func(s string) sdk.Secret { return sdk.NewSecret(s) }
	cases := []struct {
		name, field string
		spoil       func(*Config)
	}{
		{"no path", "path", func(c *Config) { c.Path = "" }},
		{"relative path", "path", func(c *Config) { c.Path = "wx" }},
		{"path with a query", "path", func(c *Config) { c.Path = "/wx?a=b" }},
		{"no app_id", "app_id", func(c *Config) { c.AppID = "" }},
		{"app_id with a blank", "app_id", func(c *Config) { c.AppID = "wx 1" }},
		{"no token", "token", func(c *Config) { c.Token = sdk.Secret{} }},
		{"short token", "token", func(c *Config) { c.Token = secret("ab") }},
		{"long token", "token", func(c *Config) { c.Token = secret(strings.Repeat("a", 33)) }},
		{"token with a dash", "token", func(c *Config) { c.Token = secret("abc-def") }},
		{"token with a newline", "token", func(c *Config) { c.Token = secret("abcdef\n") }},
		{"no aes_key", "aes_key", func(c *Config) { c.AESKey = sdk.Secret{} }},
		{"short aes_key", "aes_key", func(c *Config) { c.AESKey = secret(strings.Repeat("a", 42)) }},
		{"wrong previous_aes_key", "previous_aes_key", func(c *Config) { c.PreviousAESKey = secret("x") }},
		{"unknown mode", "mode", func(c *Config) { c.Mode = "secure" }},
		{"unknown account", "account", func(c *Config) { c.Account = "gold" }},
		{"api_base without scheme", "api_base", func(c *Config) { c.APIBase = "api.weixin.qq.com" }},
		{"proxy of an unknown kind", "proxy", func(c *Config) { c.Proxy = sdk.NewSecret("ftp://10.0.0.1") }},
		{"no tries", "tries", func(c *Config) { c.Tries = 0 }},
		{"many tries", "tries", func(c *Config) { c.Tries = 11 }},
		{"short try", "try_timeout", func(c *Config) { c.TryTimeout = time.Millisecond }},
		{"window that refuses retries", "freshness", func(c *Config) { c.Freshness = 10 * time.Second }},
		{"a place that is none", "late.waiting", func(c *Config) { c.Late.Read, c.Late.Waiting = true, "wait {lnk} {word}" }},
		{"no place", "late.more", func(c *Config) { c.Late.Read, c.Late.More = true, "there is more" }},
		{"a place of nothing", "late.nothing", func(c *Config) { c.Late.Nothing = "nothing {here}" }},
		{"tiny text", "text_limit", func(c *Config) { c.TextLimit = 1 }},
	}
	for _, one := range cases {
		t.Run(one.name, func(t *testing.T) {
			c := config(ModeSafe)
			one.spoil(&c)
			problems := c.Validate()
			if len(problems) != 1 || problems[0].Field != one.field {
				t.Errorf("got %v, want one problem of %s", problems, one.field)
			}
			if _, err := New("wx", c, memstore.New(), slog.New(slog.DiscardHandler)); len(sdk.ProblemsOf(err)) != 1 {
				t.Errorf("New said %v", err)
			}
		})
	}
}

func TestValidateFindsAllProblemsAndTellsNoSecret(t *testing.T) {
	c := Config{Token: sdk.NewSecret("hush-hush"), AESKey: sdk.NewSecret("secret-key"), Mode: ModeSafe,
		PreviousAESKey: sdk.NewSecret("older-key"), Proxy: sdk.NewSecret("ftp://user:hush@example.com")}
	problems := c.Validate()
	if len(problems) != 16 {
		t.Errorf("found %d problems: %v", len(problems), problems)
	}
	text := problems.Error() + fmt.Sprintf("%v %+v", c.Token, c.AESKey)
	for _, secret := range []string{"hush", "secret-key", "older-key"} {
		if strings.Contains(text, secret) {
			t.Errorf("%q can be read in %s", secret, text)
		}
	}
}

// TestTags holds the tags to what a decoder of bot.yaml needs and the defaults to Validate.
func TestTags(t *testing.T) {
	c := config(ModeSafe)
	v := reflect.ValueOf(&c).Elem()
	for i := range v.NumField() {
		f := v.Type().Field(i)
		if f.Tag.Get("yaml") == "" || !strings.HasSuffix(f.Tag.Get("doc"), ".") {
			t.Errorf("%s has no yaml or doc tag", f.Name)
		}
		if text, ok := f.Tag.Lookup("default"); ok {
			setDefault(t, v.Field(i), text)
		}
	}
	if err := c.Validate().Err(); err != nil || c.Mode != ModePlain || c.TryTimeout != 5*time.Second || c.TextLimit != 2048 || !c.Markdown {
		t.Errorf("the defaults make %+v: %v", c, err)
	}
}

func setDefault(t *testing.T, v reflect.Value, text string) {
	t.Helper()
	switch v.Interface().(type) {
	case string:
		v.SetString(text)
	case bool:
		v.SetBool(text == "true")
	case int:
		n, err := strconv.Atoi(text)
		if err != nil {
			t.Error(err)
		}
		v.SetInt(int64(n))
	case time.Duration:
		d, err := time.ParseDuration(text)
		if err != nil {
			t.Error(err)
		}
		v.SetInt(int64(d))
	default:
		t.Errorf("a default of type %s", v.Type())
	}
}
