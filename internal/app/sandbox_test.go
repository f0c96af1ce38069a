package app_test

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chuanhuabot/bot/internal/app"
	"github.com/chuanhuabot/bot/internal/config"
	"github.com/chuanhuabot/bot/internal/logtest"
)

// desk is a sandbox with a bot behind it that runs until the test ends.
type desk struct {
	t    *testing.T
	url  string
	dir  string // Of bot.yaml.
	log  *logtest.Buffer
	stop func()
}

// sandboxed starts what `bot sandbox` does.
func sandboxed(t *testing.T, text string) *desk {
	t.Helper()
	t.Setenv("TMPDIR", t.TempDir())
	path := write(t, text)
	c, err := config.Load(path, config.Options{Bundled: app.Bundled(), MakeUp: true})
	if err != nil {
		t.Fatal(err)
	}
	d := &desk{t: t, dir: filepath.Dir(path), log: &logtest.Buffer{}}
	ctx, cancel := context.WithCancel(context.Background())
	printed, out := io.Pipe()
	ended := make(chan error, 1)
	go func() {
		err := app.Sandbox(ctx, app.Source{
			Path: path, Loaded: c, Watch: true, MadeUp: true,
			Load: func() (*config.Config, error) {
				return config.Load(path, config.Options{Bundled: app.Bundled(), MakeUp: true})
			},
		}, "127.0.0.1:0", out, d.log.Logger())
		_ = out.CloseWithError(err)
		ended <- err
	}()
	d.stop = sync.OnceFunc(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("sandbox: %v", err)
		}
		http.DefaultClient.CloseIdleConnections()
	})
	t.Cleanup(d.stop)
	line, err := bufio.NewReader(printed).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	d.url = strings.TrimSpace(line)
	return d
}

// do calls the control API.
func (d *desk) do(method, path, body string) map[string]any {
	d.t.Helper()
	r, err := http.NewRequestWithContext(d.t.Context(), method, d.url+"api/"+path, strings.NewReader(body))
	if err != nil {
		d.t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		d.t.Fatal(err)
	}
	defer response.Body.Close()
	var answer map[string]any
	if err := json.NewDecoder(response.Body).Decode(&answer); err != nil || response.StatusCode != http.StatusOK {
		d.t.Fatalf("%s %s: %s %v %v", method, path, response.Status, answer, err)
	}
	return answer
}

const threeModes = `
listen: "127.0.0.1:0"
channels:
  plain: {mp: {path: /plain, app_id: wx0000000000000001}}
  both: {mp: {path: /both, app_id: wx0000000000000002, mode: compatible, token: env:NO_SUCH_TOKEN}}
  safe: {mp: {path: /safe, app_id: wx0000000000000003, mode: safe, aes_key: file:./none, account: verified}}
plugins: {echo: {}}
routes: [{when: {text: "^nothing$"}, to: []}, {to: [echo]}]
`

func TestSandbox_EveryChannelOfBotYAMLAnswers(t *testing.T) {
	d := sandboxed(t, threeModes)
	for _, name := range []string{"plain", "both", "safe"} {
		if got := d.do("POST", "accounts/"+name+"/verify", ""); got["ok"] != true {
			t.Errorf("%s: %v", name, got)
		}
		if got := d.do("POST", "accounts/"+name+"/say", `{"person":"小明","text":"你好"}`); got["reply"] != "你发送的消息是: 你好" || got["tries"] != 1.0 {
			t.Errorf("%s: %v", name, got)
		}
	}
	if got := d.do("GET", "state", "")["accounts"].([]any); len(got) != 3 {
		t.Errorf("%d accounts", len(got))
	}
	d.stop()
	if _, err := os.Stat(filepath.Join(d.dir, "data")); err == nil {
		t.Error("the sandbox writes into the bot's own data")
	}
	if left, err := os.ReadDir(os.Getenv("TMPDIR")); err != nil || len(left) != 0 {
		t.Errorf("left over: %v, %v", left, err)
	}
}

// TestSandbox_TellsWhatTheBotMadeOfAMessage is about what the page shows beside a message, also of an event, which has no id.
func TestSandbox_TellsWhatTheBotMadeOfAMessage(t *testing.T) {
	d := sandboxed(t, threeModes)
	message := d.do("POST", "accounts/safe/say", `{"person":"小明","text":"hi"}`)["message"].(string)
	silent := d.do("POST", "accounts/safe/say", `{"person":"小明","text":"nothing"}`)["message"].(string)
	event := d.do("POST", "accounts/safe/tap", `{"person":"小红","key":"HELP"}`)["message"].(string)
	for id, want := range map[string]string{
		message: `"outcome":"replied","plugin":"echo","replies":1`, silent: `"route":0,"steps":[]`, event: `"plugin":"echo"`,
	} {
		turns := d.do("GET", "turns?account=safe&message="+id, "")["turns"].([]any)
		text, err := json.Marshal(turns)
		if err != nil || len(turns) != 1 || !strings.Contains(string(text), want) || !strings.Contains(string(text), `"channel":"safe"`) {
			t.Errorf("%s: %s", id, text)
		}
	}
	exchange := d.do("GET", "exchanges?message="+message, "")["exchanges"].([]any)[0].(map[string]any)
	for _, field := range []string{"request_plain", "response_plain"} {
		if text := exchange[field].(string); !strings.Contains(text, "hi]]></Content>") {
			t.Errorf("%s: %q", field, text)
		}
	}
}

// TestSandbox_TakesUpWhatIsEdited holds that whoever edits bot.yaml at the desk need not start anything again, and is not told so.
func TestSandbox_TakesUpWhatIsEdited(t *testing.T) {
	d := sandboxed(t, plain)
	path := filepath.Join(d.dir, "bot.yaml")
	edited := strings.Replace(plain, "echo: {}", `echo: {config: {prefix: "Echo: "}}`, 1)
	if err := os.WriteFile(path, []byte(edited), 0o600); err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(20 * time.Second); !strings.Contains(d.log.String(), "bot.yaml was read again"); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("not taken up: %s", d.log)
		}
	}
	if strings.Contains(d.log.String(), "started again") {
		t.Errorf("it says that something waits for a restart: %s", d.log)
	}
}

func TestSandbox_AddressThatIsTaken(t *testing.T) {
	d := sandboxed(t, plain)
	c, err := config.Load(write(t, plain), config.Options{Bundled: app.Bundled(), MakeUp: true})
	if err != nil {
		t.Fatal(err)
	}
	taken := strings.TrimSuffix(strings.TrimPrefix(d.url, "http://"), "/")
	err = app.Sandbox(t.Context(), app.Source{Loaded: c}, taken, io.Discard, d.log.Logger())
	if err == nil || !strings.Contains(err.Error(), "--listen") {
		t.Errorf("got %v", err)
	}
}

func TestSandbox_WhatThePlatformWouldNotTake(t *testing.T) {
	text := strings.Replace(threeModes, "account: verified", "account: test", 1)
	c, err := config.Load(write(t, text), config.Options{Bundled: app.Bundled(), MakeUp: true})
	if err != nil {
		t.Fatal(err)
	}
	var log logtest.Buffer
	err = app.Sandbox(t.Context(), app.Source{Loaded: c}, "127.0.0.1:0", io.Discard, log.Logger())
	if err == nil || !strings.Contains(err.Error(), "channels.safe") || !strings.Contains(err.Error(), "plain mode") {
		t.Errorf("got %v", err)
	}
}
