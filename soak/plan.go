package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/chuanhuabot/bot/sdk"
)

// pluginArgument makes this program the plugin.
const pluginArgument = "be-the-plugin"

// plan is what a message asks of the plugin. It stands in its text, so that plugin and verdict read the same.
type plan struct {
	Number  int           // Of the message.
	Wait    time.Duration // Before the first reply.
	Replies int
	Between time.Duration // Before each other reply.
	Long    bool          // The last reply is longer than one message.
}

// newPlan chooses one: most are quick, some are slower than the platform waits.
func newPlan(r *rand.Rand, number int) plan {
	p := plan{Number: number, Replies: 1}
	switch chance := r.IntN(1000); {
	case chance < 10: // Later than the last try.
		p.Wait = 2600*time.Millisecond + time.Duration(r.IntN(2000))*time.Millisecond
	case chance < 30: // On a retry, or just at one of its borders.
		p.Wait = 800*time.Millisecond + time.Duration(r.IntN(2000))*time.Millisecond
	case chance < 100:
		p.Wait = time.Duration(r.IntN(100)) * time.Millisecond
	}
	if r.IntN(20) == 0 {
		p.Replies = 2 + r.IntN(2)
		if r.IntN(2) == 0 {
			p.Between = time.Duration(r.IntN(400)) * time.Millisecond
		}
	}
	p.Long = r.IntN(30) == 0
	return p
}

// String is the text of the message.
func (p plan) String() string {
	return fmt.Sprintf("soak %d %d %d %d %t", p.Number, p.Wait.Milliseconds(), p.Replies, p.Between.Milliseconds(), p.Long)
}

// readPlan reads the text of a message.
func readPlan(text string) (plan, error) {
	var p plan
	var wait, between int64
	_, err := fmt.Sscanf(text, "soak %d %d %d %d %t", &p.Number, &wait, &p.Replies, &between, &p.Long)
	p.Wait, p.Between = time.Duration(wait)*time.Millisecond, time.Duration(between)*time.Millisecond
	return p, err
}

// mark is what a reply begins with, and endMark what it ends with: both must be seen, once.
func (p plan) mark(reply int) string { return fmt.Sprintf("«%d/%d»", p.Number, reply) }

func (p plan) endMark(reply int) string { return fmt.Sprintf("«%d/%d.»", p.Number, reply) }

// reply is the text of one.
func (p plan) reply(n int) string {
	text := p.mark(n) + " "
	if p.Long && n == p.Replies-1 {
		text += strings.Repeat("这是一段很长的回答。", 120) // 3600 bytes.
	}
	return text + p.endMark(n)
}

// handle is the plugin.
func handle(ctx context.Context, m *sdk.Message, r sdk.Responder) error {
	p, err := readPlan(m.Text())
	if err != nil {
		return nil // A tap, or a word of no meaning.
	}
	if !sleep(ctx, p.Wait) {
		return context.Cause(ctx)
	}
	for n := range p.Replies {
		if n > 0 && !sleep(ctx, p.Between) {
			return context.Cause(ctx)
		}
		if err := r.Reply(sdk.Text{Text: p.reply(n)}); err != nil {
			return err
		}
	}
	return nil
}

// sleep returns false if ctx ends first.
func sleep(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return ctx.Err() == nil
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
