package kf

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"time"

	"github.com/chuanhuabot/bot/channels/internal/wx"
	"github.com/chuanhuabot/bot/sdk"
)

// api is what the channel asks of the platform.
type api struct {
	*wx.API
	voice  int           // The voice_format.
	asking chan struct{} // Bounds the calls for messages.
}

// atOnce is how many calls for messages run at once: users speak of 45033 above five.
const atOnce = 4

// errNoSecret is for what needs calls to the platform.
var errNoSecret = errors.New("it takes secret in bot.yaml, which the console shows once it has verified the URL")

// newAPI returns nil without a secret. The token is in the store, for all who have that, unless store is nil.
func newAPI(c Config, store wx.Values) (*api, error) {
	if c.Secret.Empty() {
		return nil, nil
	}
	called, err := wx.NewAPI(c.APIBase, c.Proxy.Value(), fetchToken(c.CorpID, c.Secret))
	if err != nil {
		return nil, err
	}
	a := &api{API: called, asking: make(chan struct{}, atOnce)}
	if c.VoiceFormat == "silk" {
		a.voice = 1
	}
	if store == nil {
		return a, nil
	}
	shelf, err := wx.NewShelf(store, "kf/token/"+c.CorpID, c.Secret)
	if err != nil {
		return nil, err
	}
	called.Share(shelf)
	return a, nil
}

// fetchToken asks for a token. While it is valid the platform gives the same one (page 91039), so there is no way to force another.
func fetchToken(corpID string, secret sdk.Secret) wx.Fetch {
	return func(ctx context.Context, a *wx.API, _ bool) (wx.Token, error) {
		var out struct {
			Token   string `json:"access_token"`
			Expires int64  `json:"expires_in"` // In seconds.
		}
		query := url.Values{"corpid": {corpID}, "corpsecret": {secret.Value()}}
		if err := a.GetOpen(ctx, "/cgi-bin/gettoken", query, &out); err != nil {
			return wx.Token{}, err
		}
		if out.Token == "" || out.Expires <= 0 {
			return wx.Token{}, fmt.Errorf("%w: the answer has no token", wx.ErrNotSent)
		}
		return wx.Token{Value: sdk.NewSecret(out.Token), Expires: time.Duration(out.Expires) * time.Second}, nil
	}
}

// news is a page of what an account has.
type news struct {
	Next string            `json:"next_cursor"`
	More int               `json:"has_more"`
	List []json.RawMessage `json:"msg_list"`
}

// sync asks an account for at most limit messages that stand behind a cursor; none is the earliest of the last three days. The token is
// that of a callback, without which the platform is not to be asked often (page 94670).
func (a *api) sync(ctx context.Context, account, cursor, token string, limit int) (news, error) {
	select {
	case a.asking <- struct{}{}:
		defer func() { <-a.asking }()
	case <-ctx.Done():
		return news{}, context.Cause(ctx)
	}
	in := map[string]any{"open_kfid": account, "limit": limit, "voice_format": a.voice}
	if cursor != "" {
		in["cursor"] = cursor
	}
	if token != "" {
		in["token"] = token
	}
	var out news
	err := a.Post(ctx, "/cgi-bin/kf/sync_msg", in, &out)
	return out, err
}

// accountsPage is how many accounts the platform names at once (page 96404).
const accountsPage = 100

// mostAccounts bounds how many are asked for: a company may have 5000.
const mostAccounts = 5000

// accounts returns the open_kfids that the app may use.
func (a *api) accounts(ctx context.Context) ([]string, error) {
	var all []string
	for len(all) < mostAccounts {
		var out struct {
			List []struct {
				ID string `json:"open_kfid"`
			} `json:"account_list"`
		}
		if err := a.Post(ctx, "/cgi-bin/kf/account/list", map[string]any{"offset": len(all), "limit": accountsPage}, &out); err != nil {
			return nil, err
		}
		for _, one := range out.List {
			all = append(all, one.ID)
		}
		if len(out.List) < accountsPage {
			break
		}
	}
	return all, nil
}
