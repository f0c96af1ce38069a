package kf

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/chuanhuabot/bot/channels/internal/wx"
)

// reader reads one account: when its bell rings, and now and then without. However often the bell rings while it reads, it reads once
// more.
type reader struct {
	channel *Channel
	account string
	place   *place
	limit   int           // How many messages it asks for at once.
	wake    chan struct{} // Has one element if there is something to do.

	mu   sync.Mutex
	bell bell // The newest, zero if it has not rung since the last reading.
}

const (
	// pageLimit is the most messages that are asked for at once. The platform gives up to 1000 (page 94670); fewer have their place
	// saved sooner.
	pageLimit = 500
	// tokenLife is how long the token of a callback is good (page 94670), less what a call takes.
	tokenLife = 10*time.Minute - 10*time.Second
	// leasedAgain is when to look again whether another replica has finished.
	leasedAgain = time.Second
)

func newReader(c *Channel, account string) *reader {
	return &reader{
		channel: c, account: account, place: newPlace(c.store, c.config.CorpID, account, c.holder), limit: pageLimit, wake: make(chan struct{}, 1),
	}
}

func (r *reader) ring(b bell) {
	r.mu.Lock()
	if b.token == "" { // Another one may have brought one.
		b.token = r.bell.token
	}
	r.bell = b
	r.mu.Unlock()
	select {
	case r.wake <- struct{}{}:
	default: // It will look anyway.
	}
}

// run reads at once, since callbacks may have been missed while no bot ran, and then until ctx ends.
func (r *reader) run(ctx context.Context) {
	again := time.NewTimer(0)
	defer again.Stop()
	wake := r.wake
	for failures := 0; ; {
		select {
		case <-ctx.Done():
			return
		case <-wake:
		case <-again.C:
		}
		err := r.read(ctx)
		wake = r.wake
		if ctx.Err() != nil {
			return
		}
		wait := r.channel.config.Poll
		switch {
		case err == nil:
			failures = 0
		case errors.Is(err, errLeased):
			wait = leasedAgain
		default:
			failures++
			if wait = waitAfter(err, failures); wait < findEvery && wx.CodeOf(err) != codeQuota {
				wake = nil // Bells do not make the platform answer, unless it lacked their token.
			}
			r.channel.log.Error("an account could not be read; nothing is lost, it is read again", "account", r.account, "err", explained(err), "again_after", wait)
		}
		again.Reset(wait)
	}
}

// waitAfter is how long to wait after a failure: who asks too often is closed out for a minute, and an account that is not ours any more
// rings when it is again.
func waitAfter(err error, failures int) time.Duration {
	if code := wx.CodeOf(err); code == codeNotGranted || code == codeNoAccount {
		return findEvery
	}
	if after, again := waits(wx.CodeOf(err)); again && after > 0 {
		return after
	}
	return backoff(failures)
}

// read reads what there is, page by page. An error says that something is left, and where it begins is on record.
func (r *reader) read(ctx context.Context) (err error) {
	rung := r.rung()
	at, err := r.place.take(ctx, func() time.Time { return r.channel.old(ctx, rung) })
	if err != nil {
		return err
	}
	left := false
	defer func() {
		if !left && !errors.Is(err, errLost) {
			ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), leaveTime)
			defer cancel()
			err = errors.Join(err, r.place.leave(ctx))
		}
	}()
	cursor := at.Cursor
	for {
		page, err := r.page(ctx, cursor, &rung)
		if cursor != "" && wx.CodeOf(err) == codeParameter {
			r.channel.log.Error("the platform does not take the place up to which an account was read: it is read as at a first start",
				"account", r.account, "err", err)
			cursor, at.Old = "", r.channel.old(ctx, rung)
			continue
		}
		if err != nil {
			return err
		}
		if err := r.handle(ctx, page, cursor, at.Old); err != nil {
			return err
		}
		if page.Next != "" {
			cursor = page.Next
		}
		left = page.More == 0
		if err := r.place.save(ctx, cursor, left); err != nil {
			return err
		}
		if left {
			r.forget(rung)
			return nil
		}
	}
}

// leaveTime bounds the note that others may read an account.
const leaveTime = 5 * time.Second

// rung returns the bell that has rung last, without a token if that is too old.
func (r *reader) rung() bell {
	r.mu.Lock()
	defer r.mu.Unlock()
	b := r.bell
	if time.Since(b.at) > tokenLife {
		b.token = ""
	}
	return b
}

// spoilt forgets a token that the platform does not take.
func (r *reader) spoilt(token string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.bell.token == token {
		r.bell.token = ""
	}
}

// forget notes that what a bell was about is read.
func (r *reader) forget(b bell) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.bell.at.Equal(b.at) {
		r.bell = bell{}
	}
}

// page asks for a page. A token that the platform does not take is dropped, and what is too long for an answer is asked for in smaller
// pages.
func (r *reader) page(ctx context.Context, cursor string, rung *bell) (news, error) {
	for {
		if rung.token == "" { // The bell may have rung since.
			rung.token = r.rung().token
		}
		page, err := r.channel.api.sync(ctx, r.account, cursor, rung.token, r.limit)
		switch {
		case err == nil && page.More != 0 && (page.Next == "" || page.Next == cursor):
			return news{}, fmt.Errorf("%w: there is more, and no cursor to it", wx.ErrUnknown)
		case err == nil:
			return page, nil
		case wx.CodeOf(err) == codeSyncToken && rung.token != "":
			r.spoilt(rung.token)
			rung.token = ""
		case errors.Is(err, wx.ErrTooLong) && r.limit > 1:
			r.limit = max(1, r.limit/4)
		default:
			return news{}, err
		}
	}
}

// handle stores the messages of a page and acts on its events, in their order. What is older than a moment is not answered.
func (r *reader) handle(ctx context.Context, page news, cursor string, old time.Time) error {
	passed := 0
	for i, raw := range page.List {
		e, err := readEntry(r.account, raw, fmt.Sprint(cursor, "#", i))
		if err != nil {
			r.channel.log.Error("an entry of an account cannot be understood and is passed over", "account", r.account, "bytes", len(raw), "err", err)
			continue
		}
		isOld := !e.sent.IsZero() && e.sent.Before(old)
		if err := r.channel.ingest(ctx, e, isOld); err != nil {
			return fmt.Errorf("message %s: %w", e.id, err)
		}
		if isOld {
			passed++
		}
	}
	if passed > 0 {
		r.channel.log.Info("messages from before the first start are not answered (see cold_start in bot.yaml)", "account", r.account, "number", passed)
	}
	return nil
}

// old returns the moment before which messages of an account that is read for the first time are not answered, by the platform's clock.
// What woke us is younger than that, whatever our clock says.
func (c *Channel) old(ctx context.Context, rung bell) time.Time {
	now := rung.made.Add(-time.Second) // Both are told in whole seconds.
	if rung.made.IsZero() {
		now = time.Now()
		if probe, err := c.api.Probe(ctx, "/cgi-bin/getcallbackip"); err == nil && !probe.Date.IsZero() {
			now = now.Add(-probe.Ahead)
		}
	}
	return now.Add(-c.config.ColdStart)
}
