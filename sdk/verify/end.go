package verify

import (
	"context"
	"time"
)

func drain(ctx context.Context, t *trial) judgement {
	turns := t.sayMany(manyTurns/4, t.options.Text)
	t.session.finish()
	if err := t.await(ctx, turns...); err != nil {
		return failed("%v, after the bot had closed its half", err)
	}
	began := time.Now()
	if !t.within(ctx, going, t.session.ended) {
		return failed("%s after its last turn the stream had not ended", going)
	}
	if err := t.session.err; err != nil {
		return failed("the stream ended with an error: %v", err)
	}
	return ok("%d turns were over, and the stream ended %d ms later", len(turns), time.Since(began).Milliseconds())
}

// sayGoodbye ends the conversation and then the process, as the bot does.
func (t *trial) sayGoodbye(ctx context.Context) (killed, left bool, err error) {
	if err := t.await(ctx, t.say(t.options.Text)); err != nil {
		return false, false, err
	}
	t.session.finish()
	t.within(ctx, going, t.session.ended)
	killed, left = t.process.Leave()
	return killed, left, nil
}

func goodbye(ctx context.Context, t *trial) judgement {
	began := time.Now()
	killed, _, err := t.sayGoodbye(ctx)
	switch {
	case err != nil:
		return failed("%v", err)
	case killed:
		return failed("it was still there after %s, and was killed%s", going, t.words())
	}
	return ok("%s, %d ms after its last turn was given", t.process.Ended(), time.Since(began).Milliseconds())
}

func leftovers(ctx context.Context, t *trial) judgement {
	killed, left, err := t.sayGoodbye(ctx)
	switch {
	case err != nil:
		return failed("%v", err)
	case killed:
		return notApplicable("it had to be killed, and all of its group with it")
	case left:
		return failed("a process of its group was still there; the bot kills it")
	}
	return ok("nothing of its group was left")
}

func parent(ctx context.Context, t *trial) judgement {
	if t.options.Slow != "" {
		t.slowTurn(ctx)
	}
	if err := t.process.CloseInput(); err != nil {
		return failed("its input could not be closed: %v%s", err, t.words())
	}
	began := time.Now()
	if !t.within(ctx, going, t.process.Exited()) {
		return failed("it was still there after %s", going)
	}
	return ok("%s, after %d ms", t.process.Ended(), time.Since(began).Milliseconds())
}

func interrupt(ctx context.Context, t *trial) judgement {
	// Nobody is interrupted before they have had time to say what an interrupt is to do.
	if err := t.await(ctx, t.say(t.options.Text)); err != nil {
		return failed("%v", err)
	}
	if err := t.process.Interrupt(); err != nil {
		return notApplicable("%v", err)
	}
	if t.within(ctx, begun, t.process.Exited()) {
		return failed("the process ended: %s%s", t.process.Ended(), t.words())
	}
	if err := t.await(ctx, t.say(t.options.Text)); err != nil {
		return failed("after it, %v", err)
	}
	return ok("it went on")
}
