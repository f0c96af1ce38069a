package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// FuzzParse: whatever stands in the file, there is no panic, there is a config or an error and never both, and a secret
// does not show in what is said about it.
func FuzzParse(f *testing.F) {
	files, err := filepath.Glob("testdata/*.yaml")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range append(files, shipped) {
		data, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data, "s3cr3tvalue")
	}
	f.Fuzz(func(t *testing.T, data []byte, secret string) {
		c, err := Parse("bot.yaml", data, testOptions())
		if (c == nil) == (err == nil) {
			t.Fatalf("config %v, error %v", c, err)
		}
		checkSecret(t, secret)
	})
}

// checkSecret puts a secret where secrets belong, written so that nothing of it could be in a problem by chance.
func checkSecret(t *testing.T, secret string) {
	t.Helper()
	secret = "#" + strings.Map(func(r rune) rune {
		if r < ' ' || r == '\'' || r > '~' {
			return 'x'
		}
		return r
	}, secret) + "#hunter2"
	text := "nats: {url: '" + secret + "', x: 1}\nchannels: {wx: {mp: {path: 1, app_id: 1, token: '" + secret + "', aes_key: '" + secret + "'}}}\n" +
		"plugins: {p: {env: {A: '" + secret + "'}, config: {k: '" + secret + "'}}}\n"
	_, err := Parse("bot.yaml", []byte(text), testOptions())
	if err == nil {
		t.Fatal("no problem")
	}
	if strings.Contains(err.Error(), secret) {
		t.Errorf("the secret shows: %v", err)
	}
}
