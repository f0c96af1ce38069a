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
	"github.com/chuanhuabot/bot/sandbox/kf"
	"github.com/chuanhuabot/bot/sandbox/transcript"
)

// service is customer service: a company with two accounts.
type service struct {
	platform *kf.Platform
	corp     *kf.Corp
	accounts []*kf.Account
	host     *http.Server
	api      string // Where its API is called.
	log      *transcript.Log
}

var _ platform = (*service)(nil)

func newService(messages int) (*service, error) {
	s := &service{log: transcript.New(20*messages + 10_000)}
	s.platform = kf.New(kf.Options{Transcript: s.log, Rules: kf.Rules{
		TryTimeout: time.Second, CallsPerMinute: -1, SyncsWithoutToken: -1, ShortPages: 100, EmptyPages: 1,
	}})
	s.host = &http.Server{Handler: s.platform}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	s.api = "http://" + l.Addr().String()
	go func() { _ = s.host.Serve(l) }() // Until close.
	return s, nil
}

func (s *service) close() {
	_ = s.host.Close()
	s.platform.Close()
}

func (s *service) channels() string {
	return strings.NewReplacer("API", s.api, "KEY", aesKey).Replace(
		`  work: {kf: {path: /kf, corp_id: ww0000000000000000, secret: soaksecret, token: soaktoken, aes_key: KEY, api_base: "API", poll: 10s, confirm: 2s}}`)
}

func (s *service) open(address string) (err error) {
	s.corp, err = s.platform.AddCorp(kf.Settings{
		CorpID: "ww0000000000000000", Secret: "soaksecret", Token: "soaktoken", AESKey: aesKey, URL: "http://" + address + "/kf",
	})
	if err != nil {
		return err
	}
	s.accounts = []*kf.Account{s.corp.AddAccount("first"), s.corp.AddAccount("second")}
	return nil
}

func (s *service) people(o options) []talker {
	all := make([]talker, o.People)
	for i := range all {
		all[i] = &customer{
			id: fmt.Sprintf("wmCustomer%022d", i), account: s.accounts[i%len(s.accounts)], random: rand.New(rand.NewPCG(o.Seed, uint64(i))), pause: o.Pause,
		}
	}
	return all
}

func (s *service) heal() { s.platform.Host().Heal() }

// fail makes something about the API go wrong, in ways that are over by themselves.
func (s *service) fail(ctx context.Context, o options, r *rand.Rand) {
	switch r.IntN(6) {
	case 0:
		s.corp.InvalidateTokens()
	case 1:
		s.platform.Host().Suffer(apihost.Outage{Down: true})
		sleep(ctx, time.Second)
		s.platform.Host().Heal()
	case 2:
		s.platform.Host().Suffer(apihost.Outage{Slow: 300 * time.Millisecond})
		sleep(ctx, time.Second)
		s.platform.Host().Heal()
	case 3:
		s.platform.Host().Fail(apihost.Failure{Path: "/cgi-bin/kf/sync_msg", Code: []int{-1, 45033, 95007}[r.IntN(3)], Times: 1 + r.IntN(3)})
	default:
		codes := []int{-1, 6000, 45033, 42001}
		if o.Settle > time.Minute {
			codes = append(codes, 45009) // This waits for a minute.
		}
		s.platform.Host().Fail(apihost.Failure{Path: "/cgi-bin/kf/send_msg", Code: codes[r.IntN(len(codes))], Times: 1 + r.IntN(3)})
	}
}

// customer sends messages, one after the other, and does not always wait for the answer.
type customer struct {
	id      string
	account *kf.Account
	random  *rand.Rand
	pause   time.Duration // Between messages, about.
	said    []said        // In their order.
}

// said is a message, by the platform's id of it, and what it asks for.
type said struct {
	message string
	plan    plan
}

func (c *customer) talk(ctx context.Context, numbers <-chan int) error {
	for number := range numbers {
		sleep(ctx, time.Duration(c.random.IntN(int(2*c.pause))))
		p := newPlan(c.random, number)
		out, err := c.account.Push(ctx, kf.Push{Customer: c.id, Content: kf.Text(p.String()), Fault: c.fault(), NoBell: c.random.IntN(50) == 0})
		if err != nil {
			return fmt.Errorf("%s: %w", p, err)
		}
		c.said = append(c.said, said{out.Message, p})
	}
	return ctx.Err()
}

// fault is what the network does to a bell.
func (c *customer) fault() kf.Fault {
	switch c.random.IntN(100) {
	case 0:
		return kf.Fault{Duplicates: 1 + c.random.IntN(3)}
	case 1:
		return kf.Fault{Lost: 1}
	case 2:
		return kf.Fault{Delay: time.Duration(c.random.IntN(1200)) * time.Millisecond}
	}
	return kf.Fault{}
}

// finish writes words that ask for nothing, so that what waits for a message of the customer can go.
func (c *customer) finish(ctx context.Context) error {
	for range 20 {
		if _, err := c.account.Say(ctx, c.id, kf.Text("thanks")); err != nil {
			return err
		}
		if !sleep(ctx, 3*time.Second) {
			return ctx.Err()
		}
		if c.complete() {
			return nil
		}
	}
	return nil
}

// complete tells whether the customer has seen the end of all that they have asked for.
func (c *customer) complete() bool {
	seen := map[string]bool{}
	for _, mark := range marksOf(c.account.Transcript(c.id)) {
		seen[mark] = true
	}
	for _, one := range c.said {
		for n := range one.plan.Replies {
			if !seen[one.plan.endMark(n)] {
				return false
			}
		}
	}
	return true
}
