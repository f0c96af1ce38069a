// Package config is the shape of bot.yaml: what may stand in it, its defaults, and the checks that go across it. It starts
// nothing. Every mistake is found before anything starts, all of them at once, each with its line and its cure.
//
// Load reads the file for `bot run` and `bot check`; Schema describes it to editors.
package config
