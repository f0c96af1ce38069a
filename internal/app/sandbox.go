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
	"github.com/chuanhuabot/bot/internal/config"
	"github.com/chuanhuabot/bot/sandbox"
	platformmp "github.com/chuanhuabot/bot/sandbox/mp"
	"github.com/chuanhuabot/bot/sdk"
)

// Sandbox runs the bot of c with simulated platforms in place of the real ones, until ctx ends. It serves them and their page
// at listen, and writes the address to out. The bot's own data is not touched: what it keeps is gone with the sandbox.
func Sandbox(ctx context.Context, c *config.Config, listen string, out io.Writer, log *slog.Logger) error {
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

// simulatedAccount is an account of a platform, the path at which its channel is called, and that of its voice page, if it has one.
type simulatedAccount struct {
	*platformmp.Account
	path, page string
}

// openAccounts opens an account for each channel, with the credentials that the channel has, and points the channel to the
// platform that is simulated. It changes c, not what c was copied from.
func openAccounts(s *sandbox.Sandbox, c *config.Config) ([]simulatedAccount, error) {
	var accounts []simulatedAccount
	c.Channels = append(c.Channels[:0:0], c.Channels...)
	for i, e := range c.Channels {
		own := *e.Value.MP
		account, err := s.World().AddMP(e.Key, platformmp.Settings{
			ID: own.OriginalID, AppID: own.AppID, Secret: own.AppSecret.Value(), Token: own.Token.Value(), AESKey: own.AESKey.Value(),
			PreviousAESKey: own.PreviousAESKey.Value(), Mode: own.Mode, Kind: own.Account,
		})
		if err != nil {
			return nil, c.Problem("channels."+e.Key, err.Error())
		}
		if err := account.SetMenu(simulatedMenu(own.Menu)); err != nil {
			return nil, c.Problem("channels."+e.Key+".mp.menu", err.Error())
		}
		own.APIBase, own.Proxy = s.APIBase("mp"), sdk.Secret{}
		// The voice page is at the bot's own address, wherever it is, and asks the simulated platform who people are.
		own.OriginalID, own.PublicURL, own.OAuthBase = account.Settings().ID, "", s.APIBase("mp")
		c.Channels[i].Value = config.Channel{MP: &own}
		accounts = append(accounts, simulatedAccount{account, own.Path, own.VoicePage})
	}
	return accounts, nil
}

// connect tells the platforms where the bot listens.
func connect(accounts []simulatedAccount, at net.Addr) error {
	for _, a := range accounts {
		set := a.Settings()
		set.URL = "http://" + sandbox.Reachable(at) + a.path
		if a.page != "" {
			set.Page = "http://" + sandbox.Reachable(at) + a.page
		}
		if err := a.Set(set); err != nil {
			return err
		}
	}
	return nil
}
