package mp

import (
	"context"
	"crypto/rand"
	"crypto/sha1"
	"encoding/hex"
	"fmt"
	"net/url"
	"time"

	"github.com/chuanhuabot/bot/channels/internal/wx"
	"github.com/chuanhuabot/bot/sdk"
)

// newTickets returns the jsapi_ticket of an account, which is asked for as seldom as a token
// (developers.weixin.qq.com/doc/offiaccount/OA_Web_Apps/JS-SDK.html).
func newTickets(a *api) *wx.Tokens {
	return wx.NewTokens(func(ctx context.Context, _ bool) (wx.Token, error) { return a.ticket(ctx) })
}

func (a *api) ticket(ctx context.Context) (wx.Token, error) {
	var out struct {
		Ticket  string `json:"ticket"`
		Expires int64  `json:"expires_in"` // In seconds.
	}
	if err := a.Get(ctx, "/cgi-bin/ticket/getticket", url.Values{"type": {"jsapi"}}, &out); err != nil {
		return wx.Token{}, err
	}
	if out.Ticket == "" || out.Expires <= 0 {
		return wx.Token{}, fmt.Errorf("%w: the answer has no ticket", wx.ErrNotSent)
	}
	return wx.Token{Value: sdk.NewSecret(out.Ticket), Expires: time.Duration(out.Expires) * time.Second}, nil
}

// jsConfig is what the page hands to wx.config.
type jsConfig struct {
	AppID     string `json:"appId"`
	Timestamp int64  `json:"timestamp"`
	Nonce     string `json:"nonceStr"`
	Signature string `json:"signature"`
}

// newJSConfig signs an address for a page.
func newJSConfig(appID, ticket, address string, now time.Time) jsConfig {
	c := jsConfig{AppID: appID, Timestamp: now.Unix(), Nonce: rand.Text()}
	c.Signature = jsSignature(ticket, c.Nonce, c.Timestamp, address)
	return c
}

// jsSignature is that of the JS-SDK: the values as they are, in this order
// (developers.weixin.qq.com/doc/offiaccount/OA_Web_Apps/JS-SDK.html).
func jsSignature(ticket, nonce string, timestamp int64, address string) string {
	sum := sha1.Sum(fmt.Appendf(nil, "jsapi_ticket=%s&noncestr=%s&timestamp=%d&url=%s", ticket, nonce, timestamp, address))
	return hex.EncodeToString(sum[:])
}
