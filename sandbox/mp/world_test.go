package mp_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/chuanhuabot/bot/internal/app"
	"github.com/chuanhuabot/bot/sandbox/clock"
	"github.com/chuanhuabot/bot/sandbox/mp"
	"github.com/chuanhuabot/bot/sandbox/transcript"
	"github.com/chuanhuabot/bot/sdk"
)

// The test binary stands in for the bot's when a bot of bot_test.go starts its plugins.
func TestMain(m *testing.M) {
	switch {
	case len(os.Args) == 4 && os.Args[1] == "plugin":
		fmt.Fprintln(os.Stderr, app.RunBundled(os.Args[3]))
		os.Exit(1)
	case len(os.Args) == 3 && os.Args[1] == "be-slow":
		sdk.Serve(slow{log: os.Args[2]})
	default:
		goleak.VerifyTestMain(m)
	}
}

const (
	ann    = "oTestUser0000000000000000001"
	bob    = "oTestUser0000000000000000002"
	aesKey = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
	oldKey = "GFEDCBA9876543210zyxwvutsrqponmlkjihgfedcba"
)

var noon = time.Date(2026, 10, 1, 12, 0, 0, 0, time.UTC)

func settings(mode string) mp.Settings {
	return mp.Settings{
		ID: "gh_0123456789ab", AppID: "wx0123456789abcdef", Secret: "secret", Token: "testtoken", AESKey: aesKey, PreviousAESKey: oldKey,
		Mode: mode, Kind: mp.Verified,
	}
}

// world is a platform whose clock is moved, with one account and one bot.
type world struct {
	*mp.Platform
	account *mp.Account
	clock   *clock.Moved
	arrived chan *http.Request // Each callback, with its body read, before the bot answers.

	mu     sync.Mutex
	bodies []string // Of the callbacks.
}

// newWorld takes what the bot answers to a callback.
func newWorld(t *testing.T, s mp.Settings, rules mp.Rules, answer http.HandlerFunc) *world {
	t.Helper()
	w := &world{clock: clock.NewMoved(noon), arrived: make(chan *http.Request, 1000)}
	w.Platform = mp.New(mp.Options{Clock: w.clock, Rules: rules})
	t.Cleanup(w.Platform.Close)
	server := httptest.NewServer(http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return // The platform hung up while it sent.
		}
		w.mu.Lock()
		w.bodies = append(w.bodies, string(body))
		w.mu.Unlock()
		w.arrived <- r
		if answer != nil {
			answer(out, r)
		}
	}))
	t.Cleanup(server.Close)
	s.URL = server.URL + "/wx"
	var err error
	if w.account, err = w.Add(s); err != nil {
		t.Fatal(err)
	}
	return w
}

// sent returns the bodies of the callbacks that have arrived.
func (w *world) sent() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.bodies)
}

// says answers every callback with a text.
func says(text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, text) }
}

// hangs answers nothing until the platform hangs up.
func hangs(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }

// push says something in the background; the outcome comes when the platform has it.
func (w *world) push(t *testing.T, push mp.Push) <-chan *mp.Outcome {
	done := make(chan *mp.Outcome, 1)
	go func() {
		out, err := w.account.Push(t.Context(), push)
		if err != nil {
			t.Errorf("push: %v", err)
		}
		done <- out
	}()
	return done
}

func (w *world) say(t *testing.T, content mp.Inbound) *mp.Outcome {
	t.Helper()
	return <-w.push(t, mp.Push{Person: ann, Content: content})
}

// seen writes down a transcript: kinds and texts.
func seen(entries []transcript.Entry) string {
	var lines []string
	for _, e := range entries {
		lines = append(lines, strings.TrimSpace(fmt.Sprintf("%s %s %s", e.Kind, e.Type, e.Text)))
	}
	return strings.Join(lines, " | ")
}

func reply(kind string) string {
	return "<xml><ToUserName><![CDATA[" + ann + "]]></ToUserName><FromUserName><![CDATA[gh_0123456789ab]]></FromUserName>" +
		"<CreateTime>1790000000</CreateTime>" + kind + "</xml>"
}

func textReply(text string) string {
	return reply("<MsgType><![CDATA[text]]></MsgType><Content><![CDATA[" + text + "]]></Content>")
}
