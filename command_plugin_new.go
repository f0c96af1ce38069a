package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/chuanhuabot/bot/internal/scaffold"
)

// newPluginNew is the command that makes a plugin.
func newPluginNew() *cobra.Command {
	languages := scaffold.Languages()
	cmd := &cobra.Command{
		Use: "new NAME", Short: "Make the folder of a new plugin, which answers in the sandbox at once", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			lang, err := cmd.Flags().GetString("lang")
			if err != nil {
				return err
			}
			sdk, err := cmd.Flags().GetString("sdk")
			if err != nil {
				return err
			}
			made, err := scaffold.New(scaffold.Plugin{Name: args[0], Language: lang, SDK: sdk}, ".")
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "%s is made. Next:\n\n  %s\n", made.Dir, strings.Join(made.Next, "\n  "))
			return err
		},
	}
	cmd.Flags().String("lang", languages[0], "the language: "+strings.Join(languages, ", "))
	cmd.Flags().String("sdk", "", "a checkout of the bot's source, which has the SDK, to be used from there")
	return cmd
}
