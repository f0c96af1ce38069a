package mp

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/chuanhuabot/bot/channels/internal/callback"
	"github.com/chuanhuabot/bot/channels/internal/wx"
	"github.com/chuanhuabot/bot/core"
	"github.com/chuanhuabot/bot/sdk"
)

// receive answers one POST of the platform. It never answers with 5xx, which would burn all retries within a second.
func (c *Channel) receive(w http.ResponseWriter, r *http.Request) {
	arrival := time.Now()
	body, err := callback.ReadBody(w, r)
	if err != nil {
		c.refusals.Add(err)
		w.WriteHeader(http.StatusRequestEntityTooLarge)
		return
	}
	q := r.URL.Query()
	in, err := c.guard.open(q, body, arrival)
	if err != nil && !errors.Is(err, errBroken) {
		c.refuse(w, err)
		return
	}
	var m *sdk.Message
	if err == nil {
		m, err = newMessage(c.name, in.root, arrival)
	}
	if err != nil {
		c.log.Warn("message not understood", "bytes", len(body), "err", err)
		c.success(w)
		return
	}
	m.AnswerBy = arrival.Add(c.config.TryTimeout - margin)
	m.Window = c.windowOf(m.Content, arrival)
	c.respond(w, r, in, m, c.began(q.Get("timestamp"), arrival))
}

// began returns when the platform asked first for a message that is new here: tries before this one may have been lost. The repeats
// carry the timestamp of the first try, in whole seconds. A clock that is seconds ahead of the platform's only shortens the wait.
func (c *Channel) began(timestamp string, arrival time.Time) time.Time {
	const coarse = 3 * time.Second // What is told apart by whole seconds is longer.
	try := c.config.TryTimeout
	seconds, err := strconv.ParseInt(timestamp, 10, 64)
	lost := arrival.Sub(time.Unix(seconds, 0)).Truncate(max(try, time.Second))
	if err != nil || try < coarse || lost < 0 || lost >= time.Duration(c.config.Tries)*try {
		return arrival
	}
	return arrival.Add(-lost)
}

// respond hands m in, for which the platform began to ask at a moment, waits for its answer and writes it.
func (c *Channel) respond(w http.ResponseWriter, r *http.Request, in inbound, m *sdk.Message, began time.Time) {
	a, ok := c.converse(r.Context(), m, began)
	if !ok {
		callback.HangUp(w)
		return
	}
	if r.Context().Err() != nil {
		c.slots.unseen(a)
		callback.HangUp(w)
		return
	}
	defer c.slots.sent(a) // Also if the platform hangs up now: what follows it must not wait for ever.
	if a.content == nil {
		c.success(w)
		return
	}
	body := c.compose(in, m, a.content, time.Now())
	w.Header().Set("Content-Type", "text/xml; charset=utf-8")
	c.writeBody(w, body)
}

// compose writes a passive reply in the way the message came: encrypted with its key, or plain.
func (c *Channel) compose(in inbound, m *sdk.Message, content sdk.Content, now time.Time) []byte {
	plain := appendPassive(make([]byte, 0, 512), m, content, now)
	if in.key == nil {
		return plain
	}
	encrypted := c.guard.envelope.Seal(in.key, plain)
	signature := wx.Signature(c.guard.token, fmt.Sprint(now.Unix()), in.nonce, encrypted)
	return appendEnvelope(make([]byte, 0, len(encrypted)+256), encrypted, signature, in.nonce, now.Unix())
}

// converse returns what to answer to m, nil for `success`; false if nobody is there to read it or nothing may be said.
func (c *Channel) converse(ctx context.Context, m *sdk.Message, began time.Time) (answer, bool) {
	req := c.slots.join(m, began)
	defer req.leave()
	if a, ended := req.answered(); ended {
		return a, true
	}
	turn := req.turn()
	if turn == nil {
		var ok bool
		if turn, ok = c.begin(ctx, m, req); !ok {
			return answer{}, false
		}
		req.started(turn)
	}
	return c.wait(ctx, req, turn)
}

// begin begins what a message is to begin. False comes only when ctx has ended.
func (c *Channel) begin(ctx context.Context, m *sdk.Message, req *request) (core.Turn, bool) {
	if c.wantsToRead(m) {
		if _, ok := c.gate.pass(ctx); !ok {
			return nil, false
		}
		return c.read(m, req), true
	}
	turn, ok := c.start(ctx, m)
	if ok {
		c.welcome(m)
	}
	return turn, ok
}

// start hands m in. False comes only when ctx has ended: a message that was not taken must not be acknowledged.
func (c *Channel) start(ctx context.Context, m *sdk.Message) (core.Turn, bool) {
	in, ok := c.gate.pass(ctx)
	if !ok {
		return nil, false
	}
	turn, err := in.Receive(ctx, m)
	if errors.Is(err, core.ErrStopping) {
		turn, err = keptTurn{quiet: expectsNothing(m.Content)}, in.Accept(ctx, m) // The next process handles it.
	}
	switch {
	case err == nil:
		return turn, true
	case !errors.Is(err, core.ErrStopping):
		c.log.Error("message not taken", "message", m.ID, "conversation", m.Conversation, "err", err)
	}
	<-ctx.Done()
	return nil, false
}

// wait waits until the turn is over, the answer has no room for more, the platform hangs up, its last try is nearly over, or the channel
// stops.
func (c *Channel) wait(ctx context.Context, req *request, turn core.Turn) (answer, bool) {
	if kept, ok := turn.(keptTurn); ok && kept.quiet {
		return req.end(false), true
	} else if ok {
		return c.keep(ctx, req, turn)
	}
	select {
	case <-turn.Done(): // the usual case needs no timer
		return c.finish(ctx, req)
	default:
	}
	last := time.NewTimer(time.Until(req.slot.deadline))
	defer last.Stop()
	select {
	case <-turn.Done():
		return c.finish(ctx, req)
	case <-ctx.Done():
		return answer{}, false
	case <-req.full():
		if !c.slots.calm(ctx, req.slot) {
			return answer{}, false
		}
		return c.keep(ctx, req, turn)
	case <-last.C:
		return c.keep(ctx, req, turn)
	case <-c.gate.closed: // The bot stops, and nobody may be there for the next try.
		return c.keep(ctx, req, turn)
	}
}

// finish takes the answer of a turn that is over, after what is older, unless the platform has hung up: then it may come back for it.
func (c *Channel) finish(ctx context.Context, req *request) (answer, bool) {
	if !c.slots.calm(ctx, req.slot) || ctx.Err() != nil {
		return answer{}, false
	}
	if a, carries := req.take(false, false); carries {
		return a, true
	}
	return answer{slot: req.slot}, c.slots.carried(ctx, req.slot)
}

// windowOf returns what a message lets the bot send to its person
// (developers.weixin.qq.com/doc/subscription/guide/product/kf/intro).
func (c *Channel) windowOf(content sdk.Content, arrival time.Time) sdk.Window {
	text, isText := content.(sdk.Text)
	event, isEvent := content.(sdk.Event)
	switch {
	case isUnsubscribe(content):
		return sdk.Window{}
	case !c.late.possible():
		return sdk.Window{Left: 1, Until: arrival.Add(c.slots.patience)} // The passive reply.
	case isText && text.Choice != "" || isEvent && opensForAMinute(event.Type):
		return sdk.Window{Left: tapQuota, Until: arrival.Add(time.Minute)}
	case isEvent:
		return sdk.Window{}
	}
	return sdk.Window{Left: c.config.Late.Quota, Until: arrival.Add(c.config.Late.QuotaFor)}
}

// tapQuota is how many messages the platform takes within a minute after a tap of a menu, a scan or a subscription.
const tapQuota = 3

func opensForAMinute(event string) bool {
	return slices.ContainsFunc([]string{"CLICK", "scancode_push", "scancode_waitmsg", "subscribe", "SCAN"},
		func(name string) bool { return strings.EqualFold(name, event) })
}
