package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"strings"
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

// channels are one verified account, and one that has no API.
func (w *world) channels() string {
	return strings.NewReplacer("API", w.api, "KEY", aesKey).Replace(
		`  verified: {mp: {path: /verified, app_id: wx00000000000verif, app_secret: verifiedsecret, token: soaktoken1, account: verified, try_timeout: 1s, api_base: "API"}}
  unverified: {mp: {path: /unverified, app_id: wx000000000unverif, token: soaktoken2, mode: safe, aes_key: KEY, try_timeout: 1s}}`)
}

// people are half on each account.
func (w *world) people(o options) []talker {
	all := make([]talker, o.People)
	for i := range all {
		p := &person{
			id: fmt.Sprintf("oPerson%022d", i), account: w.verified, random: rand.New(rand.NewPCG(o.Seed, uint64(i))), pause: o.Pause, plans: map[string]plan{}, calm: o.UpgradeEvery > 0,
		}
		if i%2 == 1 {
			p.account = w.unverified
		}
		all[i] = p
	}
	return all
}

func (w *world) heal() { w.platform.Host().Heal() }

func (w *world) verdict(people []talker, b *bot) report {
	var all []*person
	for _, one := range people {
		all = append(all, one.(*person))
	}
	return verdict(all, w.log, b)
}

// fail makes something about the API go wrong.
func (w *world) fail(ctx context.Context, o options, r *rand.Rand) {
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
}
