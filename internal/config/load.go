package config

import (
	"fmt"
	"path/filepath"
	"strings"

	"github.com/chuanhuabot/bot/internal/strictyaml"
)

// Options is what Load and Parse cannot know themselves. The zero value is usable.
type Options struct {
	// Bundled are the names of the plugins in this binary.
	Bundled []string
	// Dir is the folder that relative paths begin at. Empty: for Load that of the file, for Parse the current one.
	Dir string
	// LookupEnv finds an environment variable; nil is os.LookupEnv.
	LookupEnv func(name string) (string, bool)
	// MakeUp gives channels that lack a credential, or whose variable or file for it is not there, one that is made up, for a
	// platform that is simulated.
	MakeUp bool
	// Attach says where plugins are, by name, that somebody else has started. Their turns may take as long as they like.
	Attach map[string]string
}

// Load reads a bot.yaml with everything that it refers to, and checks it. The error is a strictyaml.Problems with all
// that is wrong; without one the Config can be used as it is.
func Load(path string, o Options) (*Config, error) {
	doc, err := strictyaml.ReadFile(path)
	if err != nil {
		return nil, err
	}
	if o.Dir == "" {
		o.Dir = filepath.Dir(path)
	}
	return decode(path, doc, o)
}

// Parse is Load for data that was read already; name is what problems call it.
func Parse(name string, data []byte, o Options) (*Config, error) {
	doc, err := strictyaml.Parse(name, data)
	if err != nil {
		return nil, err
	}
	return decode(name, doc, o)
}

func decode(name string, doc *strictyaml.Document, o Options) (*Config, error) {
	dir, err := filepath.Abs(o.Dir)
	if err != nil {
		return nil, strictyaml.Problems{{File: name, Message: fmt.Sprintf("its folder cannot be found: %v", err)}}
	}
	config := &Config{doc: doc}
	c := &check{config: config, simulated: o.MakeUp}
	secrets := strictyaml.Secrets{Dir: dir, LookupEnv: o.LookupEnv}
	if o.MakeUp {
		secrets.MakeUp = madeUp
	}
	c.problems, c.warnings = doc.Decode(config, secrets)
	if o.MakeUp {
		config.makeUp()
	}
	c.attach(o.Attach)
	c.all(o.Bundled)
	if err := c.problems.Err(); err != nil {
		return nil, err
	}
	config.Warnings = c.warnings
	config.resolve(dir)
	return config, nil
}

// resolve makes paths independent of the folder that the bot is started in.
func (c *Config) resolve(dir string) {
	c.Dir = dir
	c.Data = inside(dir, c.Data)
	for _, e := range c.Plugins {
		if command := e.Value.Command; len(command) > 0 && strings.ContainsRune(filepath.ToSlash(command[0]), '/') {
			command[0] = inside(dir, command[0])
		}
	}
}

func inside(dir, path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(dir, path)
}
