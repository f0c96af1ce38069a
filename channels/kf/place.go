package kf

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/chuanhuabot/bot/channels/internal/wx"
	"github.com/chuanhuabot/bot/core"
)

// leaseFor is how long nobody else reads an account whose reader says nothing: longer than a call for a page and what follows it.
const leaseFor = 30 * time.Second

// errLeased says that another replica reads the account.
var errLeased = errors.New("another replica reads the account")

// errLost says that another replica has taken the account over.
var errLost = errors.New("another replica has taken the account over")

// place is how far an account was read, in the store, and who reads on. Both are one value, so that who has lost the lease cannot
// move the cursor. It is used by one goroutine.
type place struct {
	store    wx.Values
	key      string
	holder   string
	now      placeRecord
	revision uint64
}

type placeRecord struct {
	Cursor string    `json:"cursor,omitempty"`
	Old    time.Time `json:"old,omitzero"`     // What is older is not answered, until the account was read to its end,
	Ended  bool      `json:"ended,omitempty"`  // which it was. One that has no messages may have no cursor either.
	Holder string    `json:"holder,omitempty"` // Who reads, until then.
	Until  time.Time `json:"until,omitzero"`
}

func newPlace(store wx.Values, corp, account, holder string) *place {
	return &place{store: store, key: "kf/place/" + corp + "/" + account, holder: holder}
}

// take returns how far the account was read, from where nobody else reads on until leave; before is called for an account that is read
// for the first time. errLeased says that somebody else reads it.
func (p *place) take(ctx context.Context, before func() time.Time) (placeRecord, error) {
	data, revision, err := p.store.Get(ctx, p.key)
	if err != nil && !errors.Is(err, core.ErrNotFound) {
		return placeRecord{}, fmt.Errorf("read how far the account was read: %w", err)
	}
	var found placeRecord
	if json.Unmarshal(data, &found) != nil {
		found = placeRecord{} // There is none, or it is damaged: messages that were handled are known by their ids.
	}
	if found.Holder != "" && found.Holder != p.holder && time.Now().Before(found.Until) {
		return placeRecord{}, errLeased
	}
	if found.Cursor == "" && found.Old.IsZero() && !found.Ended {
		found.Old = before()
	}
	p.revision = revision
	if err = p.write(ctx, found, p.holder); errors.Is(err, errLost) {
		err = errLeased // They were quicker.
	}
	return found, err
}

// save notes that everything before a cursor is stored, and with last lets others read on. errLost says that somebody else reads the
// account by now.
func (p *place) save(ctx context.Context, cursor string, last bool) error {
	next := p.now
	next.Cursor = cursor
	if last {
		next.Old, next.Ended = time.Time{}, true
		return p.write(ctx, next, "")
	}
	return p.write(ctx, next, p.holder)
}

// leave lets others read on from where the last page ended.
func (p *place) leave(ctx context.Context) error { return p.write(ctx, p.now, "") }

func (p *place) write(ctx context.Context, next placeRecord, holder string) error {
	next.Holder, next.Until = holder, time.Time{}
	if holder != "" {
		next.Until = time.Now().Add(leaseFor)
	}
	data, _ := json.Marshal(next) // It is made of texts and a time.
	revision, err := p.store.Put(ctx, p.key, data, p.revision)
	switch {
	case errors.Is(err, core.ErrConflict):
		return errLost
	case err != nil:
		return fmt.Errorf("note how far the account was read: %w", err)
	}
	p.now, p.revision = next, revision
	return nil
}
