package config

import (
	"log/slog"
	"time"

	"github.com/chuanhuabot/bot/channels/kf"
	"github.com/chuanhuabot/bot/channels/mp"
	"github.com/chuanhuabot/bot/internal/strictyaml"
	"github.com/chuanhuabot/bot/sdk"
)

// Config is what bot.yaml says. Nobody changes it after Load. However it is printed or logged, its secrets are not.
type Config struct {
	Listen string        `yaml:"listen" default:":8080" doc:"Where the HTTP server listens, as host:port; without a host it is every address of the machine."`
	Data   string        `yaml:"data" default:"./data" doc:"The folder of the embedded store; a relative one begins at the folder of bot.yaml."`
	NATS   *NATS         `yaml:"nats" doc:"A NATS cluster to use as the store, for several replicas; without it the bot embeds its own."`
	Drain  time.Duration `yaml:"drain" default:"20s" doc:"How long running turns may take to end when the bot is stopped."`
	Log    Log           `yaml:"log" doc:"What is logged, and how."`
	// Apology is said when no step could answer. Empty: nothing is said.
	Apology  string                      `yaml:"apology" doc:"What a person is told when no step could answer; nothing if it is empty."`
	Channels strictyaml.Ordered[Channel] `yaml:"channels" keys:"[a-z0-9][a-z0-9_-]{0,62}" doc:"The platform accounts to serve, by names of your own."`
	Plugins  strictyaml.Ordered[Plugin]  `yaml:"plugins" keys:"[a-z0-9][a-z0-9_-]{0,62}" doc:"The plugins, by name; one without a command is the bundled plugin of that name."`
	Routes   []Route                     `yaml:"routes" doc:"Which plugins see which messages; the first route that matches wins."`

	// Dir is the folder of the file, absolute: where relative paths begin, and where plugins run.
	Dir string

	// Warnings are what works but is probably not meant, in the order of the file.
	Warnings strictyaml.Problems

	doc *strictyaml.Document
}

// NATS is an outside cluster.
type NATS struct {
	URL sdk.Secret `yaml:"url" required:"true" doc:"Such as nats://127.0.0.1:4222; a secret because it may contain a password."`
}

// Log is how the bot logs.
type Log struct {
	Level  string `yaml:"level" default:"info" enum:"debug|info|warn|error" doc:"The least level that is logged; debug shows the text of messages."`
	Format string `yaml:"format" default:"text" enum:"text|json" doc:"Lines for people, or one JSON object a line."`
}

// Slog returns Level in the terms of log/slog.
func (l Log) Slog() slog.Level {
	switch l.Level {
	case "debug":
		return slog.LevelDebug
	case "warn":
		return slog.LevelWarn
	case "error":
		return slog.LevelError
	default:
		return slog.LevelInfo
	}
}

// Channel is one account on one platform, or a company's accounts. Exactly one of its fields is set.
type Channel struct {
	MP *mp.Config `yaml:"mp" doc:"A WeChat Official Account."`
	KF *kf.Config `yaml:"kf" doc:"The customer service (微信客服) of a company on WeCom."`
}

// Problem returns a problem of the field, such as "channels.wx.mp.token", at the line where it stands in the file. It is
// for what is found out later than Load, such as a port that is in use.
func (c *Config) Problem(field, message string) strictyaml.Problem {
	if c.doc == nil {
		return strictyaml.Problem{Field: field, Message: message}
	}
	return c.doc.Problem(field, message)
}

// Schema returns the JSON Schema of bot.yaml.
func Schema() ([]byte, error) { return strictyaml.Schema(Config{}) }
