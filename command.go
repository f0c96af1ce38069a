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
		SilenceUsage: true, SilenceErrors: true, Args: cobra.NoArgs, RunE: run, PersistentPreRun: endOnHangup,
	}
	root.PersistentFlags().StringP("config", "c", "bot.yaml", "the configuration")
	root.AddCommand(
		newRun(), newSandbox(), newChat(), newCheck(), newDoctor(), newMenu(), newDeliveries(), newPlugin(),
	)
	return root
}

func newRun() *cobra.Command {
	cmd := &cobra.Command{Use: "run", Short: "Run the bot until a signal, then drain", Args: cobra.NoArgs, RunE: run}
	addWatch(cmd, false)
	return cmd
}

func addWatch(cmd *cobra.Command, watch bool) {
	cmd.Flags().Bool("watch", watch, "take up changes of bot.yaml and of the plugins' programs by itself")
}

func run(cmd *cobra.Command, _ []string) error {
	s, err := source(cmd, config.Options{})
	if err != nil {
		return err
	}
	again, stop := hangups()
	defer stop()
	s.Again = again
	a, err := app.New(cmd.Context(), s.Loaded, logOf(cmd, s.Loaded))
	if err != nil {
		return err
	}
	a.Follow(s)
	return a.Run(cmd.Context())
}

// source returns bot.yaml, to be read again when it changes if the flag says so.
func source(cmd *cobra.Command, o config.Options) (app.Source, error) {
	c, err := load(cmd, o)
	if err != nil {
		return app.Source{}, err
	}
	path, err := cmd.Flags().GetString("config")
	if err != nil {
		return app.Source{}, err
	}
	watch := cmd.Flags().Lookup("watch")
	return app.Source{
		Path: path, Loaded: c, Load: func() (*config.Config, error) { return load(cmd, o) },
		MadeUp: o.MakeUp, Watch: watch != nil && watch.Value.String() == "true",
	}, nil
}

func newSandbox() *cobra.Command {
	cmd := &cobra.Command{
		Use: "sandbox", Short: "Run the bot with simulated platforms, and a page to chat with it", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			attach, err := cmd.Flags().GetStringToString("attach")
			if err != nil {
				return err
			}
			s, err := source(cmd, config.Options{MakeUp: true, Attach: attach})
			if err != nil {
				return err
			}
			listen, err := cmd.Flags().GetString("listen")
			if err != nil {
				return err
			}
			return app.Sandbox(cmd.Context(), s, listen, cmd.OutOrStdout(), logOf(cmd, s.Loaded))
		},
	}
	cmd.Flags().String("listen", "127.0.0.1:8081", "the address of the page and of the simulated platforms")
	cmd.Flags().StringToString("attach", nil, "plugins that run already, under a debugger for instance, as NAME=FOLDER with the folder of its socket")
	addWatch(cmd, true)
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
