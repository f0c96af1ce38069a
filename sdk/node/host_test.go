package node

import (
	"bytes"
	"context"
	"errors"
	"net"
	"os"
	"path/filepath"
	"testing"

	"google.golang.org/grpc"

	"github.com/chuanhuabot/bot/sdk"
	"github.com/chuanhuabot/bot/sdk/sdktest"
)

// TestHost has a plugin in Node.js use the Host whose server is the Go SDK's.
func TestHost(t *testing.T) {
	mustBeInstalled(t)
	wav := bytes.Repeat([]byte("wav"), 100_000)
	to := sdk.Address{Channel: "wx", Account: "gh", Conversation: "c", Recipient: "o"}
	h := &sdktest.Host{WAV16k: map[string][]byte{"in": wav}, Windows: map[string]sdk.Window{"c": {Left: 3}}}
	r := mustOpen(t, mustServe(t, h))
	for _, c := range []struct{ what, want string }{
		{"send", "sent"}, {"send", "sent"}, {"handoff", "sent"}, {"window", "3"}, {"values", "true,CONFLICT,值,,b"},
		{"media", "300000 saved-1"}, {"gone", "MEDIA_GONE"}, {"outcomes", "0"},
	} {
		d := newDid()
		if err := r.Handle(within(t), message("host "+c.what, ""), d); err != nil || d.text.String() != c.want {
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

// TestHost_Refused holds that what the bot refuses ends the turn with the bot's reason, and without the token.
func TestHost_Refused(t *testing.T) {
	mustBeInstalled(t)
	refuses := &sdktest.Host{Fail: func(string) error { return sdk.ErrNotGranted }}
	access := mustServe(t, refuses)
	for _, c := range []struct {
		access sdk.HostAccess
		want   string
	}{
		{access, "bot.yaml does not grant the plugin this"},
		{sdk.HostAccess{Address: access.Address, Token: "guessed"}, "no plugin has this token: pass on the host_token of Configure as `authorization: Bearer TOKEN`"},
		{sdk.HostAccess{}, "this bot serves nothing to plugins"},
	} {
		if err := mustOpen(t, c.access).Handle(within(t), message("host send", ""), newDid()); err == nil || err.Error() != c.want {
			t.Errorf("got %v, want %s", err, c.want)
		}
	}
}

const token = "the token of the test"

// mustServe serves a Host as the bot does.
func mustServe(t *testing.T, h sdk.Host) sdk.HostAccess {
	t.Helper()
	dir, err := os.MkdirTemp("", "node") // Not the test's own, whose path may be too long for a socket.
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "host")
	listener, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	server, served := grpc.NewServer(), make(chan error, 1)
	sdk.RegisterHost(server, func(given string) sdk.Host {
		if given != token {
			return nil
		}
		return h
	})
	go func() { served <- server.Serve(listener) }()
	t.Cleanup(func() {
		server.Stop()
		if err := errors.Join(<-served, os.RemoveAll(dir)); err != nil {
			t.Error(err)
		}
	})
	return sdk.HostAccess{Address: "unix:" + path, Token: token}
}

// mustOpen starts the plugin, tells it where the Host is, and opens the conversation.
func mustOpen(t *testing.T, access sdk.HostAccess) *sdk.Remote {
	t.Helper()
	protocol, err := mustClient(t).Client()
	if err != nil {
		t.Fatal(err)
	}
	conn, err := protocol.Dispense(sdk.PluginName)
	if err != nil {
		t.Fatal(err)
	}
	r := sdk.Connect(conn.(*grpc.ClientConn))
	if err := r.Configure(within(t), []byte("{}"), access); err != nil {
		t.Fatal(err)
	}
	if err := r.Open(context.Background()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close(within(t)) })
	return r
}
