package app

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"time"

	"github.com/chuanhuabot/bot/core/trace"
	"github.com/chuanhuabot/bot/sandbox"
)

// Sandbox runs the bot of from.Loaded with simulated platforms in place of the real ones, until ctx ends, and takes up what changes there. It
// serves them and their page at listen, and writes the address to out. The bot's own data is not touched: what it keeps is gone with the
// sandbox.
func Sandbox(ctx context.Context, from Source, listen string, out io.Writer, log *slog.Logger) error {
	c := from.Loaded
	s, err := sandbox.Listen(sandbox.Options{Listen: listen, Log: log})
	if err != nil {
		return err
	}
	defer s.Close()
	data, err := os.MkdirTemp("", "bot-sandbox-")
	if err != nil {
		return fmt.Errorf("make a folder for the sandbox's data: %w", err)
	}
	defer os.RemoveAll(data)
	simulated := *c
	simulated.Data, simulated.NATS = data, nil
	simulated.Drain = min(c.Drain, patience) // Somebody sits at the desk and waits.
	warnOfOthers(listen, log)
	accounts, err := openAccounts(s, &simulated)
	if err != nil {
		return err
	}
	a, err := newApp(ctx, &simulated, &trace.Recorder{Tell: func(t trace.Turn) { s.World().AddTurn(turnOf(t)) }}, log)
	if err != nil {
		return err
	}
	if err := connect(accounts, a.Addr()); err != nil {
		a.Close()
		return err
	}
	if from.Load != nil {
		// What was loaded first has been changed for the simulated platforms, and is nothing to compare with.
		if from.Loaded, err = from.Load(); err != nil {
			a.Close()
			return err
		}
		a.Follow(from)
	}
	s.Serve() // Not before the accounts are complete: who calls earlier waits.
	fmt.Fprintln(out, s.URL())
	return a.Run(ctx)
}

// patience is how long running turns may take to end when a sandbox is stopped.
const patience = 2 * time.Second

// warnOfOthers says so if other machines can reach the sandbox: whoever does can do there what the page can.
func warnOfOthers(listen string, log *slog.Logger) {
	host, _, err := net.SplitHostPort(listen)
	if ip := net.ParseIP(host); err != nil || host == "localhost" || ip != nil && ip.IsLoopback() {
		return
	}
	log.Warn("other machines can reach this sandbox, and do what its page can; listen at 127.0.0.1 to keep it to this one", "listen", listen)
}
