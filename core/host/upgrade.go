package host

import (
	"context"
	"fmt"
	"time"
)

// upgrade is a wish to run a plugin in another way.
type upgrade struct {
	spec Spec
	done chan error // Has room for the answer.
}

// Replace runs the plugin as s says from now on. A process that is ready is replaced only once the next one is: turns that run end in the
// old one, new ones begin in the new one, and if that cannot start everything stays as it was and the error says why. A plugin without a
// process that is ready takes s in any case, and the error says how its next start went. It blocks until then or until ctx ends, which
// takes nothing back.
func (p *Plugin) Replace(ctx context.Context, s Spec) error {
	u := upgrade{spec: s, done: make(chan error, 1)}
	select {
	case p.upgrades <- u:
	case <-p.ended:
		return ErrStopped
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	select {
	case err := <-u.done:
		return err
	case <-p.ended:
		return ErrStopped
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// retireTime bounds how long turns may go on in a process that was replaced.
const retireTime = time.Minute

// swap starts the next process while old still works, and then lets old retire. It returns the one that works.
func (p *Plugin) swap(old *instance, u upgrade) *instance {
	next, err := start(p.ctx, p.host, u.spec, p.log)
	if err != nil {
		p.log.Error("the plugin's next version cannot start, so this one goes on", "err", err)
		u.done <- fmt.Errorf("replace plugin %s: %w", u.spec.Name, err)
		return old
	}
	p.spec = u.spec
	p.show(next)
	p.log.Info("plugin replaced", "pid", next.process.pid(), "version", next.about.Version, "before", old.process.pid())
	p.retiring.Go(func() { p.retire(old) })
	u.done <- nil
	return next
}

// retire ends a process that was replaced, after its turns.
func (p *Plugin) retire(old *instance) {
	ctx, cancel := context.WithTimeout(p.patience, retireTime)
	defer cancel()
	select {
	case <-old.entrance.close():
	case <-old.remote.Lost():
	case <-ctx.Done():
	}
	old.close(ctx)
}

// adopt takes an upgrade where there is no process that could go on: the next start is by it.
func (p *Plugin) adopt(u upgrade) {
	p.spec = u.spec
	p.pending = append(p.pending, u.done)
}

// answer tells those who wait for the next start how it went.
func (p *Plugin) answer(err error) {
	for _, done := range p.pending {
		done <- err
	}
	p.pending = nil
}
