package mp

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/chuanhuabot/bot/sandbox/transcript"
)

// FaultBanner is what a person sees when the bot does not answer, or wrongly, as users have reported it since 2018
// (developers.weixin.qq.com/doc/subscription/guide/product/message/Passive_user_reply_message.html has an older wording).
const FaultBanner = "该公众号提供的服务出现故障，请稍后再试"

// delivery is the way of one push through its tries.
type delivery struct {
	account *Account
	request *request

	mu  sync.Mutex // Guards what the tries and the duplicates have in common: the query, and what of out is no list of tries.
	out *Outcome
}

// run tries until there is an answer or the platform gives up. It returns the error of ctx if that ends first.
func (d *delivery) run(ctx context.Context) error {
	rules := d.account.platform.rules
	for n := 1; ; n++ {
		try := d.try(ctx, n)
		taken := ctx.Err() == nil && d.take(&try)
		d.out.Tries = append(d.out.Tries, try)
		if err := ctx.Err(); err != nil || taken {
			return err
		}
		limit := rules.TriesOnError
		switch {
		case try.TimedOut:
			limit = rules.Tries
		case try.Status == http.StatusOK && rules.RetryInvalid:
			limit = rules.Tries
		case try.Status == http.StatusOK:
			limit = 0
		}
		if n >= limit {
			d.giveUp(try.Err)
			return nil
		}
		if rules.NewQuery {
			if err := d.sign(); err != nil {
				return err
			}
		}
	}
}

// try sends the request once; n counts from 1, and is 0 for a duplicate. The platform's patience begins with it and ends
// the connection (developers.weixin.qq.com/doc/offiaccount/Message_Management/Receiving_standard_messages.html).
func (d *delivery) try(ctx context.Context, n int) Try {
	p := d.account.platform
	try := Try{URL: d.address(), Began: p.clock.Now()}
	err := p.patiently(ctx, func(ctx context.Context) error { return d.exchange(ctx, n, &try) })
	if err != nil {
		try.TimedOut, try.Err = errors.Is(err, errTimeout), err.Error()
	}
	try.Took = p.clock.Now().Sub(try.Began)
	return try
}

// address returns the URL of the next try.
func (d *delivery) address() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return withQuery(d.request.settings.URL, d.request.query)
}

// sign gives the next tries another timestamp and nonce.
func (d *delivery) sign() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.request.sign(d.account.platform.clock.Now())
}

// exchange brings the request to the bot and reads its response.
func (d *delivery) exchange(ctx context.Context, n int, try *Try) error {
	fault := d.request.push.Fault
	if n > 0 && n <= fault.Lost {
		<-ctx.Done()
		return ctx.Err()
	}
	if err := d.travel(ctx, fault.Delay); err != nil {
		return err
	}
	request, err := d.request.http(ctx, try.URL)
	if err != nil {
		return err
	}
	response, body, err := d.account.platform.roundTrip(request)
	if err != nil {
		return err
	}
	try.Status, try.Header, try.Body = response.StatusCode, response.Header, body
	return nil
}

func (d *delivery) travel(ctx context.Context, delay time.Duration) error {
	if delay <= 0 {
		return nil
	}
	t := d.account.platform.clock.Timer(delay)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// take judges what came back. It returns false if the platform does not take it for an answer; try.Err says why then.
func (d *delivery) take(try *Try) bool {
	if try.Err != "" {
		return false
	}
	if try.Status != http.StatusOK {
		try.Err = fmt.Sprintf("status %d: only 200 counts", try.Status)
		return false
	}
	v, err := d.account.judge(d.request, try)
	if err != nil {
		try.Err = err.Error()
		return false
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.out.Answered = true
	d.show(v)
	return true
}

// show puts a valid answer before the person. The caller holds mu.
func (d *delivery) show(v verdict) {
	content := d.request.push.Content
	switch {
	case v.reply == nil:
		return
	case content.Event == "unsubscribe":
		d.note(transcript.Note, "", "the person has left: a reply does not reach them")
	case d.out.Reply != nil:
		d.note(transcript.Note, "", "a second reply to the same message is not shown")
	default:
		d.out.Reply = v.reply
		d.account.note(d.request.push.Person, transcript.Entry{
			Kind: transcript.Saw, Message: d.request.id, Type: v.reply.Kind, Text: v.words, Why: v.remark,
		})
	}
}

// giveUp shows the banner for what nobody answered.
func (d *delivery) giveUp(why string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.out.Answered { // By a duplicate.
		return
	}
	d.out.Why = why
	if d.request.push.Content.silent() {
		d.note(transcript.Note, "", why)
		return
	}
	d.out.Fault = true
	d.note(transcript.Fault, FaultBanner, why)
	d.account.platform.log.Warn("the person sees the fault banner", "account", d.request.settings.ID, "message", d.request.id, "err", why)
}

func (d *delivery) note(kind transcript.Kind, text, why string) {
	if kind == transcript.Note {
		d.out.Why = why
	}
	d.account.note(d.request.push.Person, transcript.Entry{
		Kind: kind, Message: d.request.id, Type: d.request.push.Content.kind(), Text: text, Why: why,
	})
}
