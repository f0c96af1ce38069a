package app_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chuanhuabot/bot/internal/app"
	"github.com/chuanhuabot/bot/internal/config"
	"github.com/chuanhuabot/bot/internal/logtest"
	"github.com/chuanhuabot/bot/sdk"
)

// signed is a plugin that answers with what its environment says.
func signed(_ context.Context, m *sdk.Message, r sdk.Responder) error {
	return r.Reply(sdk.Text{Text: os.Getenv("SIGN") + ": " + m.Text()})
}

// changing is a bot whose bot.yaml changes.
type changing struct {
	t     *testing.T
	path  string
	again chan struct{}
	log   *logtest.Buffer
	phone phone
}

func newChanging(t *testing.T, text string, watch bool) *changing {
	t.Helper()
	c := &changing{t: t, path: write(t, text), again: make(chan struct{}, 1), log: &logtest.Buffer{}}
	load := func() (*config.Config, error) { return config.Load(c.path, config.Options{Bundled: app.Bundled()}) }
	loaded, err := load()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	a, err := app.New(ctx, loaded, c.log.Logger())
	if err != nil {
		t.Fatal(err)
	}
	a.Follow(app.Source{Path: c.path, Load: load, Loaded: loaded, Again: c.again, Watch: watch})
	ended := make(chan error, 1)
	go func() { ended <- a.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	c.phone = call(t, "http://"+a.Addr().String()+"/wx", "plain")
	return c
}

// edit writes bot.yaml anew.
func (c *changing) edit(text string) {
	c.t.Helper()
	self, err := os.Executable()
	if err != nil {
		c.t.Fatal(err)
	}
	if err := os.WriteFile(c.path, []byte(strings.ReplaceAll(text, "BINARY", fmt.Sprintf("%q", self))), 0o600); err != nil {
		c.t.Fatal(err)
	}
}

// until waits until the log says something so often.
func (c *changing) until(words string, times int) {
	c.t.Helper()
	for deadline := time.Now().Add(20 * time.Second); strings.Count(c.log.String(), words) < times; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			c.t.Fatalf("the log does not say %q %d times:\n%s", words, times, c.log)
		}
	}
}

func (c *changing) wants(text, want string) {
	c.t.Helper()
	if got, err := c.phone.say(c.t, "o1", text); err != nil || got != want {
		c.t.Errorf("got %q, %v, want %q", got, err, want)
	}
}

func signedYAML(sign, rest string) string {
	return `
listen: "127.0.0.1:0"
channels: {wx: {mp: {path: /wx, app_id: wx0000000000000000, token: testtoken}}}
plugins:
  signed: {command: [BINARY, be-signed], env: {SIGN: "` + sign + `"}}
` + rest
}

const toSigned = "routes: [{to: [signed]}]\n"

func TestReload(t *testing.T) {
	c := newChanging(t, signedYAML("one", toSigned), false)
	c.wants("hi", "one: hi")

	c.edit(signedYAML("two", toSigned))
	c.wants("hi", "one: hi") // Nobody has asked for it.
	c.again <- struct{}{}
	c.until("bot.yaml was read again", 1)
	c.wants("hi", "two: hi")

	c.edit(signedYAML("three", "routes: [{to: [nobody]}]\n"))
	c.again <- struct{}{}
	c.until("nothing has changed", 1)
	c.wants("hi", "two: hi")

	c.edit(signedYAML("three", "  broken: {command: [./there-is-none]}\nroutes: [{to: [broken, signed]}]\n"))
	c.again <- struct{}{}
	c.until("everything goes on as before", 1)
	c.wants("hi", "two: hi")

	c.edit(signedYAML("two", "  echo: {}\nroutes: [{when: {text: ^e}, to: [echo]}, {to: [signed]}]\n"))
	replaced := strings.Count(c.log.String(), "plugin replaced")
	c.again <- struct{}{}
	c.until("bot.yaml was read again", 2)
	c.wants("e", "你发送的消息是: e")
	c.wants("hi", "two: hi")
	if now := strings.Count(c.log.String(), "plugin replaced"); now != replaced {
		t.Error("a plugin that has not changed was replaced")
	}

	c.edit(strings.Replace(signedYAML("two", toSigned), "testtoken", "another", 1))
	c.again <- struct{}{}
	c.until("bot.yaml was read again", 3)
	c.until("taken up when the bot is started again", 1)
	c.wants("e", "two: e")
	c.until(`msg="plugin stopped" plugin=echo`, 1)
}

// TestReload_Watches holds that a saved file is enough.
func TestReload_Watches(t *testing.T) {
	c := newChanging(t, signedYAML("one", toSigned), true)
	c.wants("hi", "one: hi")
	c.edit(signedYAML("two", toSigned))
	c.until("bot.yaml was read again", 1)
	c.wants("hi", "two: hi")
}

// TestReload_NewProgram is about a plugin that is built anew while the bot runs.
func TestReload_NewProgram(t *testing.T) {
	script := filepath.Join(t.TempDir(), "plugin.sh")
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	build := func(sign string) {
		t.Helper()
		text := fmt.Sprintf("#!/bin/sh\nSIGN=%s exec %q be-signed\n", sign, self)
		if err := os.WriteFile(script+".new", []byte(text), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(script+".new", script); err != nil {
			t.Fatal(err)
		}
	}
	build("one")
	text := strings.Replace(signedYAML("x", toSigned), `[BINARY, be-signed], env: {SIGN: "x"}`, fmt.Sprintf("[%q]", script), 1)
	c := newChanging(t, text, true)
	c.wants("hi", "one: hi")
	build("second")
	c.until("bot.yaml was read again", 1)
	c.wants("hi", "second: hi")
}

// TestReload_UnderLoad changes a plugin again and again while people talk: nobody loses an answer.
func TestReload_UnderLoad(t *testing.T) {
	c := newChanging(t, signedYAML("0", toSigned), false)
	ctx, stop := context.WithCancel(t.Context())
	var talking sync.WaitGroup
	var answered atomic.Int64
	for person := range 8 {
		talking.Go(func() {
			for n := 0; ctx.Err() == nil; n++ {
				text := fmt.Sprint(person, "-", n)
				got, err := c.phone.say(t, fmt.Sprint("o", person), text)
				if err != nil || !strings.HasSuffix(got, ": "+text) {
					t.Errorf("%s: %q, %v", text, got, err)
					return
				}
				answered.Add(1)
			}
		})
	}
	for n := range 4 {
		c.edit(signedYAML(fmt.Sprint(n+1), toSigned))
		c.again <- struct{}{}
		c.until("bot.yaml was read again", n+1)
	}
	stop()
	talking.Wait()
	c.wants("hi", "4: hi")
	if answered.Load() < 50 {
		t.Errorf("%d answers", answered.Load())
	}
}
