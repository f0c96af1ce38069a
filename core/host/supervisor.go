package host

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/chuanhuabot/bot/sdk"
)

// How a plugin that ended is started again: at once if it had been ready for steadyAfter, otherwise after restartMin,
// twice that and so on up to restartMax.
const (
	steadyAfter = 10 * time.Second
	restartMin  = 100 * time.Millisecond
	restartMax  = 30 * time.Second
)

// How often a plugin is asked for a sign of life, and how long it may take. A plugin answers from the goroutine that
// reads its stream, so turns do not delay it.
const (
	pingEvery   = 5 * time.Second
	pingTimeout = 10 * time.Second
)

// supervise runs the plugin until Stop, one process after the other.
func (p *Plugin) supervise() {
	defer close(p.ended)
	defer p.retiring.Wait()
	var ends budget
	for failures := 0; p.ctx.Err() == nil; failures++ {
		p.status.set(Starting, nil, nil)
		ready, err := p.live()
		if p.ctx.Err() != nil {
			break
		}
		if ready >= steadyAfter {
			failures = 0
		}
		// What has worked once is tried for ever: a program may be gone for a moment while it is being replaced.
		wait := p.pause
		switch {
		case permanent(err) && p.about.Load() == nil:
			wait = p.fail
		case ends.spend(time.Now()):
			wait = p.degrade
		}
		if replaced := wait(failures, err); replaced {
			failures = -1 // The next start is the first of another program.
			ends.renew()
		}
	}
	p.answer(ErrStopped)
	p.status.set(Stopped, nil, nil)
	p.status.endStart(ErrStopped)
	p.log.Debug("plugin stopped")
}

// live starts one process, and the next where it is replaced, and returns when the last one has ended: how long it was ready, and why it
// ended.
func (p *Plugin) live() (ready time.Duration, err error) {
	i, err := start(p.ctx, p.host, p.spec, p.log)
	p.status.endStart(err)
	p.answer(err)
	if err != nil {
		return 0, err
	}
	p.show(i)
	p.log.Info("plugin ready", "pid", i.process.pid(), "version", i.about.Version, "after", i.took)
	i, err = p.watch(i)
	if err != nil {
		p.status.set(Backoff, nil, err)
		ended, cancel := context.WithCancel(context.Background())
		cancel()
		i.close(ended)
		return time.Since(i.began), fmt.Errorf("%w%s", err, i.process.lastWords())
	}
	p.status.set(Stopped, nil, nil)
	i.close(<-p.drain)
	return time.Since(i.began), nil
}

// show lets turns begin in a process.
func (p *Plugin) show(i *instance) {
	i.began = time.Now()
	p.about.Store(&i.about)
	p.status.set(Ready, i, nil)
}

// watch returns nil on Stop, and otherwise why the process is of no more use, with the process that is there by then.
func (p *Plugin) watch(i *instance) (*instance, error) {
	tick, look := time.NewTicker(pingEvery), time.NewTicker(limitsEvery)
	defer tick.Stop()
	defer look.Stop()
	for {
		select {
		case <-p.ctx.Done():
			return i, nil
		case <-i.process.exited:
			return i, fmt.Errorf("the process ended: %s", i.process.result())
		case <-i.remote.Lost():
			return i, i.lostReason()
		case u := <-p.upgrades:
			i = p.swap(i, u)
		case <-i.stuck:
			return i, fmt.Errorf("%d turns in a row have had no end: it hangs", stuckAfter)
		case <-look.C:
			if err := p.look(i); err != nil {
				return i, err
			}
		case <-tick.C:
			if err := p.ping(i); err != nil && i.attached == nil {
				return i, err
			} else if err != nil {
				p.log.Warn("the plugin that somebody else has started shows no sign of life", "err", err)
			}
		}
	}
}

// look returns which limit a process is beyond.
func (p *Plugin) look(i *instance) error {
	if i.attached != nil {
		return nil // It is not the host's to bound.
	}
	return p.spec.Limits.exceeded(usageOf(i.process.pid()))
}

func (p *Plugin) ping(i *instance) error {
	ctx, cancel := context.WithTimeoutCause(p.ctx, pingTimeout, fmt.Errorf("no sign of life for %s", pingTimeout))
	defer cancel()
	err := i.remote.Ping(ctx)
	if p.ctx.Err() != nil || errors.Is(err, sdk.ErrDisconnected) {
		return nil // The next round of watch knows more.
	}
	return err
}

// pause waits before the next start, and returns true if the plugin was replaced meanwhile.
func (p *Plugin) pause(failures int, err error) (replaced bool) {
	wait := p.host.pace.wait(failures)
	p.status.set(Backoff, nil, err)
	p.log.Warn("plugin ended and will be started again", "in", wait, "err", err)
	return p.rest(wait)
}

// degrade is pause for a plugin that ends too often.
func (p *Plugin) degrade(_ int, err error) (replaced bool) {
	wait := jittered(degradedWait)
	p.status.set(Degraded, nil, err)
	p.log.Error("this plugin ends too often: until it stays up, what stands in for it answers", "ended", restartBudget+1, "within", budgetTime,
		"next_start", wait, "err", err)
	return p.rest(wait)
}

func (p *Plugin) rest(wait time.Duration) (replaced bool) {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
	case u := <-p.upgrades:
		p.adopt(u)
		return true
	case <-p.ctx.Done():
	}
	return false
}

// wait is nothing for the first failure in a row, so that a crash costs no time. Then it grows, up to a quarter
// more or less by chance, so that plugins that fell together do not rise together.
func (p pace) wait(failures int) time.Duration {
	if failures == 0 {
		return 0
	}
	d := p.most
	if failures < 10 {
		d = min(p.least<<(failures-1), p.most)
	}
	return jittered(d)
}

// pace is how soon plugins are started again.
type pace struct{ least, most time.Duration }

func jittered(d time.Duration) time.Duration { return d - d/4 + rand.N(d/2) }

// fail waits, without a process, for Stop or for something else to try: then it returns true.
func (p *Plugin) fail(_ int, err error) (replaced bool) {
	p.status.set(Failed, nil, err)
	p.log.Error("plugin cannot work; correct this and start the bot again", "err", err)
	select {
	case u := <-p.upgrades:
		p.adopt(u)
		return true
	case <-p.ctx.Done():
		return false
	}
}
