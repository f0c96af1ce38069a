package config

import (
	"fmt"
	"net"
	"strconv"

	"github.com/chuanhuabot/bot/channels/kf"
	"github.com/chuanhuabot/bot/channels/mp"
	"github.com/chuanhuabot/bot/internal/strictyaml"
	"github.com/chuanhuabot/bot/sdk"
)

// demoToken is the token of the bot.yaml that is shipped. Everybody knows it.
const demoToken = "chuanhuademo2026"

// check goes across a configuration that was decoded, and collects what single fields cannot know.
type check struct {
	config             *Config
	problems, warnings strictyaml.Problems
	simulated          bool // The platforms are; nobody else can use what everybody knows.
}

// problem adds a problem, unless one covers the field already: a wrong value need not be called missing as well.
func (c *check) problem(field, message string) {
	if !c.problems.Covers(field) {
		c.problems = append(c.problems, c.config.doc.Problem(field, message))
	}
}

func (c *check) warn(field, message string) {
	c.warnings = append(c.warnings, c.config.doc.Problem(field, message))
}

// all runs every check.
func (c *check) all(bundled []string) {
	c.checkListen()
	c.checkChannels()
	c.checkPlugins(bundled)
	c.checkRoutes()
	c.problems.Sort()
	c.warnings.Sort()
}

func (c *check) checkListen() {
	_, port, err := net.SplitHostPort(c.config.Listen)
	number, wrong := strconv.ParseUint(port, 10, 16)
	if err != nil || wrong != nil || number > 65535 {
		c.problem("listen", fmt.Sprintf(`want host:port such as ":8080" or "127.0.0.1:8080", not %q`, c.config.Listen))
	}
}

func (c *check) checkChannels() {
	if len(c.config.Channels) == 0 && !c.problems.Covers("channels") {
		c.warn("channels", "there are no channels, so nobody can write to the bot but with `bot chat`")
	}
	var paths []takenPath
	var companies []company
	for _, e := range c.config.Channels {
		field := "channels." + e.Key
		switch m, k := e.Value.MP, e.Value.KF; {
		case m != nil && k != nil:
			c.problem(field, "has two platforms; write exactly one of: mp, kf")
		case m != nil:
			c.checkMP(field+".mp", m)
			c.checkPaths(pathsOf(field, m), &paths)
		case k != nil:
			c.checkKF(field+".kf", k)
			c.checkCompany(field, k, &companies)
			c.checkPaths([]takenPath{{field, field + ".kf.path", k.Path}}, &paths)
		default:
			c.problem(field, "has no platform; write exactly one of: mp, kf")
		}
	}
}

// validated adds what a channel's own check has found.
func (c *check) validated(field string, found sdk.Problems) {
	for _, p := range found {
		if p.Field == "" {
			c.problem(field, p.Message)
			continue
		}
		c.problem(field+"."+p.Field, p.Message)
	}
}

func (c *check) checkKF(field string, k *kf.Config) {
	c.validated(field, k.Validate())
	if k.Token.Value() == demoToken && !c.simulated {
		c.warn(field+".token", "this is the demo token that everybody knows; before going live write one of your own, "+
			"such as env:KF_TOKEN, and enter the same in the console")
	}
	if k.Secret.Empty() && !c.simulated {
		c.warn(field+".secret", "without it only the URL can be verified: enter the Secret that the console shows after that")
	}
}

func (c *check) checkMP(field string, m *mp.Config) {
	c.validated(field, m.Validate())
	if m.Token.Value() == demoToken && !c.simulated {
		c.warn(field+".token", "this is the demo token that everybody knows; before going live write one of your own, "+
			"such as env:MP_TOKEN, and enter the same on the platform's page")
	}
	if m.Account != "unverified" && m.AppSecret.Empty() && !c.simulated {
		c.warn(field+".app_secret", "without it this account cannot send customer-service messages: late answers wait until people fetch them")
	}
	if m.VoicePage != "" && !c.simulated {
		c.checkVoicePage(field, m)
	}
}

// checkVoicePage tells what a voice page lacks on the real platform.
func (c *check) checkVoicePage(field string, m *mp.Config) {
	if m.OAuth && m.PublicURL == "" {
		c.problem(field+".public_url", "is needed for oauth: the address to which WeChat sends people back, such as https://bot.example.com")
	}
	if m.AppSecret.Empty() {
		c.warn(field+".voice_page", "without app_secret the page cannot use WeChat's own recorder and recognition: also within WeChat it "+
			"records with what the browser has")
	}
}
