package app_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/chuanhuabot/bot/internal/app"
	"github.com/chuanhuabot/bot/sdk/verify"
)

// TestVerify_BundledPlugins holds our own plugins to what others are held to.
func TestVerify_BundledPlugins(t *testing.T) {
	configs := map[string]string{
		"echo":  `{"prefix": "> "}`,
		"voice": `{"backend": "openai", "url": "http://127.0.0.1:9/v1/audio/transcriptions"}`,
	}
	for _, name := range app.Bundled() {
		t.Run(name, func(t *testing.T) {
			var out bytes.Buffer
			v := app.Verification{Command: []string{os.Args[0], "plugin", "run", name}, Options: verify.Options{Config: configs[name]}}
			if err := app.Verify(t.Context(), v, &out); err != nil {
				t.Errorf("%v:\n%s", err, &out)
			}
			if text := out.String(); !strings.Contains(text, `"`+name+`"`) || !strings.Contains(text, " 0 failed, ") {
				t.Errorf("it wrote:\n%s", text)
			}
		})
	}
}

func TestVerify_NoPlugin(t *testing.T) {
	for name, c := range map[string]struct {
		v    app.Verification
		want string
	}{
		"a program that is none": {app.Verification{Command: []string{"true"}}, "it ended before the handshake"},
		"no program at all":      {app.Verification{Command: []string{"./nothing"}}, "no such program"},
		"a configuration it knows not": {app.Verification{Command: []string{os.Args[0], "plugin", "run", "echo"},
			Options: verify.Options{Config: `{"prefx": ""}`}}, "give a configuration that works with --config"},
	} {
		t.Run(name, func(t *testing.T) {
			var out bytes.Buffer
			err := app.Verify(t.Context(), c.v, &out)
			if !errors.Is(err, app.ErrProblems) || !strings.Contains(out.String(), c.want) || !strings.Contains(out.String(), "1 failed") {
				t.Errorf("%v:\n%s", err, &out)
			}
		})
	}
}

func TestVerify_JSON(t *testing.T) {
	var out bytes.Buffer
	err := app.Verify(t.Context(), app.Verification{Command: []string{"true"}, JSON: true}, &out)
	var r verify.Report
	if wrong := json.Unmarshal(out.Bytes(), &r); wrong != nil || !errors.Is(err, app.ErrProblems) {
		t.Fatalf("%v, %v:\n%s", wrong, err, &out)
	}
	if r.OK || r.Rules[0].Rule != "handshake" || r.Rules[0].Verdict != verify.Failed || r.Rules[0].Contract == "" {
		t.Errorf("report %+v", r)
	}
}

func TestVerify_ConfigIsNoObject(t *testing.T) {
	for _, config := range []string{"[]", "null", "prefix: x", `"x"`} {
		v := app.Verification{Command: []string{"true"}, Options: verify.Options{Config: config}}
		if err := app.Verify(t.Context(), v, &bytes.Buffer{}); err == nil || !strings.Contains(err.Error(), "must be a JSON object") {
			t.Errorf("%s: error %v", config, err)
		}
	}
}
