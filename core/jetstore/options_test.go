package jetstore

import (
	"strings"
	"testing"

	"github.com/chuanhuabot/bot/core"
	"github.com/chuanhuabot/bot/sdk"
)

func TestOptions_Complete(t *testing.T) {
	for _, c := range []struct {
		name string
		opts Options
		want string
	}{
		{"neither", Options{}, "exactly one of"},
		{"both", Options{Dir: "data", URL: sdk.NewSecret("nats://host")}, "exactly one of"},
		{"dot in the name", Options{Dir: "data", Name: "my.bot"}, `"my.bot"`},
		{"wildcard in the name", Options{Dir: "data", Name: "*"}, "letters"},
		{"space in the name", Options{Dir: "data", Name: "a b"}, "letters"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, err := c.opts.complete(); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want one with %q", err, c.want)
			}
			if _, err := Open(t.Context(), c.opts); err == nil {
				t.Error("Open took it")
			}
		})
	}
	got, err := Options{Dir: "data"}.complete()
	if err != nil || got.Name != "bot" || got.Log == nil || got.memory != core.Memory {
		t.Errorf("defaults: %+v, %v", got, err)
	}
}

func TestRedact(t *testing.T) {
	for _, c := range []struct{ name, url, want string }{
		{"bare host", "localhost", "nats://localhost"},
		{"host and port", "localhost:4222", "nats://localhost:4222"},
		{"password", "nats://me:hunter2@host:4222", "nats://host:4222"},
		{"token", "nats://hunter2@host", "nats://host"},
		{"password without scheme", "me:hunter2@host:4222", "nats://host:4222"},
		{"several", "nats://me:hunter2@a:1, tls://me:hunter2@b:2", "nats://a:1,tls://b:2"},
		{"query", "nats://host:4222/?token=hunter2", "nats://host:4222"},
		{"v6", "nats://[::1]:4222", "nats://[::1]:4222"},
		{"percent", "nats://me:hunter2%@host", ""},
		{"slash in the password", "nats://me:hunter2/@host", ""},
		{"control byte", "nats://me:hunter2\n@host", ""},
		{"no host", "nats://me:hunter2@", ""},
		{"comma at the end", "nats://me:hunter2@host,", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := redact(sdk.NewSecret(c.url))
			if got != c.want || (err == nil) != (c.want != "") {
				t.Errorf("redact = %q, %v; want %q", got, err, c.want)
			}
			if err != nil && strings.Contains(err.Error(), "hunter2") {
				t.Errorf("the password is in the error: %v", err)
			}
		})
	}
}
