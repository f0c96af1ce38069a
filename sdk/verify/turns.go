package verify

import (
	"context"
	"time"

	"github.com/chuanhuabot/bot/sdk/internal/pb"
)

func oneTurn(ctx context.Context, t *trial) judgement {
	began := time.Now()
	one := t.say(t.options.Text)
	if err := t.await(ctx, one); err != nil {
		return failed("%v", err)
	}
	if one.failed != "" {
		return ok("over within %d ms, with the error %q", time.Since(began).Milliseconds(), one.failed)
	}
	return ok("over within %d ms", time.Since(began).Milliseconds())
}

// manyTurns is how many turns are given at once.
const manyTurns = 64

func concurrency(ctx context.Context, t *trial) judgement {
	began := time.Now()
	if err := t.await(ctx, t.sayMany(manyTurns, t.options.Text)...); err != nil {
		return failed("%v", err)
	}
	return ok("%d turns within %d ms", manyTurns, time.Since(began).Milliseconds())
}

// needsSlow is why a rule was not seen.
const needsSlow = "no turn ran long enough; name a text that takes five seconds with --slow"

// slowTurn begins a turn that runs for long, and returns nil if it does not.
func (t *trial) slowTurn(ctx context.Context) *turn {
	if t.options.Slow == "" {
		return nil
	}
	slow := t.say(t.options.Slow)
	if t.within(ctx, begun, slow.over) {
		return nil
	}
	return slow
}

// begun is how long a turn must run at least to count as a slow one.
const begun = 200 * time.Millisecond

func beside(ctx context.Context, t *trial) judgement {
	slow := t.slowTurn(ctx)
	if slow == nil {
		return notSeen(needsSlow)
	}
	began := time.Now()
	quick := t.say(t.options.Text)
	if err := t.await(ctx, quick); err != nil {
		return failed("%v, while another one ran", err)
	}
	took := time.Since(began)
	switch {
	case !slow.isOver():
		t.session.abandon(slow.id)
		return ok("over within %d ms, while another one ran", took.Milliseconds())
	case took < time.Second:
		return notSeen(needsSlow)
	}
	return failed("the turn beside it was over only after it, %d ms later", took.Milliseconds())
}

func deadline(ctx context.Context, t *trial) judgement {
	text := t.options.Slow
	if text == "" {
		text = t.options.Text
	}
	p := t.turnOf(textOf(text))
	p.TimeoutMs = 1
	late := t.session.begin(p.GetMessage().GetId(), p)
	t.pause(ctx, 50*time.Millisecond)
	running := !late.isOver()
	t.session.abandon(late.id)
	if err := t.await(ctx, t.say(t.options.Text)); err != nil {
		return failed("%v, behind one whose time was up after 1 ms", err)
	}
	if running {
		return ok("cancelled while it ran, after a timeout_ms of 1; the next turn was over")
	}
	return ok("over by itself, with a timeout_ms of 1; the next turn was over too")
}

func lateCancel(ctx context.Context, t *trial) judgement {
	one := t.say(t.options.Text)
	if err := t.await(ctx, one); err != nil {
		return failed("%v", err)
	}
	t.session.abandon(one.id)
	t.session.abandon(one.id)
	t.session.abandon(1 << 40)
	t.session.abandon(0)
	if err := t.await(ctx, t.say(t.options.Text)); err != nil {
		return failed("%v, behind the Cancel of turns that did not run", err)
	}
	return ok("the turn behind it was over")
}

func cancel(ctx context.Context, t *trial) judgement {
	slow := t.slowTurn(ctx)
	if slow == nil {
		return notSeen(needsSlow)
	}
	t.session.abandon(slow.id)
	t.session.finish()
	if !t.within(ctx, going, t.session.ended) {
		return failed("%s after the Cancel of its only turn and the end of the bot's half, the stream had not ended", going)
	}
	return ok("the conversation ended with it")
}

func ping(ctx context.Context, t *trial) judgement {
	text := t.options.Slow
	if text == "" {
		text = t.options.Text
	}
	turns := t.sayMany(manyTurns/2, text)
	began := time.Now()
	for range 2 {
		if !t.within(ctx, going, t.session.ping()) {
			return failed("no Pong with its id within %s%s", going, t.words())
		}
	}
	took, running := time.Since(began), 0
	for _, one := range turns {
		if !one.isOver() {
			running++
			t.session.abandon(one.id)
		}
	}
	if running == 0 {
		return ok("two within %d ms, behind %d turns that were over by then; --slow shows more", took.Milliseconds(), len(turns))
	}
	return ok("two within %d ms, while %d turns ran", took.Milliseconds(), running)
}

func stdout(ctx context.Context, t *trial) judgement {
	if err := t.await(ctx, t.sayMany(8, t.options.Text)...); err != nil {
		return failed("%v", err)
	}
	t.pause(ctx, 100*time.Millisecond) // What it printed is read beside the stream.
	if lines, _ := t.output.stdout(); lines == 0 {
		return notSeen("nothing that it printed came out at its standard output")
	}
	if err := t.await(ctx, t.sayMany(8, t.options.Text)...); err != nil {
		return failed("after it had printed, %v", err)
	}
	lines, longest := t.output.stdout()
	return ok("it printed %d lines, the longest of %d bytes, and went on", lines, longest)
}

func failure(ctx context.Context, t *trial) judgement {
	if t.options.Fail == "" {
		return notSeen("no turn failed; name a text that makes one fail with --fail")
	}
	well := t.sayMany(8, t.options.Text)
	bad := t.sayMany(3, t.options.Fail)
	well = append(well, t.sayMany(8, t.options.Text)...)
	if err := t.await(ctx, append(well, bad...)...); err != nil {
		return failed("%v", err)
	}
	if err := t.await(ctx, t.say(t.options.Text)); err != nil {
		return failed("%v, behind those that failed", err)
	}
	for _, one := range bad {
		if one.failed == "" {
			return notSeen("a turn with the text of --fail ended well")
		}
	}
	return ok("%d turns failed, such as with %q; %d beside them were over", len(bad), bad[0].failed, len(well))
}

func content(ctx context.Context, t *trial) judgement {
	all := samples()
	for _, s := range all {
		if err := t.await(ctx, t.give(s.name, s.is)); err != nil {
			return failed("%v", err)
		}
	}
	return ok("%d messages, one of 1 MiB", len(all))
}

func unknownContent(ctx context.Context, t *trial) judgement {
	later := &pb.Content{}
	later.ProtoReflect().SetUnknown(unknown())
	for _, s := range []sample{{"with a content of a later kind", later}, {"with a content of no kind", &pb.Content{}}, {"without a content", nil}} {
		if err := t.await(ctx, t.give(s.name, s.is)); err != nil {
			return failed("%v", err)
		}
	}
	if err := t.await(ctx, t.say(t.options.Text)); err != nil {
		return failed("%v, behind those whose content it could not know", err)
	}
	return ok("each of them was over, and so was the turn behind them")
}

func unknownFrames(ctx context.Context, t *trial) judgement {
	later := &pb.ToPlugin{}
	later.ProtoReflect().SetUnknown(unknown())
	t.session.send(later)
	t.session.send(&pb.ToPlugin{})
	p := t.turnOf(textOf(t.options.Text))
	p.ProtoReflect().SetUnknown(unknown())
	p.GetMessage().ProtoReflect().SetUnknown(unknown())
	p.GetMessage().GetContent().ProtoReflect().SetUnknown(unknown())
	p.GetMessage().GetContent().GetText().ProtoReflect().SetUnknown(unknown())
	if err := t.await(ctx, t.session.begin("with unknown fields", p)); err != nil {
		return failed("%v, behind two frames of no known kind", err)
	}
	return ok("two frames of no known kind; the turn behind them, with unknown fields, was over")
}
