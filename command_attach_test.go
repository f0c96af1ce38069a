package main

import (
	"testing"

	"github.com/spf13/cobra"
)

// TestCommand_OnlyTheSandboxAttaches holds that nobody can have a bot that is live use a process which it has neither started nor checked.
func TestCommand_OnlyTheSandboxAttaches(t *testing.T) {
	var with []string
	var look func(*cobra.Command)
	look = func(c *cobra.Command) {
		if c.Flags().Lookup("attach") != nil || c.PersistentFlags().Lookup("attach") != nil {
			with = append(with, c.CommandPath())
		}
		for _, below := range c.Commands() {
			look(below)
		}
	}
	look(newCommand())
	if len(with) != 1 || with[0] != "bot sandbox" {
		t.Errorf("got %q", with)
	}
}
