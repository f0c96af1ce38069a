package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chuanhuabot/bot/internal/golden"
)

// testOptions has two bundled plugins and knows a few variables.
func testOptions() Options {
	return Options{Bundled: []string{"echo", "voice"}, Dir: "testdata", LookupEnv: func(name string) (string, bool) {
		value, ok := map[string]string{"GOOD": "hunter2", "MP_SECRET": "hunter2", "MP_TOKEN": "hunter2",
			"MP_AES_KEY": "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG",
			"KF_SECRET":  "hunter2", "KF_TOKEN": "kftoken", "KF_AES_KEY": "GFEDCBA9876543210zyxwvutsrqponmlkjihgfedcba"}[name]
		return value, ok
	}}
}

// Each file in testdata is named after the complaint that stands in the .want file next to it.
func TestParse_Golden(t *testing.T) {
	files, err := filepath.Glob("testdata/*.yaml")
	if err != nil || len(files) < 30 {
		t.Fatalf("only %d files in testdata: %v", len(files), err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".yaml")
		t.Run(name, func(t *testing.T) {
			got := complaint(t, file)
			if strings.Contains(got, "hunter2") {
				t.Errorf("a secret shows:\n%s", got)
			}
			if strings.HasPrefix(name, "warning-") != strings.HasPrefix(got, "warning: ") {
				t.Errorf("the file's name says something else than:\n%s", got)
			}
			golden.Compare(t, strings.TrimSuffix(file, ".yaml")+".want", got)
		})
	}
}

// complaint returns all that is wrong with a file: problems, or else warnings, or else "OK".
func complaint(t *testing.T, file string) string {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	c, err := Parse("bot.yaml", data, testOptions())
	switch {
	case err != nil && c != nil:
		t.Error("a config together with an error")
		fallthrough
	case err != nil:
		return err.Error() + "\n"
	case len(c.Warnings) == 0:
		return "OK\n"
	}
	var b strings.Builder
	for _, w := range c.Warnings {
		b.WriteString("warning: " + w.Error() + "\n")
	}
	return b.String()
}
