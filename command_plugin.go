package main

import (
	"github.com/spf13/cobra"

	"github.com/chuanhuabot/bot/internal/app"
)

func newPlugin() *cobra.Command {
	plugin := &cobra.Command{
		Use: "plugin", Short: "Work with plugins", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	plugin.AddCommand(newPluginNew(), newPluginVerify(), &cobra.Command{
		Use: "run NAME", Short: "Run a bundled plugin; the bot does this", Args: cobra.ExactArgs(1),
		ValidArgs: app.Bundled(),
		RunE:      func(_ *cobra.Command, args []string) error { return app.RunBundled(args[0]) },
	})
	return plugin
}

func newPluginVerify() *cobra.Command {
	var v app.Verification
	cmd := &cobra.Command{
		Use: "verify [flags] COMMAND [ARGUMENT...]", Short: "Prove that a plugin in any language keeps the contract",
		Long: "Starts a plugin as the bot does, about twenty times, and says which rules of the contract it keeps.\n" +
			"A rule about something that the plugin did not do is \"not seen\". Exit code 1 if one is broken.",
		Example: "  bot plugin verify --slow 'write a poem' --fail 'divide by 0' ./my-plugin",
		Args:    cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			v.Command = args
			return app.Verify(cmd.Context(), v, cmd.OutOrStdout())
		},
	}
	f := cmd.Flags()
	f.SetInterspersed(false) // What stands behind the command is its own.
	f.StringVar(&v.Options.Config, "config", "", "the plugin's config of bot.yaml, as a JSON object")
	f.StringArrayVar(&v.Env, "env", nil, "KEY=VALUE for its environment; may be given more than once")
	f.StringVar(&v.Text, "text", "", "what most messages say")
	f.StringVar(&v.Slow, "slow", "", "a text that keeps the plugin at work for five seconds or more")
	f.StringVar(&v.Fail, "fail", "", "a text that makes the plugin fail")
	f.DurationVar(&v.Patience, "timeout", 0, "how long a turn may take; 10s if it is not given")
	f.BoolVar(&v.JSON, "json", false, "write JSON")
	return cmd
}
