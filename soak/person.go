package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/chuanhuabot/bot/sandbox/mp"
)

// person sends messages, one after the other, and taps where the answer says so.
type person struct {
	id      string
	account *mp.Account
	random  *rand.Rand
	plans   map[string]plan // What was sent, by the platform's id of it.
	pause   time.Duration   // Between messages, about.
	calm    bool            // Nothing goes wrong with what is sent.
	wrong   []string        // The ids of what did not end well.
}

// talk sends messages until there are no numbers left.
func (p *person) talk(ctx context.Context, numbers <-chan int) error {
	for number := range numbers {
		sleep(ctx, time.Duration(p.random.IntN(int(2*p.pause))))
		plan := newPlan(p.random, number)
		out, err := p.account.Push(ctx, mp.Push{Person: p.id, Content: mp.Text(plan.String()), Fault: p.fault()})
		if err != nil {
			return fmt.Errorf("%s: %w", plan, err)
		}
		p.plans[out.Message] = plan
		if out.Fault {
			sleep(ctx, 500*time.Millisecond) // Nobody goes on at once in front of the fault banner.
		}
		if err := p.read(ctx, out, 3); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// fault is what the network does to a push.
func (p *person) fault() mp.Fault {
	if p.calm {
		return mp.Fault{}
	}
	switch p.random.IntN(100) {
	case 0:
		return mp.Fault{Duplicates: 1 + p.random.IntN(3)}
	case 1:
		return mp.Fault{Lost: 1}
	case 2:
		return mp.Fault{Delay: time.Duration(p.random.IntN(1200)) * time.Millisecond}
	}
	return mp.Fault{}
}

// read taps as often as the answers say, and at most so often.
func (p *person) read(ctx context.Context, out *mp.Outcome, most int) error {
	for range most {
		if out.Reply == nil || !strings.Contains(mp.Words(out.Reply), "weixin://bizmsgmenu") {
			return nil
		}
		sleep(ctx, 50*time.Millisecond)
		var err error
		if out, err = p.tap(ctx); err != nil {
			return err
		}
	}
	return nil
}

// tapText is what a person says who taps to read.
const tapText = "查看"

func (p *person) tap(ctx context.Context) (*mp.Outcome, error) {
	return p.account.Push(ctx, mp.Push{Person: p.id, Content: mp.MenuText(tapText, "2100000001")})
}

// finish taps until the account says that nothing is left.
func (p *person) finish(ctx context.Context) error {
	for range 100 {
		out, err := p.tap(ctx)
		if err != nil {
			return err
		}
		if out.Reply != nil && mp.Words(out.Reply) == "没有未读的回答。" {
			return nil
		}
	}
	return fmt.Errorf("%s taps for ever", p.id)
}
