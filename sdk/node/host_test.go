package node

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"

	"github.com/chuanhuabot/bot/core/host"
	"github.com/chuanhuabot/bot/core/memstore"
	"github.com/chuanhuabot/bot/core/services"
	"github.com/chuanhuabot/bot/sdk"
	"github.com/chuanhuabot/bot/sdk/sdktest"
)

// TestHost has a plugin in Node.js ask the bot for everything that there is to ask.
func TestHost(t *testing.T) {
	wav := bytes.Repeat([]byte("wav"), 100_000)
	to := sdk.Address{Channel: "wx", Account: "gh", Conversation: "c", Recipient: "o"}
	h := &sdktest.Host{WAV16k: map[string][]byte{"in": wav}, Windows: map[string]sdk.Window{"c": {Left: 3}}}
	r := mustVisit(t, h)
	for _, c := range []struct{ what, want string }{
		{"send", "sent"}, {"send", "sent"}, {"handoff", "sent"}, {"window", "3"}, {"values", "true,CONFLICT,值,,b"},
		{"media", "300000 saved-1"}, {"gone", "MEDIA_GONE"}, {"outcomes", "0"},
	} {
		if d, err := r.say(t, "host "+c.what, ""); err != nil || d.text.String() != c.want {
			t.Errorf("%s: got %q, want %q, %v", c.what, d.text.String(), c.want, err)
		}
	}
	sent := h.Sent()
	if len(sent) != 1 || sent[0].To != to || sent[0].Key != "k" || sent[0].Content != (sdk.Image{Media: sdk.Media{ID: "m"}}) {
		t.Errorf("sent %+v", sent)
	}
	if handed := h.Handoffs(); len(handed) != 1 || handed[0] != (sdk.Handoff{Conversation: to, Reason: "angry", Key: "h"}) {
		t.Errorf("handed off %+v", handed)
	}
	saved := h.Saved()
	if len(saved) != 1 || !bytes.Equal(saved[0].Data, wav) || saved[0].Kind != sdk.KindVoice || saved[0].Size != int64(len(wav)) {
		t.Errorf("saved %d", len(saved))
	}
}

// TestHost_Grants holds that what the bot refuses fails the turn with the bot's own advice.
func TestHost_Grants(t *testing.T) {
	s := services.New(slog.New(slog.DiscardHandler))
	s.Open(services.Parts{Store: memstore.New()})
	for _, c := range []struct {
		host       sdk.Host
		what, want string
		fails      bool
	}{
		{s.For("node", []services.Grant{services.GrantKV}), "values", "true,CONFLICT,值,,b", false},
		{s.For("node", []services.Grant{services.GrantKV}), "send", "it takes `grants: [send]` at the plugin", true},
		{s.For("other", nil), "values", "it takes `grants: [kv]` at the plugin", true},
		{nil, "send", "this bot serves nothing to plugins", true},
	} {
		d, err := mustVisit(t, c.host).say(t, "host "+c.what, "")
		if c.fails && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s: got %v, want %s", c.what, err, c.want)
		}
		if !c.fails && (err != nil || d.text.String() != c.want) {
			t.Errorf("%s: got %q, %v, want %s", c.what, d.text.String(), err, c.want)
		}
	}
}

// mustVisit starts the plugin in a bot that offers it a Host.
func mustVisit(t *testing.T, h sdk.Host) *running {
	t.Helper()
	return mustStart(t, "{}", func(s *host.Spec) { s.Host = h })
}
