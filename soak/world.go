package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"time"

	"github.com/chuanhuabot/bot/sandbox/apihost"
	"github.com/chuanhuabot/bot/sandbox/mp"
	"github.com/chuanhuabot/bot/sandbox/transcript"
)

const aesKey = "kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkG"

// world is the platform with its two accounts.
type world struct {
	platform             *mp.Platform
	host                 *http.Server
	api                  string // Where its API is called.
	log                  *transcript.Log
	verified, unverified *mp.Account
}

func newWorld(messages int) (*world, error) {
	w := &world{log: transcript.New(20*messages + 10_000)}
	w.platform = mp.New(mp.Options{Transcript: w.log, Rules: mp.Rules{TryTimeout: time.Second}})
	w.host = &http.Server{Handler: w.platform}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	w.api = "http://" + l.Addr().String()
	go func() { _ = w.host.Serve(l) }() // Until close.
	return w, nil
}

func (w *world) close() {
	_ = w.host.Close()
	w.platform.Close()
}

// open opens the accounts of a bot.
func (w *world) open(address string) (err error) {
	w.verified, err = w.platform.Add(mp.Settings{
		ID: "gh_verified", AppID: "wx00000000000verif", Secret: "verifiedsecret", Token: "soaktoken1", Kind: mp.Verified, URL: "http://" + address + "/verified",
	})
	if err != nil {
		return err
	}
	w.unverified, err = w.platform.Add(mp.Settings{
		ID: "gh_unverified", AppID: "wx000000000unverif", Token: "soaktoken2", AESKey: aesKey, Mode: "safe", Kind: mp.Unverified,
		URL: "http://" + address + "/unverified",
	})
	return err
}

// trouble makes the API fail, and the bot and its plugin die, until ctx ends.
func (w *world) trouble(ctx context.Context, b *bot, o options, r *rand.Rand) error {
	for round := 0; sleep(ctx, o.KillEvery/2+rand.N(o.KillEvery)); round++ {
		switch r.IntN(6) {
		case 0:
			w.verified.InvalidateTokens()
		case 1:
			w.platform.Host().Suffer(apihost.Outage{Down: true})
			sleep(ctx, time.Second)
			w.platform.Host().Heal()
		case 2:
			w.platform.Host().Suffer(apihost.Outage{Slow: 300 * time.Millisecond})
			sleep(ctx, time.Second)
			w.platform.Host().Heal()
		default:
			codes := []int{-1, 45015, 45047} // Not 45009: it waits for an hour.
			if o.Settle > time.Minute {
				codes = append(codes, 40001, 42001, 45011) // These wait for a minute.
			}
			code := codes[r.IntN(len(codes))]
			w.platform.Host().Fail(apihost.Failure{Path: "/cgi-bin/message/custom/send", Code: code, Times: 1 + r.IntN(3)})
		}
		if round%3 == 2 {
			b.killPlugin()
			continue
		}
		// Nobody waits for it at the end: a bot that does not come back shows in what people see.
		if err := b.kill(context.WithoutCancel(ctx)); err != nil {
			return fmt.Errorf("the bot did not come back: %w", err)
		}
	}
	return nil
}
