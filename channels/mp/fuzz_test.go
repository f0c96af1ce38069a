package mp

import (
	"encoding/json"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/chuanhuabot/bot/channels/internal/markdown"
	"github.com/chuanhuabot/bot/channels/internal/wx"
	"github.com/chuanhuabot/bot/core/memstore"
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
		c, err := New("wx", config(mode), memstore.New(), log)
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

// FuzzRaw plays a plugin that sends anything as Raw: it is an error, or what the platform can read.
func FuzzRaw(f *testing.F) {
	for _, one := range []sdk.Raw{newsOf(9), raw("music", `{"thumb_media_id":"T"}`), raw("transfer_customer_service", ""), raw("msgmenu", `{"list":[{"id":"1","content":"a"}]}`),
		raw("template", `{"template_id":"T","data":{"a":{}}}`), raw("wxcard", `{"card_id":"C]]>"}`)} {
		f.Add(one.Type, []byte(one.Fields), true)
	}
	f.Fuzz(func(t *testing.T, kind string, fields []byte, event bool) {
		content := sdk.Raw{Type: kind, Fields: fields}
		if c, _, err := passive(content, place{event: event}); err == nil {
			b := appendPassive(nil, &sdk.Message{Sender: person, Account: account}, c, time.Now())
			if root, err := wx.Parse(b); err != nil || root.Get("MsgType") == "" {
				t.Errorf("%q: %v", b, err)
			}
		}
		sent, _, err := custom(content, 2048, event)
		if (err == nil) != (sent.body != nil) {
			t.Errorf("%+v, %v", sent, err)
		}
		data, jsonErr := json.Marshal(sent.body)
		if jsonErr != nil || err == nil && !strings.HasPrefix(sent.path, "/cgi-bin/message/") {
			t.Errorf("%s: %s, %v", sent.path, data, jsonErr)
		}
	})
}
