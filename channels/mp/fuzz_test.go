package mp

import (
	"log/slog"
	"net/http"
	"testing"
	"time"

	"github.com/chuanhuabot/bot/channels/internal/markdown"
	"github.com/chuanhuabot/bot/channels/internal/wx"
	"github.com/chuanhuabot/bot/sdk"
)

// FuzzCallback plays a platform that says anything, in plain and in safe mode, and a plugin that answers with it.
func FuzzCallback(f *testing.F) {
	f.Add(textBody(1, "hello"), "hi", true)
	f.Add(eventBody("CLICK", "<EventKey>K</EventKey>"), "]]>\x00", false)
	f.Add("<!DOCTYPE xml><xml/>", "", true)
	f.Add("", "x", false)
	log := slog.New(slog.DiscardHandler)
	f.Fuzz(func(t *testing.T, body, text string, safe bool) {
		mode := ModePlain
		if safe {
			mode = ModeSafe
		}
		c, err := New("wx", config(mode), log)
		if err != nil {
			t.Fatal(err)
		}
		in := newInbox(func(m *sdk.Message) { _ = c.Send(t.Context(), reply(m, sdk.Text{Text: text})) })
		stop := started(t, c, in)
		defer stop()
		if len(body) > 1<<19 {
			return // encrypted it would be refused for its size
		}
		w := callIn(t, c, mode, body)
		if w.Code != http.StatusOK && !(w.Code == http.StatusForbidden && mode == ModePlain) {
			t.Fatalf("got %d for what the platform signed", w.Code)
		}
		if w.Code != http.StatusOK || w.Body.String() == "success" {
			return
		}
		if safe {
			w = opened(t, w, testKey)
		}
		checkReply(t, w.Body.Bytes(), text)
	})
}

// checkReply is what the platform would check.
func checkReply(t *testing.T, reply []byte, text string) {
	root, err := wx.Parse(reply)
	if err != nil {
		t.Fatalf("%q: %v", reply, err)
	}
	content := root.Get("Content")
	longest := max(len(wx.Clean(text)), len(wx.Clean(markdown.Plain(text, true))))
	if root.Get("MsgType") != "text" || content == "" || len(content) > 2048 || len(content) > longest {
		t.Errorf("got %q for %q", reply, text)
	}
	if seconds := root.Get("CreateTime"); !wx.Fresh(seconds, time.Now(), time.Minute) {
		t.Errorf("CreateTime is %s", seconds)
	}
}
