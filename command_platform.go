package main

import (
	"os"

	"github.com/spf13/cobra"

	"github.com/chuanhuabot/bot/internal/app"
	"github.com/chuanhuabot/bot/internal/report"
)

// newDoctor and newMenu are for the commands that ask the real platforms.

func newDoctor() *cobra.Command {
	cmd := &cobra.Command{
		Use: "doctor", Short: "Ask the real platforms what is wrong: token, IP list, clock, callback, rights, menu, plugins", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			path, language, err := reported(cmd)
			if err != nil {
				return err
			}
			return app.Doctor(cmd.Context(), path, language, cmd.OutOrStdout())
		},
	}
	addLanguage(cmd)
	return cmd
}

func newMenu() *cobra.Command {
	menu := &cobra.Command{
		Use: "menu", Short: "Work with the menus of Official Accounts", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	push := &cobra.Command{
		Use: "push [CHANNEL...]", Short: "Put the menus of bot.yaml in place at WeChat", Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, names []string) error {
			path, language, err := reported(cmd)
			if err != nil {
				return err
			}
			return app.PushMenus(cmd.Context(), path, names, language, cmd.OutOrStdout())
		},
	}
	addLanguage(push)
	menu.AddCommand(push)
	return menu
}

func addLanguage(cmd *cobra.Command) {
	cmd.Flags().String("lang", "", "the language of the findings, zh or en; that of the terminal if it is not given")
}

// reported returns what commands that report findings are told: bot.yaml and the language.
func reported(cmd *cobra.Command) (path string, l report.Language, err error) {
	if path, err = cmd.Flags().GetString("config"); err != nil {
		return "", "", err
	}
	name, err := cmd.Flags().GetString("lang")
	if err != nil {
		return "", "", err
	}
	l, err = report.ChooseLanguage(name, os.Getenv)
	return path, l, err
}
