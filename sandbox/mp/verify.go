package mp

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/chuanhuabot/bot/sandbox/callback"
	"github.com/chuanhuabot/bot/sandbox/traffic"
)

// Verify asks the bot's URL to prove that it knows the Token, as the console does when the owner saves the settings
// (developers.weixin.qq.com/doc/subscription/guide/dev/push/). It passes only if the answer is a 200 and echostr, byte for
// byte; the error says what came instead. It blocks for as long as one try of a push.
func (a *Account) Verify(ctx context.Context) error {
	s := a.Settings()
	if s.URL == "" {
		return errors.New("verify: the account has no URL")
	}
	timestamp, nonce, err := stamp(a.platform.stamp.Now())
	if err != nil {
		return err
	}
	echo := fmt.Sprint(a.platform.ids.Add(1)) // Never the same twice.
	try := a.platform.caller.Try(ctx, callback.Request{
		Method: http.MethodGet, URL: callback.WithQuery(s.URL, signedQuery(s.Token, timestamp, nonce)+"&echostr="+echo),
		Patience: a.platform.Rules().TryTimeout,
	})
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case try.Err != "":
	case try.Status != http.StatusOK:
		try.Err = fmt.Sprintf("status %d: only 200 counts", try.Status)
	case string(try.Body) != echo:
		try.Err = fmt.Sprintf("the answer is %.100q, not the echostr %s", try.Body, echo)
	}
	a.platform.traffic.Add(traffic.Exchange{
		Time: try.Began, Took: traffic.Millis(try.Took), Direction: traffic.Callback, Platform: "mp", Account: s.ID, Try: 1,
		Method: http.MethodGet, URL: try.URL, Status: try.Status, Response: string(try.Body), Error: try.Err,
	})
	if try.Err != "" {
		return fmt.Errorf("verify %s: %s", s.URL, try.Err)
	}
	return nil
}
