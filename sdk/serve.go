package sdk

import (
	"context"
	"fmt"
	"io"
	"os"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/go-plugin"
	"google.golang.org/grpc"
)

// The constants of go-plugin's handshake, for both ends and for plugins in other languages. The cookie is no secret: it
// only keeps people from starting a plugin by hand and wondering why nothing happens.
const (
	// ProtocolVersion is go-plugin's application protocol version: package bot.v1.
	ProtocolVersion = 1
	// CookieKey and CookieValue are an environment variable that a plugin finds when the bot has started it.
	CookieKey   = "BOT_PLUGIN"
	CookieValue = "chuanhuabot"
	// PluginName is the name under which go-plugin knows the one service there is.
	PluginName = "bot"
)

// MaxFrame is the most bytes of one frame on the wire, in both directions. MaxContent is the most of one content:
// media goes by reference, so nothing comes near.
const (
	MaxFrame   = 16 << 20
	MaxContent = 1 << 20
)

// Serve runs h as a plugin until the bot that started it says stop or is gone. It is the last call of main: it blocks,
// and it ends the process with exit code 1 and a line of advice if it was not the bot that started it.
//
// Standard output belongs to the handshake; whatever the plugin prints or logs after that ends up in the bot's log.
func Serve(h Handler) {
	if os.Getenv(CookieKey) != CookieValue {
		fmt.Fprint(os.Stderr, "This program is a reply plugin and does nothing on its own: the bot starts it.\n"+
			"Name it in bot.yaml, as in `plugins: {mine: {command: [./this-program]}}`, and run `bot run` or `bot chat`.\n")
		os.Exit(1)
	}
	go exitAtEOF(os.Stdin)
	plugin.Serve(&plugin.ServeConfig{
		HandshakeConfig:  plugin.HandshakeConfig{MagicCookieKey: CookieKey, MagicCookieValue: CookieValue},
		VersionedPlugins: map[int]plugin.PluginSet{ProtocolVersion: {PluginName: &served{handler: h}}},
		GRPCServer:       newServer,
		Logger:           hclog.New(&hclog.LoggerOptions{Level: hclog.Error, Output: os.Stderr}),
	})
}

// exitAtEOF ends the process once the bot, which holds the other end of stdin, is gone: however it died, and on every
// system, no plugin outlives its bot.
func exitAtEOF(stdin io.Reader) {
	_, _ = io.Copy(io.Discard, stdin)
	os.Exit(1)
}

func newServer(opts []grpc.ServerOption) *grpc.Server {
	return grpc.NewServer(append(opts,
		grpc.MaxRecvMsgSize(MaxFrame), grpc.MaxSendMsgSize(MaxFrame),
		// A conversation is one long stream: a window that never adapts saves a ping for every few frames.
		grpc.InitialWindowSize(streamWindow), grpc.InitialConnWindowSize(streamWindow),
	)...)
}

const streamWindow = 1 << 20

// served makes a Handler known to go-plugin.
type served struct {
	plugin.NetRPCUnsupportedPlugin
	handler Handler
}

// GRPCServer registers the handler; go-plugin calls it once.
func (p *served) GRPCServer(_ *plugin.GRPCBroker, s *grpc.Server) error {
	Register(s, p.handler)
	return nil
}

// GRPCClient is the bot's half, which a plugin never uses.
func (p *served) GRPCClient(context.Context, *plugin.GRPCBroker, *grpc.ClientConn) (any, error) {
	return nil, fmt.Errorf("the plugin's side has no client")
}
