package main

import (
	"context"
	"io"
	"time"

	"github.com/spf13/cobra"

	"github.com/chuanhuabot/bot/internal/app"
	"github.com/chuanhuabot/bot/internal/config"
)

// newDeliveries is for what could not be sent.
func newDeliveries() *cobra.Command {
	cmd := &cobra.Command{
		Use: "deliveries", Short: "List what has not been sent, send it again, or remove it", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(
		newDeliveriesList(),
		newDeliveriesChange("retry", "Send failed deliveries again", app.RetryDeliveries),
		newDeliveriesChange("purge", "Remove deliveries from the record", app.PurgeDeliveries),
	)
	return cmd
}

func newDeliveriesList() *cobra.Command {
	var l app.DeliveryList
	cmd := &cobra.Command{
		Use: "list", Short: "List the deliveries that wait and those that failed", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := load(cmd, config.Options{})
			if err != nil {
				return err
			}
			return app.ListDeliveries(cmd.Context(), c, l, cmd.OutOrStdout())
		},
	}
	cmd.Flags().BoolVar(&l.Failed, "failed", false, "only those that failed")
	cmd.Flags().BoolVar(&l.Waiting, "waiting", false, "only those that wait")
	cmd.Flags().BoolVar(&l.JSON, "json", false, "write JSON")
	cmd.Flags().IntVarP(&l.Limit, "limit", "n", 50, "how many at most, the oldest first")
	return cmd
}

func newDeliveriesChange(
	name, short string, do func(context.Context, *config.Config, app.DeliveryChoice, io.Writer) error,
) *cobra.Command {
	var what app.DeliveryChoice
	cmd := &cobra.Command{
		Use: name + " ID...|--all", Short: short, Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, ids []string) error {
			c, err := load(cmd, config.Options{})
			if err != nil {
				return err
			}
			what.IDs = ids
			return do(cmd.Context(), c, what, cmd.OutOrStdout())
		},
	}
	cmd.Flags().BoolVar(&what.All, "all", false, "all that failed")
	if name == "purge" {
		cmd.Flags().DurationVar(&what.Older, "older", time.Duration(0), "only those older than this, such as 48h")
	}
	return cmd
}
