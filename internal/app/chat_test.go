package app_test

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"

	"github.com/chuanhuabot/bot/channels/console"
	"github.com/chuanhuabot/bot/internal/app"
	"github.com/chuanhuabot/bot/internal/config"
)

func TestChat(t *testing.T) {
	c, err := config.Load(write(t, plain), config.Options{Bundled: app.Bundled()})
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	err = app.Chat(t.Context(), c, console.Options{Name: "console", In: strings.NewReader("你好\n\nagain\n"), Out: &out},
		slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	if got := out.String(); got != "你发送的消息是: 你好\n你发送的消息是: again\n" {
		t.Errorf("got %q", got)
	}
}

func TestChat_AsAnotherChannel(t *testing.T) {
	text := strings.Replace(plain, "routes: [{to: [echo]}]", "routes: [{when: {channel: wx}, to: [echo]}]", 1)
	c, err := config.Load(write(t, text), config.Options{Bundled: app.Bundled()})
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"wx": "你发送的消息是: hi\n", "console": "(no answer)\n"} {
		var out bytes.Buffer
		o := console.Options{Name: name, In: strings.NewReader("hi\n"), Out: &out}
		if err := app.Chat(t.Context(), c, o, slog.New(slog.DiscardHandler)); err != nil {
			t.Fatal(err)
		}
		if out.String() != want {
			t.Errorf("as %s: %q", name, out.String())
		}
	}
}
