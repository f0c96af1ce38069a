package main

import (
	"io"
	"log/slog"
	"os"

	"github.com/spf13/cobra"

	"github.com/chuanhuabot/bot/channels/console"
	"github.com/chuanhuabot/bot/internal/app"
	"github.com/chuanhuabot/bot/internal/config"
)

// newCommand returns the command line.
func newCommand() *cobra.Command {
	root := &cobra.Command{
		Use: "bot", Short: "Carries messages between people on WeChat and reply plugins",
		SilenceUsage: true, SilenceErrors: true, Args: cobra.NoArgs, RunE: run,
	}
	root.PersistentFlags().StringP("config", "c", "bot.yaml", "the configuration")
	root.AddCommand(
		&cobra.Command{Use: "run", Short: "Run the bot until a signal, then drain", Args: cobra.NoArgs, RunE: run},
		newSandbox(), newChat(), newCheck(), newDoctor(), newMenu(), newDeliveries(), newPlugin(),
	)
	return root
}

func run(cmd *cobra.Command, _ []string) error {
	c, err := load(cmd, config.Options{})
	if err != nil {
		return err
	}
	a, err := app.New(cmd.Context(), c, logOf(cmd, c))
	if err != nil {
		return err
	}
	return a.Run(cmd.Context())
}

func newSandbox() *cobra.Command {
	cmd := &cobra.Command{
		Use: "sandbox", Short: "Run the bot with simulated platforms, and a page to chat with it", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := load(cmd, config.Options{MakeUp: true})
			if err != nil {
				return err
			}
			listen, err := cmd.Flags().GetString("listen")
			if err != nil {
				return err
			}
			return app.Sandbox(cmd.Context(), c, listen, cmd.OutOrStdout(), logOf(cmd, c))
		},
	}
	cmd.Flags().String("listen", "127.0.0.1:8081", "the address of the page and of the simulated platforms")
	return cmd
}

func newChat() *cobra.Command {
	cmd := &cobra.Command{
		Use: "chat", Short: "Talk to the routes of bot.yaml in the terminal", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := load(cmd, config.Options{})
			if err != nil {
				return err
			}
			name, err := cmd.Flags().GetString("as")
			if err != nil {
				return err
			}
			quiet := config.Log{Level: "warn", Format: c.Log.Format}
			if c.Log.Level == "debug" {
				quiet.Level = "debug"
			}
			return app.Chat(cmd.Context(), c, terminal(name), newLog(quiet, cmd.ErrOrStderr()))
		},
	}
	cmd.Flags().String("as", "console", "the channel that routes see")
	return cmd
}

func terminal(name string) console.Options {
	o := console.Options{Name: name, In: os.Stdin, Out: os.Stdout}
	if info, err := os.Stdin.Stat(); err == nil && info.Mode()&os.ModeCharDevice != 0 {
		o.Prompt = "> "
	}
	return o
}

func newCheck() *cobra.Command {
	return &cobra.Command{
		Use: "check", Short: "Check bot.yaml and every plugin's configuration", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			path, err := cmd.Flags().GetString("config")
			if err != nil {
				return err
			}
			return app.Check(cmd.Context(), path, cmd.OutOrStdout())
		},
	}
}

func newPlugin() *cobra.Command {
	plugin := &cobra.Command{
		Use: "plugin", Short: "Work with plugins", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	plugin.AddCommand(&cobra.Command{
		Use: "run NAME", Short: "Run a bundled plugin; the bot does this", Args: cobra.ExactArgs(1),
		ValidArgs: app.Bundled(),
		RunE:      func(_ *cobra.Command, args []string) error { return app.RunBundled(args[0]) },
	})
	return plugin
}

func load(cmd *cobra.Command, o config.Options) (*config.Config, error) {
	path, err := cmd.Flags().GetString("config")
	if err != nil {
		return nil, err
	}
	o.Bundled = app.Bundled()
	c, err := config.Load(path, o)
	if err != nil {
		return nil, err
	}
	return c, nil
}

// logOf returns the log that c asks for, with the warnings about c in it.
func logOf(cmd *cobra.Command, c *config.Config) *slog.Logger {
	log := newLog(c.Log, cmd.ErrOrStderr())
	for _, w := range c.Warnings {
		log.Warn(w.Error())
	}
	return log
}

func newLog(l config.Log, to io.Writer) *slog.Logger {
	o := &slog.HandlerOptions{Level: l.Slog()}
	if l.Format == "json" {
		return slog.New(slog.NewJSONHandler(to, o))
	}
	return slog.New(slog.NewTextHandler(to, o))
}
