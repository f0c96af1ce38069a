package kf

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/chuanhuabot/bot/sandbox/callback"
	"github.com/chuanhuabot/bot/sandbox/traffic"
)

// verifyPatience is how long the console waits (page 91144).
const verifyPatience = time.Second

// Verify asks the bot's URL to prove that it has the Token and the AESKey, as the console does when the owner saves the settings
// (page 91144). It passes only if the answer is a 200 and the text inside echostr, byte for byte; the error says what came
// instead. It blocks for up to a second of the platform's clock.
func (c *Corp) Verify(ctx context.Context) error {
	c.mu.Lock()
	s, key := c.settings, c.current
	c.mu.Unlock()
	if s.URL == "" {
		return errors.New("verify: the corp has no URL")
	}
	echo := c.platform.newID("") // Never the same twice.
	sealed, escaped, err := echostr(key, echo)
	if err != nil {
		return err
	}
	query, err := signedQuery(s.Token, sealed, c.platform.stamp.Now())
	if err != nil {
		return err
	}
	try := c.platform.caller.Try(ctx, callback.Request{
		Method: http.MethodGet, URL: callback.WithQuery(s.URL, query+"&echostr="+escaped), Patience: verifyPatience,
	})
	if ctx.Err() != nil {
		return ctx.Err()
	}
	judgeEcho(&try, echo)
	c.platform.traffic.Add(traffic.Exchange{
		Time: try.Began, Took: traffic.Millis(try.Took), Direction: traffic.Callback, Platform: "kf", Try: 1, Method: http.MethodGet,
		URL: try.URL, RequestPlain: echo, Status: try.Status, Response: string(try.Body), Error: try.Err,
	})
	if try.Err != "" {
		return fmt.Errorf("verify %s: %s", s.URL, try.Err)
	}
	return nil
}

// judgeEcho says in try.Err what is wrong with an answer.
func judgeEcho(try *callback.Try, echo string) {
	switch {
	case try.Err != "":
	case try.Status != http.StatusOK:
		try.Err = fmt.Sprintf("status %d: only 200 counts", try.Status)
	case string(try.Body) != echo:
		try.Err = fmt.Sprintf("the answer is %.100q, not the text inside echostr, %s", try.Body, echo)
	}
}
