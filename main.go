// Command bot is a chatbot framework: it carries messages between people on WeChat and reply plugins.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/chuanhuabot/bot/internal/app"
)

func main() {
	app.TuneRuntime()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // A second signal ends the process at once.
	err := newCommand().ExecuteContext(ctx)
	if err == nil {
		return
	}
	if !errors.Is(err, app.ErrProblems) {
		fmt.Fprintln(os.Stderr, err)
	}
	os.Exit(1)
}
