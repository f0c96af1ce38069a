package config_test

import (
	"strings"
	"testing"

	"github.com/chuanhuabot/bot/internal/config"
)

func simulated(t *testing.T, text string) (*config.Config, error) {
	t.Helper()
	return config.Parse("bot.yaml", []byte(text), config.Options{
		Dir: t.TempDir(), LookupEnv: func(string) (string, bool) { return "", false }, Bundled: []string{"echo"}, MakeUp: true,
	})
}

func TestMakeUp_CredentialsThatAreLeftOpen(t *testing.T) {
	c, err := simulated(t, `
channels:
  bare: {mp: {path: /a, app_id: wx0123456789abcdef}}
  unset: {mp: {path: /b, app_id: wx0123456789abcdef, mode: safe, token: env:NO_TOKEN, aes_key: file:./none, previous_aes_key: env:NO_KEY,
               app_secret: env:NO_SECRET, proxy: env:NO_PROXY_EITHER}}
  keyless: {mp: {path: /c, app_id: wx0123456789abcdef, mode: compatible}}
  own: {mp: {path: /d, app_id: wx0123456789abcdef, token: chuanhuademo2026, app_secret: mine}}
nats: {url: env:NO_NATS}
plugins: {echo: {}}
routes: [{to: [echo]}]
`)
	if err != nil || len(c.Warnings) != 0 {
		t.Fatalf("%v, %v", err, c.Warnings)
	}
	seen := map[string]bool{}
	for _, e := range c.Channels {
		m := e.Value.MP
		for name, value := range map[string]string{"token": m.Token.Value(), "secret": m.AppSecret.Value(), "key": m.AESKey.Value()} {
			if value == "" && (name != "key" || m.Mode != "plain") || value != "" && seen[value] {
				t.Errorf("%s has the %s %q", e.Key, name, value)
			}
			seen[value] = true
		}
	}
	own, _ := c.Channels.Get("own")
	if own.MP.Token.Value() != "chuanhuademo2026" || own.MP.AppSecret.Value() != "mine" {
		t.Error("what the file has was replaced")
	}
}

// TestMakeUp_NothingElse holds that a sandbox does not hide what is wrong with the file.
func TestMakeUp_NothingElse(t *testing.T) {
	_, err := simulated(t, `
channels:
  wx: {mp: {path: /a, token: "env:not a name", aes_key: short}}
plugins: {echo: {config: {prefix: env:NO_PREFIX}}}
routes: [{to: [echo]}]
`)
	for _, want := range []string{"mp.app_id: missing", "mp.token: write the name", "mp.aes_key: must be exactly 43", "NO_PREFIX is not set"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("no %q in %v", want, err)
		}
	}
}

func TestMakeUp_OnlyWhereItIsAskedFor(t *testing.T) {
	_, err := config.Parse("bot.yaml", []byte("channels: {wx: {mp: {path: /a, app_id: wx1}}}\n"), config.Options{})
	if err == nil || !strings.Contains(err.Error(), "mp.token: missing") {
		t.Errorf("got %v", err)
	}
}
