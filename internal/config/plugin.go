package config

import (
	"fmt"
	"time"

	"github.com/chuanhuabot/bot/internal/strictyaml"
)

// Plugin is one plugin process.
type Plugin struct {
	// Command is the program and its arguments. The program is absolute, or a bare name for PATH. Empty: bundled.
	Command      []string        `yaml:"command,single" doc:"The program and its arguments; with a slash in it, it begins at the folder of bot.yaml, without one it is looked up in PATH."`
	Timeout      time.Duration   `yaml:"timeout" default:"30s" doc:"How long a turn may take."`
	StartTimeout time.Duration   `yaml:"start_timeout" default:"10s" doc:"How long the process may take to be ready."`
	Grants       []string        `yaml:"grants,single" enum:"send|media|handoff|kv" doc:"What the plugin may ask of the bot beside answering: send messages of its own (send), read and save media (media), give conversations to people (handoff), keep values of its own (kv)."`
	Env          Env             `yaml:"env" doc:"Environment variables: names to pass on from the bot's environment, or NAME: value."`
	Config       strictyaml.Free `yaml:"config" doc:"The plugin's own configuration; a string may be env:NAME or file:PATH."`
}

// Bundled tells whether the plugin is part of the bot's binary.
func (p Plugin) Bundled() bool { return len(p.Command) == 0 }

// checkPlugins looks at what only a plugin's surroundings can tell.
func (c *check) checkPlugins(bundled []string) {
	for _, e := range c.config.Plugins {
		field := "plugins." + e.Key
		if e.Value.Bundled() && !contains(bundled, e.Key) {
			c.problem(field, unbundled(e.Key, bundled))
		}
		if len(e.Value.Command) > 0 && e.Value.Command[0] == "" {
			c.problem(field+".command", "the program is empty; write its path, such as [./my-plugin]")
		}
		if e.Value.Timeout == 0 {
			c.problem(field+".timeout", "must be more than 0, such as 30s")
		}
		if e.Value.StartTimeout == 0 {
			c.problem(field+".start_timeout", "must be more than 0, such as 10s")
		}
		if !c.routed(e.Key) {
			c.warn(field, "no route uses this plugin; add it to a route or remove it")
		}
	}
}

func unbundled(name string, bundled []string) string {
	if len(bundled) == 0 {
		return "has no command, and this program has no bundled plugins; write command: [./" + name + "]"
	}
	return fmt.Sprintf("has no command, and there is no bundled plugin of that name%s (bundled: %s); write command: [./%s]",
		strictyaml.DidYouMean(name, bundled), list(bundled), name)
}

// routed tells whether a route uses the plugin.
func (c *check) routed(plugin string) bool {
	for _, r := range c.config.Routes {
		if contains(r.To, plugin) {
			return true
		}
	}
	return false
}
