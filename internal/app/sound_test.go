package app_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chuanhuabot/bot/internal/app"
	"github.com/chuanhuabot/bot/internal/report"
)

// hearing is a bot.yaml without channels whose voice plugin has a configuration.
func hearing(config string) string {
	return "listen: \"127.0.0.1:0\"\nplugins: {voice: {grants: [media, kv], config: " + config + "}}\nroutes: [{to: [voice]}]\n"
}

// TestDoctor_TriesAClip has the voice plugin hear something, and tells what came of it.
func TestDoctor_TriesAClip(t *testing.T) {
	for name, c := range map[string]struct {
		config, says string
		fault        bool
	}{
		"it hears":          {`{backend: command, command: [sh, -c, "head -c 4"]}`, `command has heard the clip: "RIFF"`, false},
		"it answers people": {`{backend: command, mode: reply, command: [sh, -c, "head -c 4"]}`, `识别结果是: RIFF`, false},
		"it hears nothing":  {`{backend: command, command: ["true"]}`, "has not heard the clip", false},
		"it fails":          {`{backend: command, command: [sh, -c, "echo no model >&2; exit 2"]}`, "exit status 2: no model", true},
		"nobody hears":      {`{}`, "voice has no backend", false},
	} {
		t.Run(name, func(t *testing.T) {
			var out bytes.Buffer
			err := app.Doctor(t.Context(), write(t, hearing(c.config)), report.English, &out)
			if errors.Is(err, app.ErrProblems) != c.fault || !strings.Contains(out.String(), c.says) || !strings.Contains(out.String(), "ffmpeg converts AMR") {
				t.Errorf("%v\n%s", err, out.String())
			}
		})
	}
}

// TestNoFFmpeg holds that a bot starts without it, says so once, and tells the doctor's patient.
func TestNoFFmpeg(t *testing.T) {
	text := strings.Replace(hearing(`{backend: command, command: [`+filepath.Join(mustLook(t), "cat")+`], formats: [amr]}`), "plugins:",
		"data: "+t.TempDir()+"\nchannels: {wx: {mp: {path: /wx, app_id: wx0000000000000000, token: testtoken}}}\nplugins:", 1)
	t.Setenv("PATH", t.TempDir())
	b := run(t, text)
	if n := strings.Count(b.log.String(), "there is no ffmpeg"); n != 1 {
		t.Errorf("the log says it %d times:\n%s", n, b.log.String())
	}
	if err := b.stop(); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	_ = app.Doctor(t.Context(), write(t, strings.Replace(text, "channels: {wx: {mp: {path: /wx, app_id: wx0000000000000000, token: testtoken}}}\n", "", 1)), report.English, &out)
	if !strings.Contains(out.String(), "there is no ffmpeg") || !strings.Contains(out.String(), `command has heard the clip: "#!AMR`) {
		t.Errorf("%s", out.String())
	}
}

// mustLook returns the folder of cat.
func mustLook(t *testing.T) string {
	t.Helper()
	for _, dir := range []string{"/bin", "/usr/bin"} {
		if _, err := os.Stat(filepath.Join(dir, "cat")); err == nil {
			return dir
		}
	}
	t.Fatal("there is no cat")
	return ""
}

// TestCheck_TellsOfVoice says which backend there is.
func TestCheck_TellsOfVoice(t *testing.T) {
	for config, want := range map[string]string{
		`{}`: "voice: no backend, so nothing is recognised; sound is converted by ffmpeg",
		`{backend: openai, url: "http://127.0.0.1:1/"}`: "voice: openai; sound is converted by ffmpeg",
	} {
		var out bytes.Buffer
		if err := app.Check(t.Context(), write(t, hearing(config)), &out); err != nil || !strings.Contains(out.String(), want) {
			t.Errorf("%s: %v, %s", config, err, out.String())
		}
	}
	var out bytes.Buffer
	err := app.Check(t.Context(), write(t, hearing(`{backend: openai}`)), &out)
	if !errors.Is(err, app.ErrProblems) || !strings.Contains(out.String(), "url: is missing") {
		t.Errorf("%v, %s", err, out.String())
	}
}
