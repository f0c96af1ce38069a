package config

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// shipped is the bot.yaml in the root.
const shipped = "../../bot.yaml"

func TestLoad_Shipped(t *testing.T) {
	c, err := Load(shipped, Options{Bundled: []string{"echo", "voice"}, LookupEnv: func(string) (string, bool) { return "", false }})
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Warnings) != 1 || c.Warnings[0].Field != "channels.wx.mp.token" || !strings.Contains(c.Warnings[0].Message, "demo token") {
		t.Errorf("warnings: %v", c.Warnings)
	}
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	if c.Listen != ":8080" || c.Data != filepath.Join(root, "data") || c.NATS != nil || c.Drain != 20*time.Second {
		t.Errorf("got %+v", c)
	}
	if wx, ok := c.Channels.Get("wx"); !ok || wx.MP.Path != "/wx" || wx.MP.Mode != "plain" || wx.MP.Token.Value() != demoToken {
		t.Errorf("channels: got %+v", c.Channels)
	}
	if len(c.Routes) != 2 || !slices.Equal(c.Routes[0].To, []string{"voice", "echo"}) || !slices.Equal(c.Routes[1].To, []string{"echo"}) || !c.Routes[1].When.CatchAll() {
		t.Errorf("routes: got %+v", c.Routes)
	}
}

// What the comments of the shipped file offer works when it is taken up.
func TestLoad_ShippedGoesLive(t *testing.T) {
	data, err := os.ReadFile(shipped)
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, line := range strings.Split(string(data), "\n") {
		switch body := strings.TrimSpace(line); {
		case strings.HasPrefix(body, "token: chuanhua"), strings.HasPrefix(body, "mode: plain"):
			continue
		case isOffer(body):
			line = strings.Replace(line, "# ", "", 1)
		}
		lines = append(lines, line)
	}
	o := testOptions()
	lookup := o.LookupEnv
	o.LookupEnv = func(name string) (string, bool) {
		if name == "HTTP_PROXY" {
			return "http://127.0.0.1:3128", true
		}
		return lookup(name)
	}
	c, err := Parse("bot.yaml", []byte(strings.Join(lines, "\n")), o)
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Warnings) > 0 || c.Channels[0].Value.MP.Mode != "safe" || len(c.Plugins) != 3 || len(c.Routes) != 3 || len(c.Channels[0].Value.MP.Menu) != 2 {
		t.Errorf("got %+v with %v", c, c.Warnings)
	}
}

// isOffer tells a line of YAML that is commented out from a comment.
func isOffer(line string) bool {
	body, ok := strings.CutPrefix(line, "# ")
	body = strings.TrimSpace(body)
	return ok && slices.ContainsFunc([]string{"mode: ", "token: ", "aes_key: ", "app_secret: ", "account: ", "menu:", "faq:", "command: ",
		"timeout: ", "env: ", "config: ", "- {", "work:", "kf:", "path: /kf", "corp_id: ", "secret: "}, func(begin string) bool { return strings.HasPrefix(body, begin) })
}

// designExample is the example that the design gives, with values for its placeholders.
const designExample = `
listen: ":8080"
data: ./data
channels:
  wx:   {mp: {path: /wx, app_id: wx0123456789abcdef, app_secret: env:MP_SECRET, token: env:MP_TOKEN, aes_key: env:MP_AES_KEY,
              mode: safe, account: verified}}
  work: {kf: {path: /kf, corp_id: ww0123456789abcdef, secret: file:./secrets/kf, token: env:KF_TOKEN, aes_key: env:KF_AES_KEY}}
plugins:
  echo:  {}
  voice: {config: {backend: openai, url: "http://127.0.0.1:9000/v1/audio/transcriptions"}}
  faq:   {command: [./faq-plugin], timeout: 20s, config: {file: faq.csv}}
routes:
  - {when: {channel: work, event: enter_session}, to: [faq]}
  - {when: {text: "^/faq "}, to: [faq]}
  - {to: [voice, echo]}
`

func TestParse_DesignExample(t *testing.T) {
	c, err := Parse("bot.yaml", []byte(designExample), testOptions())
	if err != nil || len(c.Warnings) > 0 {
		t.Fatalf("got %v, %v", c, err)
	}
	faq, _ := c.Plugins.Get("faq")
	dir, err := filepath.Abs("testdata")
	if err != nil {
		t.Fatal(err)
	}
	if faq.Bundled() || !slices.Equal(faq.Command, []string{filepath.Join(dir, "faq-plugin")}) || faq.Timeout != 20*time.Second {
		t.Errorf("faq: got %+v", faq)
	}
	if got := string(faq.Config.JSON()); got != `{"file":"faq.csv"}` {
		t.Errorf("config: got %s", got)
	}
	if !slices.Equal(c.Plugins.Keys(), []string{"echo", "voice", "faq"}) || !c.Routes[1].When.Text.MatchString("/faq x") || c.Channels[1].Value.KF.CorpID != "ww0123456789abcdef" {
		t.Errorf("got %+v", c)
	}
}

func TestLoad_NoFile(t *testing.T) {
	c, err := Load("testdata/none.yaml", Options{})
	if c != nil || err == nil || !strings.Contains(err.Error(), "testdata/none.yaml: there is no such file") {
		t.Errorf("got %v, %v", c, err)
	}
}

func TestParse_Paths(t *testing.T) {
	dir := t.TempDir()
	o := testOptions()
	o.Dir = dir
	abs := filepath.Join(dir, "elsewhere")
	text := "data: " + abs + "\nplugins: {a: {command: [./a, ./b]}, b: {command: b}, c: {command: " + abs + "}, d: {command: d/e}}\n"
	c, err := Parse("bot.yaml", []byte(text), o)
	if err != nil {
		t.Fatal(err)
	}
	if c.Data != abs {
		t.Errorf("data: got %s", c.Data)
	}
	for i, want := range [][]string{{filepath.Join(dir, "a"), "./b"}, {"b"}, {abs}, {filepath.Join(dir, "d", "e")}} {
		if got := c.Plugins[i].Value.Command; !slices.Equal(got, want) {
			t.Errorf("command %d: got %v, want %v", i, got, want)
		}
	}
}

const secretive = `
nats: {url: "nats://u:hunter2@h"}
channels: {wx: {mp: {path: /wx, app_id: wx0123456789abcdef, token: hunter2, app_secret: env:GOOD}}}
plugins: {echo: {env: {A: hunter2}, config: {key: hunter2, b: env:GOOD}}, voice: {env: [GOOD]}}
routes: [{to: [echo, voice]}]
`

func TestConfig_PrintsNoSecret(t *testing.T) {
	c, err := Parse("bot.yaml", []byte(secretive), testOptions())
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d"} {
		for _, v := range []any{c, *c, c.NATS, *c.NATS, c.Channels, c.Channels[0].Value.MP, c.Plugins, c.Plugins[0].Value.Env} {
			fmt.Fprintf(&out, verb+"\n", v)
		}
	}
	slog.New(slog.NewTextHandler(&out, nil)).Info("loaded", "config", *c)
	slog.New(slog.NewJSONHandler(&out, nil)).Info("loaded", "config", *c)
	if err := json.NewEncoder(&out).Encode(c); err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{"hunter2", fmt.Sprintf("%x", "hunter2"), fmt.Sprintf("%X", "hunter2"), "104 117 110"} {
		if i := strings.Index(out.String(), secret); i >= 0 {
			t.Errorf("the secret shows: …%s…", out.String()[max(0, i-200):i+20])
		}
	}
}

func TestEnv(t *testing.T) {
	c, err := Parse("bot.yaml", []byte(secretive), testOptions())
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{"A=hunter2", "GOOD=hunter2"} {
		if got := c.Plugins[i].Value.Env.Environ(); !slices.Equal(got, []string{want}) {
			t.Errorf("got %v, want %s", got, want)
		}
	}
}

func TestConfig_Problem(t *testing.T) {
	c, err := Parse("bot.yaml", []byte(secretive), testOptions())
	if err != nil {
		t.Fatal(err)
	}
	if got := c.Problem("plugins.echo.config.key", "m").Error(); got != "bot.yaml:4:51: plugins.echo.config.key: m" {
		t.Errorf("got %s", got)
	}
	if got := (&Config{}).Problem("listen", "m"); got.Field != "listen" || got.Line != 0 {
		t.Errorf("without a file: got %+v", got)
	}
}

func TestLog_Slog(t *testing.T) {
	for level, want := range map[string]slog.Level{"debug": slog.LevelDebug, "info": slog.LevelInfo, "warn": slog.LevelWarn, "error": slog.LevelError} {
		if got := (Log{Level: level}).Slog(); got != want {
			t.Errorf("%s: got %v", level, got)
		}
	}
}

// One word of apology in a route stands for itself, even if it is empty.
func TestRoute_Apology(t *testing.T) {
	c, err := Parse("bot.yaml", []byte("apology: sorry\nplugins: {echo: }\nroutes: [{to: echo, apology: ''}, {to: echo}]\n"), testOptions())
	if err != nil {
		t.Fatal(err)
	}
	if a := c.Routes[0].Apology; c.Apology != "sorry" || a == nil || *a != "" || c.Routes[1].Apology != nil {
		t.Errorf("got %+v", c.Routes)
	}
}

func TestParse_Attach(t *testing.T) {
	text := "plugins: {faq: {command: [./faq]}, new: {}}\nroutes: [{to: [faq, new]}]\n"
	c, err := Parse("bot.yaml", []byte(text), Options{Attach: map[string]string{"new": "/tmp/x"}})
	if err != nil {
		t.Fatal(err)
	}
	faq, attached := c.Plugins[0].Value, c.Plugins[1].Value
	if faq.Attach != "" || attached.Attach != "/tmp/x" || attached.Bundled() || attached.Timeout < time.Hour {
		t.Errorf("%+v, %+v", faq, attached)
	}
	if _, err := Parse("bot.yaml", []byte(text), Options{Attach: map[string]string{"nwe": "/tmp/x"}}); err == nil || !strings.Contains(err.Error(), `did you mean "new"`) {
		t.Errorf("got %v", err)
	}
}
