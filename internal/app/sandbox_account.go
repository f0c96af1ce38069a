package app

import (
	"net"

	"github.com/chuanhuabot/bot/channels/kf"
	"github.com/chuanhuabot/bot/channels/mp"
	"github.com/chuanhuabot/bot/internal/config"
	"github.com/chuanhuabot/bot/sandbox"
	platformkf "github.com/chuanhuabot/bot/sandbox/kf"
	platformmp "github.com/chuanhuabot/bot/sandbox/mp"
	"github.com/chuanhuabot/bot/sdk"
)

// connecter tells a simulated platform where the bot listens, as http://host:port.
type connecter func(bot string) error

// openAccounts opens an account for each channel, with the credentials that the channel has, and points the channel to the
// platform that is simulated. It changes c, not what c was copied from.
func openAccounts(s *sandbox.Sandbox, c *config.Config) ([]connecter, error) {
	var all []connecter
	c.Channels = append(c.Channels[:0:0], c.Channels...)
	for i, e := range c.Channels {
		var one connecter
		var err error
		if e.Value.KF != nil {
			one, c.Channels[i].Value.KF, err = openKF(s, c, e.Key, *e.Value.KF)
		} else {
			one, c.Channels[i].Value.MP, err = openMP(s, c, e.Key, *e.Value.MP)
		}
		if err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return all, nil
}

func openMP(s *sandbox.Sandbox, c *config.Config, name string, own mp.Config) (connecter, *mp.Config, error) {
	account, err := s.World().AddMP(name, platformmp.Settings{
		ID: own.OriginalID, AppID: own.AppID, Secret: own.AppSecret.Value(), Token: own.Token.Value(), AESKey: own.AESKey.Value(),
		PreviousAESKey: own.PreviousAESKey.Value(), Mode: own.Mode, Kind: own.Account,
	})
	if err != nil {
		return nil, nil, c.Problem("channels."+name, err.Error())
	}
	if err := account.SetMenu(simulatedMenu(own.Menu)); err != nil {
		return nil, nil, c.Problem("channels."+name+".mp.menu", err.Error())
	}
	own.APIBase, own.Proxy = s.APIBase("mp"), sdk.Secret{}
	// The voice page is at the bot's own address, wherever it is, and asks the simulated platform who people are.
	own.OriginalID, own.PublicURL, own.OAuthBase = account.Settings().ID, "", s.APIBase("mp")
	return func(bot string) error {
		set := account.Settings()
		set.URL = bot + own.Path
		if own.VoicePage != "" {
			set.Page = bot + own.VoicePage
		}
		return account.Set(set)
	}, &own, nil
}

func openKF(s *sandbox.Sandbox, c *config.Config, name string, own kf.Config) (connecter, *kf.Config, error) {
	account, err := s.World().AddKF(name, platformkf.Settings{
		CorpID: own.CorpID, Secret: own.Secret.Value(), Token: own.Token.Value(), AESKey: own.AESKey.Value(), PreviousAESKey: own.PreviousAESKey.Value(),
	})
	if err != nil {
		return nil, nil, c.Problem("channels."+name, err.Error())
	}
	own.APIBase, own.Proxy = s.APIBase("kf"), sdk.Secret{}
	own.Accounts = nil // They are real ones.
	return func(bot string) error {
		set := account.Corp().Settings()
		set.URL = bot + own.Path
		return account.Corp().Set(set)
	}, &own, nil
}

// connect tells the platforms where the bot listens.
func connect(accounts []connecter, at net.Addr) error {
	for _, tell := range accounts {
		if err := tell("http://" + sandbox.Reachable(at)); err != nil {
			return err
		}
	}
	return nil
}
