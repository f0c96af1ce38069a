package browser

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chuanhuabot/bot/sdk"
)

const botYAML = `
listen: "127.0.0.1:0"
channels:
  wx:
    mp: {path: /wx, app_id: wx0000000000000001, app_secret: made-up, mode: safe, account: verified, voice_page: /wx/voice,
         oauth: true, original_id: gh_000000000001}
  work:
    kf: {path: /kf, corp_id: ww0000000000000001, token: kftoken, aes_key: abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG}
plugins: {echo: {}}
routes: [{to: [echo]}]
`

// desk is `bot sandbox`, the binary that people run.
type desk struct {
	t       *testing.T
	yaml    string
	url     string
	command *exec.Cmd
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	d := &desk{t: t, yaml: botYAML}
	d.start("127.0.0.1:0")
	return d
}

// program is where TestMain has put the bot.
func program() string { return filepath.Join(os.Getenv("BROWSER_TEST_DIR"), "bot") }

// TestMain builds the bot, once for all tests, or is the plugin of a bot.
func TestMain(m *testing.M) {
	if len(os.Args) == 2 && os.Args[1] == beSlow {
		sdk.Serve(sdk.HandlerFunc(slow))
		return
	}
	dir, err := os.MkdirTemp("", "bot-browser-")
	if err == nil {
		err = os.Setenv("BROWSER_TEST_DIR", dir)
	}
	if err == nil {
		build := exec.Command("go", "build", "-C", "../..", "-buildvcs=false", "-o", program(), ".")
		build.Stderr = os.Stderr
		err = build.Run()
	}
	status := 1
	if err != nil {
		fmt.Fprintln(os.Stderr, "build the bot:", err)
	} else {
		status = m.Run()
	}
	_ = os.RemoveAll(dir)
	os.Exit(status)
}

func (d *desk) start(listen string) {
	d.t.Helper()
	dir := d.t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "bot.yaml"), []byte(d.yaml), 0o600); err != nil {
		d.t.Fatal(err)
	}
	d.command = exec.Command(program(), "sandbox", "--listen", listen)
	d.command.Dir = dir
	var log bytes.Buffer
	d.command.Stderr = &log
	out, err := d.command.StdoutPipe()
	if err != nil {
		d.t.Fatal(err)
	}
	if err := d.command.Start(); err != nil {
		d.t.Fatal(err)
	}
	d.t.Cleanup(func() {
		d.stop()
		if d.t.Failed() {
			d.t.Log(log.String())
		}
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		d.t.Fatalf("the sandbox did not begin: %v", err)
	}
	d.url = strings.TrimSpace(line)
}

// stop ends the sandbox. Calling it again is harmless.
func (d *desk) stop() {
	if d.command.ProcessState != nil {
		return
	}
	_ = d.command.Process.Signal(os.Interrupt)
	if err := d.command.Wait(); err != nil {
		d.t.Errorf("the sandbox ended with %v", err)
	}
}

// do calls the control API.
func (d *desk) do(method, path, body string) map[string]any {
	d.t.Helper()
	r, err := http.NewRequestWithContext(d.t.Context(), method, d.url+"api/"+path, strings.NewReader(body))
	if err != nil {
		d.t.Fatal(err)
	}
	client := http.Client{Timeout: time.Minute}
	response, err := client.Do(r)
	if err != nil {
		d.t.Fatal(err)
	}
	defer response.Body.Close()
	var answer map[string]any
	if err := json.NewDecoder(response.Body).Decode(&answer); err != nil || response.StatusCode != http.StatusOK {
		d.t.Fatalf("%s %s: %s %v, %v", method, path, response.Status, answer, err)
	}
	return answer
}

// media returns the bytes of media of an account.
func (d *desk) media(account, id string) []byte {
	d.t.Helper()
	response, err := http.Get(d.url + "api/accounts/" + account + "/media/" + id)
	if err != nil {
		d.t.Fatal(err)
	}
	defer response.Body.Close()
	data, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		d.t.Fatalf("media %s: %s, %v", id, response.Status, err)
	}
	return data
}

// person returns the id of an account, and the one that 小明 has there.
func (d *desk) person(account string) (id, person string) {
	d.t.Helper()
	for _, a := range d.do("GET", "state", "")["accounts"].([]any) {
		a := a.(map[string]any)
		for _, p := range a["people"].([]any) {
			if p := p.(map[string]any); a["name"] == account && p["name"] == "小明" {
				return a["id"].(string), p["id"].(string)
			}
		}
	}
	d.t.Fatalf("there is no account %s", account)
	return "", ""
}
