package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"
)

// hangups tells of each SIGHUP, as operators send it to have a configuration read again.
func hangups() (again <-chan struct{}, stop func()) {
	signals, told, ended := make(chan os.Signal, 1), make(chan struct{}, 1), make(chan struct{})
	signal.Notify(signals, syscall.SIGHUP)
	go func() {
		for {
			select {
			case <-signals:
			case <-ended:
				return
			}
			select {
			case told <- struct{}{}:
			default: // One is due already.
			}
		}
	}()
	return told, func() {
		signal.Stop(signals)
		close(ended)
	}
}

// endOnHangup lets every command but `bot run` end when its terminal closes.
func endOnHangup(cmd *cobra.Command, _ []string) {
	if !cmd.HasParent() || cmd.Name() == "run" && !cmd.Parent().HasParent() {
		return
	}
	ctx, stop := signal.NotifyContext(cmd.Context(), syscall.SIGHUP)
	context.AfterFunc(ctx, stop)
	cmd.SetContext(ctx)
}
