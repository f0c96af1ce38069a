package app_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// grammar lets pocketsphinx hear narrowband, which is what customer service gives.
const grammar = "/usr/share/pocketsphinx/test/data/goforward.gram"

// withSpeech has pocketsphinx behind the voice plugin. It takes seconds on a machine that has other things to do.
const withSpeech = `
listen: "127.0.0.1:0"
channels:
  wx: {mp: {path: /wx, app_id: wx0000000000000001, account: verified, app_secret: env:NO_SUCH_SECRET}}
  own: {mp: {path: /own, app_id: wx0000000000000002, app_secret: env:NO_SUCH_SECRET, voice_page: /own/voice}}
  work: {kf: {path: /kf, corp_id: ww0123456789abcdef, token: env:NO_SUCH_TOKEN, aes_key: env:NO_SUCH_KEY}}
plugins:
  echo: {}
  voice:
    grants: [media, kv]
    timeout: 60s
    config:
      backend: command
      timeout: 55s
      command: [pocketsphinx_continuous, -logfn, /dev/null, -infile, "{file}", -jsgf, ` + grammar + `]
routes: [{when: {text: "^forbidden$"}, to: []}, {to: [voice, echo]}]
`

// words is what the person of the recordings says, as echo repeats it.
const words = "你发送的消息是: go forward ten meters"

// recorded gives the platform a recording of somebody's, and returns its id.
func (d *desk) recorded(account, name string) string {
	d.t.Helper()
	data, err := os.ReadFile(filepath.Join("../../sdk/sniff/testdata", name))
	if err != nil {
		d.t.Fatal(err)
	}
	return d.do("POST", "accounts/"+account+"/media?type=voice&name="+name, string(data))["media"].(string)
}

// speak sends a recording as somebody's voice.
func (d *desk) speak(account, name string) {
	d.t.Helper()
	id := d.recorded(account, name)
	d.do("POST", "accounts/"+account+"/say", `{"person":"小明","type":"voice","media":"`+id+`"}`)
}

// next returns what the person sees next at an account: it waits for that half a minute. after is the number of what was seen last.
func (d *desk) next(account string, after *float64) string {
	d.t.Helper()
	for range 6 {
		got := d.do("GET", fmt.Sprintf("transcript?account=%s&person=%%E5%%B0%%8F%%E6%%98%%8E&kind=saw&after=%.0f&wait=5s", account, *after), "")
		if entries := got["entries"].([]any); len(entries) > 0 {
			entry := entries[0].(map[string]any)
			*after = entry["number"].(float64)
			return fmt.Sprint(entry)
		}
	}
	d.t.Errorf("%s: nothing is seen\n%s", account, d.log.String())
	return ""
}

// TestSpeech_WholePath sends recordings of a person from the phone to the platforms, from there through ffmpeg and pocketsphinx to the next
// plugin, and its answer back.
func TestSpeech_WholePath(t *testing.T) {
	d := sandboxed(t, withSpeech)
	after := 0.0
	d.do("PATCH", "rules", `{"mp":{"open_media":true}}`) // An unverified account gets media where the platform lets it.
	for _, account := range []string{"wx", "own", "work"} {
		for _, name := range []string{"go.amrwb", "go.amr"} {
			d.speak(account, name)
			entry := d.next(account, &after)
			if !strings.Contains(entry, words) {
				t.Errorf("%s: %s: got %s", account, name, entry)
			}
		}
	}
}

// TestSpeech_TurnsTellTheWords holds that the sandbox has what the plugin has forwarded.
func TestSpeech_TurnsTellTheWords(t *testing.T) {
	d := sandboxed(t, withSpeech)
	after := 0.0
	d.do("POST", "accounts/wx/say", `{"person":"小明","type":"voice","media":"`+d.recorded("wx", "go.amr")+`","recognition":"`+strings.Repeat("好", 2000)+`"}`)
	if entry := d.next("wx", &after); !strings.Contains(entry, "好好") {
		t.Errorf("got %s", entry)
	}
	for until := time.Now().Add(10 * time.Second); ; {
		turns := d.do("GET", "turns", "")["turns"].([]any)
		if len(turns) == 0 {
			if time.Now().After(until) {
				t.Fatal("no turn is told of")
			}
			continue // It is told of when it is over, which is after its answer.
		}
		steps := turns[0].(map[string]any)["steps"].([]any)
		if got := steps[0].(map[string]any)["forwarded"]; got != strings.Repeat("好", 1365)+"…" {
			t.Errorf("forwarded %v", got)
		}
		if got, ok := steps[1].(map[string]any)["forwarded"]; ok {
			t.Errorf("the last step has forwarded %v", got)
		}
		return
	}
}

// TestSpeech_DamagedAndForbidden holds that a person is told, once, and nothing else happens.
func TestSpeech_DamagedAndForbidden(t *testing.T) {
	d := sandboxed(t, withSpeech)
	after := 0.0
	for account, name := range map[string]string{"wx": "amr.c", "own": "go.amr", "work": "make.sh"} {
		d.speak(account, name)
		if entry := d.next(account, &after); !strings.Contains(entry, "收到你的语音消息，但没有听清。") {
			t.Errorf("%s: got %s", account, entry)
		}
		after = 0
	}
	if n := strings.Count(d.log.String(), "a voice was not recognised"); n != 3 {
		t.Errorf("the log says it %d times:\n%s", n, d.log.String())
	}
}
