package kf

import (
	"context"
	"fmt"
	"net/http"
	"sync"

	"github.com/chuanhuabot/bot/sandbox/callback"
	"github.com/chuanhuabot/bot/sandbox/clock"
	"github.com/chuanhuabot/bot/sandbox/traffic"
)

// ring sends a bell until the bot answers or the platform gives up. It returns the error of ctx if that ends first.
func (c *Corp) ring(ctx context.Context, b *bell) (*Outcome, error) {
	out := &Outcome{Message: b.message, Request: b.body, Plain: b.plain, Duplicates: make([]callback.Try, b.fault.Duplicates)}
	var beside sync.WaitGroup
	for i := range out.Duplicates {
		beside.Go(func() { out.Duplicates[i] = c.try(ctx, b, 0) })
	}
	err := c.insist(ctx, b, out)
	beside.Wait()
	for _, try := range out.Duplicates {
		out.Answered = out.Answered || try.Err == "" && err == nil
	}
	if !out.Answered && err == nil {
		out.Why = out.Tries[len(out.Tries)-1].Err
		c.platform.log.Warn("nobody answers the bell", "account", b.account, "message", b.message, "err", out.Why)
	}
	return out, err
}

// insist makes the tries, one after the other.
func (c *Corp) insist(ctx context.Context, b *bell, out *Outcome) error {
	for n := 1; ; n++ {
		try := c.try(ctx, b, n)
		out.Tries = append(out.Tries, try)
		out.Answered = try.Err == "" && ctx.Err() == nil
		if err := ctx.Err(); err != nil || out.Answered || n >= b.rules.Tries {
			return err
		}
		if err := clock.Sleep(ctx, c.platform.clock, b.rules.TryPause); err != nil {
			return err
		}
	}
}

// try sends the bell once; n counts from 1, and is 0 for a duplicate. Every answer with a 200 counts, whatever is in it
// (page 96466).
func (c *Corp) try(ctx context.Context, b *bell, n int) callback.Try {
	try := c.platform.caller.Try(ctx, callback.Request{
		Method: http.MethodPost, URL: b.url, Body: b.body, Patience: b.rules.TryTimeout, Lost: n > 0 && n <= b.fault.Lost, Delay: b.fault.Delay,
	})
	if ctx.Err() != nil {
		return try
	}
	if try.Err == "" && try.Status != http.StatusOK {
		try.Err = fmt.Sprintf("status %d: only 200 counts", try.Status)
	}
	c.platform.traffic.Add(traffic.Exchange{
		Time: try.Began, Took: traffic.Millis(try.Took), Direction: traffic.Callback, Platform: "kf", Account: b.account, Person: b.customer,
		Message: b.message, Try: n, Method: http.MethodPost, URL: try.URL, Request: string(b.body), RequestPlain: string(b.plain),
		Status: try.Status, Response: string(try.Body), Error: try.Err,
	})
	return try
}
