package browser

import (
	"bytes"
	"encoding/binary"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// recognition is how long pocketsphinx may take on a machine that has other things to do.
const recognition = time.Minute

// What Debian has for tests of pocketsphinx: a person who says heardWords, at 16 kHz, and a grammar.
const (
	spoken     = "/usr/share/pocketsphinx/test/data/goforward.raw"
	grammar    = "/usr/share/pocketsphinx/test/data/goforward.gram"
	heardWords = "go forward ten meters"
)

// newHearingDesk has the plugin voice before echo.
func newHearingDesk(t *testing.T) *desk {
	t.Helper()
	const plugins = `plugins:
  echo: {}
  voice:
    grants: [media, kv]
    timeout: 60s
    config:
      backend: command
      timeout: 55s
      command: [pocketsphinx_continuous, -logfn, /dev/null, -infile, "{file}", -jsgf, ` + grammar + `]
routes: [{to: [voice, echo]}]
`
	before, _, _ := strings.Cut(botYAML, "plugins:")
	d := &desk{t: t, yaml: before + plugins}
	d.start("127.0.0.1:0")
	return d
}

// spokenWAV writes the recording as a file of WAV, with half a second of silence before and behind it.
func spokenWAV(t *testing.T) string {
	t.Helper()
	samples, err := os.ReadFile(spoken)
	if err != nil {
		t.Fatal(err)
	}
	const rate = 16000
	silence := make([]byte, rate) // Of two bytes each.
	size := uint32(len(samples) + 2*len(silence))
	var b bytes.Buffer
	for _, part := range []any{
		[]byte("RIFF"), 36 + size, []byte("WAVEfmt "), uint32(16), uint16(1), uint16(1), uint32(rate), uint32(2 * rate), uint16(2), uint16(16),
		[]byte("data"), size, silence, samples, silence,
	} {
		if err := binary.Write(&b, binary.LittleEndian, part); err != nil {
			t.Fatal(err)
		}
	}
	file := filepath.Join(t.TempDir(), "spoken.wav")
	if err := os.WriteFile(file, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// TestSpeech_OnTheVoicePage speaks into the microphone of a browser that is not WeChat: the plugin recognises it, and the page shows the
// words in place of the length, and the answer.
func TestSpeech_OnTheVoicePage(t *testing.T) {
	d := newHearingDesk(t)
	o := phone
	o.page, o.microphone = d.voicePage("wx"), spokenWAV(t)
	b := d.open(o)
	b.click(`#talk[data-state="ready"]`)
	b.see(`#talk[data-state="recording"]`, "")
	b.until(patience, `document.getElementById("time").textContent.startsWith("0:04")`) // The recording has less.
	b.click(`#talk[data-state="recording"]`)
	b.seeWithin(recognition, ".said .bubble", heardWords)
	b.see(".answer .bubble", "你发送的消息是: "+heardWords)
	b.until(patience, `!document.querySelector(".dots")`)
	b.shot("answered")
	if n := value[int](b, `document.querySelectorAll(".bubble").length`); n != 2 {
		t.Errorf("there are %d bubbles", n)
	}
}

// TestSpeech_OnTheDesk sends voices from the phone of the sandbox: each can be heard where the browser knows its format, or saved, and below it
// stands what the plugin has recognised.
func TestSpeech_OnTheDesk(t *testing.T) {
	d := newHearingDesk(t)
	b := d.open(desktop)
	b.choose("wx")
	clip, err := filepath.Abs("../../sdk/sniff/testdata/go.amrwb")
	if err != nil {
		t.Fatal(err)
	}
	for i, file := range []string{clip, spokenWAV(t)} {
		b.click(test("plus"))
		b.choosing(file, func() { b.click(test("voice-file")) })
		b.until(recognition, `document.querySelectorAll('`+test("heard")+`').length === `+string(rune('1'+i)))
	}
	if got := b.text(test("heard")); strings.Count(got, heardWords) != 2 || strings.Count(got, "voice 的识别结果") != 2 {
		t.Errorf("below the voices stands %s", got)
	}
	b.sees("你发送的消息是: " + heardWords)
	voices := test("bubble") + `[data-kind="said"][data-type="voice"] `
	b.see(voices+"a[download]", "")
	b.click(voices + "button.voice")
	b.see(voices+"button.voice.playing", "4")
	b.click(test("inspector") + " " + test("turn") + " summary")
	b.see(test("inspector")+" .step-words", heardWords)
	b.shot("heard")
	b = d.open(options{width: 320, height: 640, language: "en-US", dark: true}) // What was heard comes with the conversation, too.
	b.until(patience, `document.querySelectorAll('`+test("heard")+`').length === 2`)
	b.shot("phone")
	if value[bool](b, `document.documentElement.scrollWidth > innerWidth`) {
		t.Error("the page is wider than the window")
	}
}
