package host

import (
	"time"

	"github.com/chuanhuabot/bot/sdk"
)

// Spec says how to run a plugin.
type Spec struct {
	// Name is the plugin's name in bot.yaml.
	Name string
	// Command is the program and its arguments. A program without a slash is looked up in PATH.
	Command []string
	// Dir is the folder that the program runs in. Empty: the bot's own.
	Dir string
	// Env is the whole environment beside PATH and what the handshake needs, as KEY=value.
	Env []string
	// Config is the plugin's configuration as a JSON object.
	Config []byte
	// Host is what the plugin may ask of the bot. Nil: nothing.
	Host sdk.Host
	// MaxTurns bounds the turns that are under way in it at any time; the others wait. 0: 256.
	MaxTurns int
	// Limits bound what it takes of the machine.
	Limits Limits
	// SHA256 is the hash of the program, in hexadecimal: nothing else is run. Empty: whatever is there.
	SHA256 string
	// Attach is where a process that somebody else has started takes connections: a unix socket, a folder whose newest socket it is, or the
	// line with which the plugin shook hands. Command is not run then, and nothing is held against the plugin that takes its time: it is
	// under a debugger. Empty: Command is run.
	Attach string
	// StartTimeout bounds the time from the start of the process until the plugin is configured. 0: 10 s.
	StartTimeout time.Duration
}

const defaultStartTimeout = 10 * time.Second

func (s Spec) startTimeout() time.Duration {
	if s.StartTimeout == 0 {
		return defaultStartTimeout
	}
	return s.StartTimeout
}

// defaultMaxTurns is far more than a plugin answers at once, and few enough that one which hangs does not hold all that comes in.
const defaultMaxTurns = 256

func (s Spec) maxTurns() int {
	if s.MaxTurns == 0 {
		return defaultMaxTurns
	}
	return s.MaxTurns
}
