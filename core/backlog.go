package core

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"
)

// Backlog is the deliveries that have not been sent, for an operator: those that wait and those that failed. It is safe for
// concurrent use, and makes one change at a time.
type Backlog struct {
	store Store
	bot   *Bot // Nil if no bot runs on the store.
	mu    sync.Mutex
}

// NewBacklog returns the backlog of a store that no bot runs on: what is to be tried again, the next bot sends.
func NewBacklog(s Store) *Backlog { return &Backlog{store: s} }

// Backlog returns the backlog of the bot, which sends at once what is to be tried again.
func (b *Bot) Backlog() *Backlog { return b.backlog }

// Purge says which deliveries Backlog.Purge removes.
type Purge struct {
	// IDs are those of the deliveries. None: all.
	IDs []string
	// Before leaves what was created later alone; zero: nothing is too young.
	Before time.Time
	// Waiting removes also what would still be sent.
	Waiting bool
}

// Review is what became of the deliveries that an operator named, by ID.
type Review struct {
	Done []string
	Left []Left
}

// Left is a delivery that was left alone.
type Left struct {
	ID  string
	Why Why
}

// Why is a reason to leave a delivery alone.
type Why string

// The reasons. LeftTurn is over when the turn is; LeftLive ends with the try, or when the channel settles it.
const (
	LeftWaiting Why = "it waits to be sent"
	LeftLive    Why = "it is being sent, or its channel holds it"
	LeftTurn    Why = "its message is still being handled"
	LeftYoung   Why = "it is not that old"
)

// List returns the deliveries that have one of the given states, the oldest first; without a state those that wait and those that failed.
func (b *Backlog) List(ctx context.Context, states ...Status) ([]*Delivery, error) {
	if len(states) == 0 {
		states = []Status{StatusQueued, StatusRetry, StatusFailed}
	}
	return b.store.Deliveries(ctx, states...)
}

// Retry queues failed deliveries, all of them if ids is empty, as if they had been made now: behind what their conversations wait for,
// with all their tries before them, and from their Progress on. What waits already is left alone. An ID that is not on
// record is an ErrNotFound, and nothing is done. Any other error comes from the store, and the Review says what was done before it.
func (b *Backlog) Retry(ctx context.Context, ids []string) (Review, error) {
	return b.change(ctx, ids, "retry", func(ctx context.Context, d *Delivery) (Why, error) {
		if d.Status != StatusFailed {
			return LeftWaiting, nil
		}
		return "", b.requeue(ctx, *d)
	})
}

// Purge removes failed deliveries from the record, and with p.Waiting also others, which are not sent then. Its errors are those of Retry.
func (b *Backlog) Purge(ctx context.Context, p Purge) (Review, error) {
	if b.bot != nil {
		defer b.bot.outbox.wake()
	}
	return b.change(ctx, p.IDs, "purge", func(ctx context.Context, d *Delivery) (Why, error) {
		switch {
		case !p.Before.IsZero() && !d.Created.Before(p.Before):
			return LeftYoung, nil
		case d.Status == StatusFailed:
		case !p.Waiting:
			return LeftWaiting, nil
		case b.bot != nil && !b.bot.outbox.discard(d):
			return LeftLive, nil
		}
		return "", b.store.DeleteDelivery(ctx, d.ID)
	})
}

// change does something to the deliveries with the given IDs, or to all. What was not named is not worth a word if it is left.
func (b *Backlog) change(
	ctx context.Context, ids []string, what string, do func(context.Context, *Delivery) (Why, error),
) (Review, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	chosen, err := b.choose(ctx, ids)
	if err != nil {
		return Review{}, fmt.Errorf("%s: %w", what, err)
	}
	var r Review
	for _, d := range chosen {
		if err := ctx.Err(); err != nil {
			return r, fmt.Errorf("%s: %w", what, context.Cause(ctx))
		}
		why, err := b.changeOne(ctx, d, do)
		if err != nil {
			return r, fmt.Errorf("%s: %w", what, err)
		}
		switch {
		case why == "":
			r.Done = append(r.Done, d.ID)
		case len(ids) > 0 || why == LeftTurn || why == LeftLive:
			r.Left = append(r.Left, Left{d.ID, why})
		}
	}
	return r, nil
}

// changeOne changes d. What has begun is not left in the middle because the operator has gone.
func (b *Backlog) changeOne(ctx context.Context, d *Delivery, do func(context.Context, *Delivery) (Why, error)) (Why, error) {
	if b.bot != nil && b.bot.handles(d) {
		return LeftTurn, nil
	}
	inTime, cancel := storing(ctx)
	defer cancel()
	return do(inTime, d)
}

// choose returns the deliveries with the given IDs, the oldest first, or all.
func (b *Backlog) choose(ctx context.Context, ids []string) ([]*Delivery, error) {
	all, err := b.List(ctx)
	if err != nil || len(ids) == 0 {
		return all, err
	}
	var chosen []*Delivery
	for _, d := range all {
		if slices.Contains(ids, d.ID) {
			chosen = append(chosen, d)
		}
	}
	for _, id := range ids {
		if !slices.ContainsFunc(chosen, func(d *Delivery) bool { return d.ID == id }) {
			return nil, fmt.Errorf("delivery %q: %w", id, ErrNotFound)
		}
	}
	return chosen, nil
}

// requeue makes d new. Nothing sends it before that is on disk: or it would be sent again.
func (b *Backlog) requeue(ctx context.Context, d Delivery) error {
	d.Status, d.Attempts, d.Next, d.Created = StatusQueued, 0, time.Time{}, time.Now()
	if err := b.store.PutDelivery(ctx, &d); err != nil {
		return err
	}
	if b.bot != nil {
		o := b.bot.outbox
		o.queue(&dispatch{outbox: o, Delivery: d, recorded: true, written: true})
	}
	return nil
}

// handles tells whether the turn that made d has not ended: it still has a hand on what is on record of d.
func (b *Bot) handles(d *Delivery) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	t := b.recent.get(messageKey{d.Channel, d.InReplyTo})
	return t != nil && t != b.recent.ended
}
