package mp

import (
	"context"
	"fmt"
	"maps"
	"time"

	"github.com/chuanhuabot/bot/channels/internal/wx"
	"github.com/chuanhuabot/bot/sdk"
)

// api is what the channel asks of the platform.
type api struct{ *wx.API }

// newAPI returns nil for an account that has no AppSecret: it makes no calls. Its token is in the store, for all who have
// that, unless store is nil.
func newAPI(c Config, store wx.Values) (*api, error) {
	if c.AppSecret.Empty() {
		return nil, nil
	}
	called, err := wx.NewAPI(c.APIBase, c.Proxy.Value(), fetchToken(c.AppID, c.AppSecret))
	if err != nil {
		return nil, err
	}
	if store == nil {
		return &api{called}, nil
	}
	shelf, err := wx.NewShelf(store, "mp/token/"+c.AppID, c.AppSecret)
	if err != nil {
		return nil, err
	}
	called.Share(shelf)
	return &api{called}, nil
}

// fetchToken asks for a stable token: several processes may, and get the same one
// (developers.weixin.qq.com/doc/service/api/base/api_getstableaccesstoken).
func fetchToken(appID string, secret sdk.Secret) wx.Fetch {
	return func(ctx context.Context, a *wx.API, force bool) (wx.Token, error) {
		in := map[string]any{"grant_type": "client_credential", "appid": appID, "secret": secret.Value(), "force_refresh": force}
		var out struct {
			Token   string `json:"access_token"`
			Expires int64  `json:"expires_in"` // In seconds.
		}
		if err := a.PostOpen(ctx, "/cgi-bin/stable_token", in, &out); err != nil {
			return wx.Token{}, err
		}
		if out.Token == "" || out.Expires <= 0 {
			return wx.Token{}, fmt.Errorf("%w: the answer has no token", wx.ErrNotSent)
		}
		return wx.Token{Value: sdk.NewSecret(out.Token), Expires: time.Duration(out.Expires) * time.Second}, nil
	}
}

// typing lets a person see 对方正在输入 for up to 15 s
// (developers.weixin.qq.com/doc/service/api/customer/message/api_typing).
func (a *api) typing(ctx context.Context, to string) error {
	return a.Post(ctx, "/cgi-bin/message/custom/typing", map[string]any{"touser": to, "command": "Typing"}, nil)
}

// send makes one call that reaches a person, which is what custom wrote. The platform does not know repeats.
func (a *api) send(ctx context.Context, to string, c outgoing) error {
	body := maps.Clone(c.body)
	body["touser"] = to
	return a.Post(ctx, c.path, body, nil)
}
