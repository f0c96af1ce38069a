package config

import (
	"fmt"
	"strings"

	"github.com/chuanhuabot/bot/channels/mp"
)

// takenPath is a path at which a channel is called, as core.Webhook has it, and the field that says so.
type takenPath struct{ channel, field, path string }

// pathsOf returns the paths of an Official Account.
func pathsOf(channel string, m *mp.Config) (own []takenPath) {
	for _, path := range m.Paths() {
		one := takenPath{channel, channel + ".mp.path", path}
		if path != m.Path {
			one.field = channel + ".mp.voice_page"
		}
		own = append(own, one)
	}
	return own
}

// checkPaths refuses two channels at one path: the second would never be called.
func (c *check) checkPaths(own []takenPath, taken *[]takenPath) {
	for _, one := range own {
		for _, other := range *taken {
			if meet(one.path, other.path) {
				line := c.config.doc.Problem(other.channel, "").Line
				c.problem(one.field, fmt.Sprintf("%s has the path %q already (line %d); give each channel one of its own", other.channel, other.path, line))
			}
		}
	}
	*taken = append(*taken, own...)
}

// meet tells whether a request can be for both of two paths.
func meet(a, b string) bool { return a == b || below(a, b) || below(b, a) }

// below tells whether a path is one of those that another one with an asterisk stands for.
func below(path, all string) bool {
	start, isAll := strings.CutSuffix(all, "*")
	return isAll && strings.HasPrefix(path, start)
}
