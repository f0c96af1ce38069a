package mp

import (
	"context"
	"errors"
	"fmt"
	"net/http"
)

// Verify asks the bot's URL to prove that it knows the Token, as the console does when the owner saves the settings
// (developers.weixin.qq.com/doc/subscription/guide/dev/push/). It passes only if the answer is a 200 and echostr, byte for
// byte; the error says what came instead. It blocks for as long as one try of a push.
func (a *Account) Verify(ctx context.Context) error {
	s := a.Settings()
	if s.URL == "" {
		return errors.New("verify: the account has no URL")
	}
	err := a.platform.patiently(ctx, func(ctx context.Context) error { return a.verify(ctx, s) })
	if err != nil {
		return fmt.Errorf("verify %s: %w", s.URL, err)
	}
	return nil
}

func (a *Account) verify(ctx context.Context, s Settings) error {
	timestamp, nonce, err := stamp(a.platform.clock.Now())
	if err != nil {
		return err
	}
	_, echo, err := stamp(a.platform.clock.Now())
	if err != nil {
		return err
	}
	echo = fmt.Sprint(a.platform.ids.Add(1)) + echo // Never the same twice.
	address := withQuery(s.URL, signedQuery(s.Token, timestamp, nonce)+"&echostr="+echo)
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return err
	}
	setHeaders(request)
	response, body, err := a.platform.roundTrip(request)
	switch {
	case err != nil:
		return err
	case response.StatusCode != http.StatusOK:
		return fmt.Errorf("status %d: only 200 counts", response.StatusCode)
	case string(body) != echo:
		return fmt.Errorf("the answer is %.100q, not the echostr %s", body, echo)
	}
	return nil
}
