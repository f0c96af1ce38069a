package config

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/chuanhuabot/bot/internal/strictyaml"
)

// Route says which plugins see a message.
type Route struct {
	When When `yaml:"when" doc:"Which messages; every message without it."`
	// To is the chain, the first step first. Empty: such messages are not answered.
	To       []string `yaml:"to,single" required:"true" doc:"The plugins that see the message, one after the other; [] for no answer."`
	Fallback []string `yaml:"fallback,single" doc:"The plugins that answer when the others fail before they have replied: when one has crashed, hangs, or is degraded."`
	// Apology is said instead of Config.Apology, unless it is nil.
	Apology *string `yaml:"apology" doc:"Said instead of the apology for all routes."`
}

// When is true of a message if each of its fields that is set is.
type When struct {
	Channel []string       `yaml:"channel,single" doc:"The name of a channel, or several."`
	Kind    []string       `yaml:"kind,single" enum:"text|image|voice|video|file|location|link|menu|event|raw" doc:"A kind of content, or several."`
	Event   []string       `yaml:"event,single" doc:"The type of an event, such as subscribe, or several."`
	Text    *regexp.Regexp `yaml:"text" doc:"A regular expression that the text has to match, as in https://golang.org/s/re2syntax."`
}

// CatchAll tells whether w is true of every message.
func (w When) CatchAll() bool {
	return w.Channel == nil && w.Kind == nil && w.Event == nil && w.Text == nil
}

// checkRoutes looks for names that nobody has, and for routes that do nothing.
func (c *check) checkRoutes() {
	if len(c.config.Routes) == 0 && !c.problems.Covers("routes") {
		c.warn("routes", "there are no routes, so nothing is answered; write routes: [{to: [NAME]}] with the name of a plugin")
	}
	last := -1
	for i, r := range c.config.Routes {
		field := index("routes", i)
		if last >= 0 {
			line := c.config.doc.Problem(index("routes", last), "").Line
			c.warn(field, fmt.Sprintf("never reached: the route on line %d takes every message; move this one above it", line))
		}
		c.checkWhen(field+".when", r.When)
		c.checkNames(field+".to", "plugin", r.To, c.config.Plugins.Keys(), "plugins")
		c.checkNames(field+".fallback", "plugin", r.Fallback, c.config.Plugins.Keys(), "plugins")
		if last < 0 && r.When.CatchAll() && !c.problems.Has(field+".when") {
			last = i
		}
	}
}

func (c *check) checkWhen(field string, w When) {
	c.checkNames(field+".channel", "channel", w.Channel, c.config.Channels.Keys(), "channels")
	for _, one := range []struct {
		name string
		list []string
	}{{"channel", w.Channel}, {"kind", w.Kind}, {"event", w.Event}} {
		if one.list != nil && len(one.list) == 0 {
			c.problem(field+"."+one.name, "names none, so that no message could match; name one or remove the key")
		}
	}
}

// checkNames reports each name that is not among those of a section of the file.
func (c *check) checkNames(field, what string, given, known []string, section string) {
	for i, name := range given {
		// One that is empty was reported where it stands; without the section there is nothing to compare with.
		if slices.Contains(known, name) || (len(known) == 0 && c.problems.Covers(section)) {
			continue
		}
		at := index(field, i)
		message := fmt.Sprintf("there is no %s %s%s", what, strconv.Quote(name), strictyaml.DidYouMean(name, known))
		if len(known) == 0 {
			c.problem(at, message+"; none are configured: add it under "+section)
			continue
		}
		c.problem(at, fmt.Sprintf("%s (%s: %s)", message, section, list(known)))
	}
}

func list(names []string) string { return strings.Join(names, ", ") }

func contains(names []string, name string) bool { return slices.Contains(names, name) }

func index(field string, i int) string { return field + "[" + strconv.Itoa(i) + "]" }
