package app_test

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/chuanhuabot/bot/sdk"
)

// guest is a plugin that uses the Host: it counts messages in a value of its own, and tries what it is told to.
type guest struct{ host sdk.Host }

func (g *guest) UseHost(h sdk.Host) { g.host = h }

func (g *guest) Handle(ctx context.Context, m *sdk.Message, r sdk.Responder) error {
	switch m.Text() {
	case "count":
		value, revision, err := g.host.Get(ctx, "count")
		if err != nil && !errors.Is(err, sdk.ErrNotFound) {
			return err
		}
		n, _ := strconv.Atoi(string(value)) // None is 0.
		if _, err := g.host.Put(ctx, "count", []byte(fmt.Sprint(n+1)), revision); err != nil {
			return err
		}
		return r.Reply(sdk.Text{Text: fmt.Sprint(n + 1)})
	case "send":
		_, err := g.host.Send(ctx, sdk.Outgoing{To: m.Address(), Content: sdk.Text{Text: "news"}, Key: m.ID})
		if errors.Is(err, sdk.ErrNotGranted) {
			return r.Reply(sdk.Text{Text: "not granted"})
		}
		return err
	}
	return r.Pass()
}

// TestHost_GrantsOfBotYAML holds the way from bot.yaml to the plugin's process and back, and that values outlive the bot.
func TestHost_GrantsOfBotYAML(t *testing.T) {
	text := `
listen: "127.0.0.1:0"
data: ` + t.TempDir() + `
channels: {wx: {mp: {path: /wx, app_id: wx0000000000000000, token: testtoken}}}
plugins: {guest: {command: [BINARY, be-a-guest], grants: kv}}
routes: [{to: [guest]}]
`
	for _, want := range []string{"1", "2"} {
		b := run(t, text)
		p := call(t, b.url, "plain")
		if got, err := p.say(t, "o1", "count"); err != nil || got != want {
			t.Errorf("got %q, %v, want %s", got, err, want)
		}
		if got, err := p.say(t, "o1", "send"); err != nil || got != "not granted" {
			t.Errorf("got %q, %v", got, err)
		}
		if err := b.stop(); err != nil {
			t.Fatal(err)
		}
		if log := b.log.String(); !strings.Contains(log, "does not grant it") || !strings.Contains(log, "missing=send") {
			t.Errorf("the log does not tell: %s", log)
		}
	}
}
