package node

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/go-plugin"
	"google.golang.org/grpc"

	"github.com/chuanhuabot/bot/sdk"
)

// TestGoPlugin holds that the library itself, without the bot around it, finds what it looks for, and misses nothing of what the plugin
// does not serve.
func TestGoPlugin(t *testing.T) {
	c := mustClient(t)
	protocol, err := c.Client()
	if err != nil {
		t.Fatal(err)
	}
	if err := protocol.Ping(); err != nil {
		t.Errorf("health: %v", err)
	}
	if version := c.NegotiatedVersion(); version != sdk.ProtocolVersion {
		t.Errorf("version %d", version)
	}
	began := time.Now()
	c.Kill()
	if took := time.Since(began); !c.Exited() || took > 1900*time.Millisecond {
		t.Errorf("ended: %t, after %s", c.Exited(), took)
	}
}

// mustClient returns go-plugin's client for the plugin, not started yet.
func mustClient(t *testing.T) *plugin.Client {
	t.Helper()
	mustBeInstalled(t)
	stdin, ours, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	before := os.Stdin
	os.Stdin = stdin // Which go-plugin hands on, and whose end tells the plugin that the bot is gone.
	c := plugin.NewClient(&plugin.ClientConfig{
		HandshakeConfig:  plugin.HandshakeConfig{MagicCookieKey: sdk.CookieKey, MagicCookieValue: sdk.CookieValue},
		VersionedPlugins: map[int]plugin.PluginSet{sdk.ProtocolVersion: {sdk.PluginName: &connection{}}},
		AllowedProtocols: []plugin.Protocol{plugin.ProtocolGRPC},
		Cmd:              exec.Command("node", "test/plugins/everything.js"),
		Logger:           hclog.New(&hclog.LoggerOptions{Level: hclog.Off}),
	})
	t.Cleanup(func() {
		c.Kill()
		os.Stdin = before
		if err := errors.Join(stdin.Close(), ours.Close()); err != nil {
			t.Error(err)
		}
	})
	return c
}

// connection is a plugin of go-plugin that is the connection itself.
type connection struct{ plugin.NetRPCUnsupportedPlugin }

func (*connection) GRPCClient(_ context.Context, _ *plugin.GRPCBroker, c *grpc.ClientConn) (any, error) {
	return c, nil
}

func (*connection) GRPCServer(*plugin.GRPCBroker, *grpc.Server) error { return errors.New("not here") }
