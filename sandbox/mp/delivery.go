package mp

import (
	"context"
	"fmt"
	"net/http"
	"sync"

	"github.com/chuanhuabot/bot/sandbox/callback"
	"github.com/chuanhuabot/bot/sandbox/traffic"
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
	rules := d.request.rules
	for n := 1; ; n++ {
		try, taken := d.try(ctx, n)
		d.out.Tries = append(d.out.Tries, try)
		if err := ctx.Err(); err != nil || taken {
			return err
		}
		if n >= rules.tries(try) {
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

// try sends the request once and tells whether the platform takes what comes back; n counts from 1, and is 0 for a
// duplicate. The platform's patience begins with it and ends the connection
// (developers.weixin.qq.com/doc/offiaccount/Message_Management/Receiving_standard_messages.html).
func (d *delivery) try(ctx context.Context, n int) (callback.Try, bool) {
	r, fault := d.request, d.request.push.Fault
	try := d.account.platform.caller.Try(ctx, callback.Request{
		Method: http.MethodPost, URL: d.address(), Body: r.body, Patience: r.rules.TryTimeout,
		Lost: n > 0 && n <= fault.Lost, Delay: fault.Delay,
	})
	if ctx.Err() != nil {
		return try, false
	}
	v, taken := d.judge(&try)
	d.record(try, n)
	if taken {
		d.show(v)
	}
	return try, taken
}

// record keeps what went over the wire.
func (d *delivery) record(try callback.Try, n int) {
	r := d.request
	e := traffic.Exchange{
		Time: try.Began, Took: traffic.Millis(try.Took), Direction: traffic.Callback, Platform: "mp", Account: r.settings.ID,
		Person: r.push.Person, Message: r.message, Try: n, Method: http.MethodPost, URL: try.URL, Request: string(r.body),
		Status: try.Status, Response: string(try.Body), ResponsePlain: string(try.Plain), Error: try.Err,
	}
	if r.settings.Mode != ModePlain {
		e.RequestPlain = string(r.plain)
	}
	d.account.platform.traffic.Add(e)
}

// address returns the URL of the next try.
func (d *delivery) address() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return callback.WithQuery(d.request.settings.URL, d.request.query)
}

// sign gives the next tries another timestamp and nonce.
func (d *delivery) sign() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.request.sign(d.account.platform.stamp.Now())
}

// judge returns false if the platform does not take what came back for an answer; try.Err says why then.
func (d *delivery) judge(try *callback.Try) (verdict, bool) {
	if try.Err != "" {
		return verdict{}, false
	}
	if try.Status != http.StatusOK {
		try.Err = fmt.Sprintf("status %d: only 200 counts", try.Status)
		return verdict{}, false
	}
	v, err := d.account.judge(d.request, try)
	if err != nil {
		try.Err = err.Error()
		return verdict{}, false
	}
	return v, true
}

// show puts a valid answer before the person.
func (d *delivery) show(v verdict) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.out.Answered = true
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
			Kind: transcript.Saw, Message: d.request.message, Type: v.reply.Kind, Text: v.words, Why: v.remark, Detail: replyDetail(v.reply),
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
	d.account.platform.log.Warn("the person sees the fault banner", "account", d.request.settings.ID, "message", d.request.message, "err", why)
}

func (d *delivery) note(kind transcript.Kind, text, why string) {
	if kind == transcript.Note {
		d.out.Why = why
	}
	d.account.note(d.request.push.Person, transcript.Entry{
		Kind: kind, Message: d.request.message, Type: d.request.push.Content.kind(), Text: text, Why: why,
	})
}
