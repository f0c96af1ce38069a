package kf

import (
	"context"
	"slices"
	"sync"
	"time"
)

// accounts are the accounts that are read, each by a goroutine of its own from the moment it is heard of. It is safe for concurrent use.
type accounts struct {
	channel *Channel
	only    []string // Those of bot.yaml; all if there are none.

	mu      sync.Mutex
	ctx     context.Context // Nil before start: bells that ring earlier are kept.
	closed  bool
	readers map[string]*reader
	running sync.WaitGroup
}

func newAccounts(c *Channel) *accounts {
	return &accounts{channel: c, only: c.config.Accounts, readers: map[string]*reader{}}
}

// bell is a callback that says that an account has something.
type bell struct {
	token string
	made  time.Time // By the platform's clock.
	at    time.Time // By ours.
}

// ring wakes the reader of an account, or of all accounts if the callback does not say which. It does not block.
func (a *accounts) ring(account string, b bell) {
	if !b.made.IsZero() {
		a.channel.skew.note(b.made, b.at)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if account == "" { // As the platform did years ago.
		for _, r := range a.readers {
			r.ring(b)
		}
		return
	}
	if r := a.reader(account); r != nil {
		r.ring(b)
	}
}

// reader returns the reader of an account, which begins if it is new, and nil for an account that is not to be served. The caller
// holds mu.
func (a *accounts) reader(account string) *reader {
	if r := a.readers[account]; r != nil {
		return r
	}
	switch {
	case len(a.only) > 0 && !slices.Contains(a.only, account), !accountPattern.MatchString(account):
		a.channel.log.Warn("callback for an account that is not among the accounts in bot.yaml", "account", account)
		return nil
	case len(a.readers) == mostAccounts:
		a.channel.log.Error("too many accounts: this one is not served", "account", account, "most", mostAccounts)
		return nil
	}
	r := newReader(a.channel, account)
	a.readers[account] = r
	if a.ctx != nil && !a.closed {
		a.running.Go(func() { r.run(a.ctx) })
	}
	return r
}

// run reads the accounts until ctx ends: those that are known, those that the platform names, and those whose bell rings. It returns
// when no reader runs any more.
func (a *accounts) run(ctx context.Context) {
	a.mu.Lock()
	a.ctx = ctx
	for _, r := range a.readers {
		a.running.Go(func() { r.run(ctx) })
	}
	for _, id := range a.only {
		a.reader(id)
	}
	a.mu.Unlock()
	if len(a.only) == 0 {
		a.find(ctx)
	}
	<-ctx.Done()
	a.close()
	a.running.Wait()
}

// close lets no reader begin any more.
func (a *accounts) close() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.closed = true
}

// findEvery is how often the platform is asked for accounts: a new one also rings.
const findEvery = time.Hour

// find asks the platform which accounts there are, now and then, until ctx ends.
func (a *accounts) find(ctx context.Context) {
	for failures := 0; ; {
		wait := findEvery
		ids, err := a.channel.api.accounts(ctx)
		switch {
		case ctx.Err() != nil:
			return
		case err != nil:
			failures++
			wait = backoff(failures)
			a.channel.log.Error("the platform does not say which accounts there are; those that ring are served all the same",
				"err", explained(err), "again_after", wait)
		default:
			failures = 0
			a.begin(ids)
		}
		if !pause(ctx, wait) {
			return
		}
	}
}

func (a *accounts) begin(ids []string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, id := range ids {
		a.reader(id)
	}
}

// pause waits for d. It returns false if ctx ends first.
func pause(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// backoff is how long to wait after so many failures in a row.
func backoff(failures int) time.Duration {
	const least, most = time.Second, time.Minute
	if failures > 6 {
		return most
	}
	return min(least<<max(failures-1, 0), most)
}
