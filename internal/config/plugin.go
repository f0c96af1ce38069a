package config

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/chuanhuabot/bot/internal/strictyaml"
)

// Plugin is one plugin process.
type Plugin struct {
	// Attach is where a process that somebody else has started takes connections, instead of Command: under a debugger, say. It is no key of
	// bot.yaml.
	Attach string
	// Command is the program and its arguments. The program is absolute, or a bare name for PATH. Empty: bundled.
	Command      []string        `yaml:"command,single" doc:"The program and its arguments; with a slash in it, it begins at the folder of bot.yaml, without one it is looked up in PATH."`
	Timeout      time.Duration   `yaml:"timeout" default:"30s" doc:"How long a turn may take."`
	StartTimeout time.Duration   `yaml:"start_timeout" default:"10s" doc:"How long the process may take to be ready."`
	Grants       []string        `yaml:"grants,single" enum:"send|media|handoff|kv" doc:"What the plugin may ask of the bot beside answering: send messages of its own (send), read and save media (media), give conversations to people (handoff), keep values of its own (kv)."`
	MaxTurns     int             `yaml:"max_turns" default:"256" doc:"How many turns may be under way in it at a time; the others wait."`
	Limits       Limits          `yaml:"limits" doc:"What it may take of the machine, with all that it starts. Held on Linux."`
	SHA256       string          `yaml:"sha256" doc:"The SHA-256 of the program in hexadecimal, as sha256sum prints it: nothing else is run."`
	Env          Env             `yaml:"env" doc:"Environment variables: names to pass on from the bot's environment, or NAME: value."`
	Config       strictyaml.Free `yaml:"config" doc:"The plugin's own configuration; a string may be env:NAME or file:PATH."`
}

// Limits bound what a plugin takes of the machine.
type Limits struct {
	Memory    string `yaml:"memory" doc:"The most resident memory, such as 512MB or 2GB; no limit without it."`
	Processes int    `yaml:"processes" default:"256" doc:"The most processes."`
}

// Bytes returns Memory, 0 for no limit. The error says what to write.
func (l Limits) Bytes() (int64, error) {
	if l.Memory == "" {
		return 0, nil
	}
	for _, unit := range []struct {
		name  string
		shift int
	}{{"KB", 10}, {"MB", 20}, {"GB", 30}} {
		if number, ok := strings.CutSuffix(strings.ToUpper(strings.TrimSpace(l.Memory)), unit.name); ok {
			n, err := strconv.ParseInt(strings.TrimSpace(number), 10, 32)
			if err == nil && n > 0 {
				return n << unit.shift, nil
			}
		}
	}
	return 0, errors.New("want a size such as 512MB or 2GB")
}

// Bundled tells whether the plugin is part of the bot's binary.
func (p Plugin) Bundled() bool { return len(p.Command) == 0 && p.Attach == "" }

// attach sets where plugins are that somebody else has started.
func (c *check) attach(where map[string]string) {
	for i, e := range c.config.Plugins {
		if at, is := where[e.Key]; is {
			c.config.Plugins[i].Value.Attach, c.config.Plugins[i].Value.Timeout = at, attachedTimeout
		}
	}
	for name := range where {
		if contains(c.config.Plugins.Keys(), name) {
			continue
		}
		c.problem("plugins", fmt.Sprintf("there is no plugin %q to attach to%s (plugins: %s)", name,
			strictyaml.DidYouMean(name, c.config.Plugins.Keys()), list(c.config.Plugins.Keys())))
	}
}

// attachedTimeout is long: somebody looks at a breakpoint.
const attachedTimeout = 24 * time.Hour

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
		c.checkBounds(field, e.Value)
		if !c.routed(e.Key) {
			c.warn(field, "no route uses this plugin; add it to a route or remove it")
		}
	}
}

// checkBounds looks at what a plugin may take, and at what its program must be.
func (c *check) checkBounds(field string, p Plugin) {
	if p.MaxTurns <= 0 {
		c.problem(field+".max_turns", "must be more than 0, such as 256")
	}
	if p.Limits.Processes <= 0 {
		c.problem(field+".limits.processes", "must be more than 0, such as 256")
	}
	if _, err := p.Limits.Bytes(); err != nil {
		c.problem(field+".limits.memory", err.Error())
	}
	if sum, err := hex.DecodeString(p.SHA256); p.SHA256 != "" && (err != nil || len(sum) != sha256.Size) {
		c.problem(field+".sha256", "want 64 hexadecimal digits, as sha256sum prints them")
	}
	if p.SHA256 != "" && p.Bundled() {
		c.problem(field+".sha256", "a bundled plugin is part of the bot's own program; remove it")
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
		if contains(r.To, plugin) || contains(r.Fallback, plugin) {
			return true
		}
	}
	return false
}
