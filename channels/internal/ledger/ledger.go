// Package ledger keeps a few words about each of many people, durably: the records of many are one value of the store, which is
// read once and written with each change.
package ledger

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"log/slog"
	"maps"
	"sync"
	"time"

	"github.com/chuanhuabot/bot/channels/internal/wx"
	"github.com/chuanhuabot/bot/core"
)

// Record is what is known of a person.
type Record interface {
	// Over tells whether a record says nothing any more: it is forgotten then. The zero value does.
	Over(now time.Time) bool
}

// Ledger has a record of each person. It is safe for concurrent use. Make it with New.
type Ledger[R Record] struct {
	store  wx.Values
	prefix string // Of the keys.
	log    *slog.Logger
	shards [shards]shard[R]
}

// shards is among how many values the people are divided.
const shards = 4096

// changeTime bounds one change: what has happened is noted also if who noted it has gone.
const changeTime = 5 * time.Second

// tries is how often a change is made anew that another process was quicker than.
const tries = 5

// shard has the records of some people, by their names.
type shard[R Record] struct {
	storing  sync.Mutex // Held over calls to the store. It guards revision.
	revision uint64

	mu      sync.Mutex
	records map[string]R // Nil: not read yet.
}

// New returns the ledger under a prefix of the store's keys, such as kf/work/people/.
func New[R Record](store wx.Values, prefix string, log *slog.Logger) *Ledger[R] {
	return &Ledger[R]{store: store, prefix: prefix, log: log}
}

// Get returns the record of a person, the zero value if there is none. It blocks for the store the first time. The error is the
// store's.
func (l *Ledger[R]) Get(ctx context.Context, who string) (R, error) {
	s, key := l.shard(who)
	if err := l.read(ctx, s, key); err != nil {
		var none R
		return none, err
	}
	return s.get(who, time.Now()), nil
}

// Change changes the record of a person, and returns when it is stored; if do returns false nothing is. It does not end with ctx. do
// may be called several times, and must not block. The error is the store's: then nothing has changed here, and nobody knows what the
// store has.
func (l *Ledger[R]) Change(ctx context.Context, who string, do func(*R) bool) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), changeTime)
	defer cancel()
	s, key := l.shard(who)
	if err := l.read(ctx, s, key); err != nil {
		return err
	}
	s.storing.Lock()
	defer s.storing.Unlock()
	for n := 1; ; n++ {
		before := s.raw(who)
		data := s.change(who, do)
		if data == nil {
			return nil
		}
		revision, err := l.store.Put(ctx, key, data, s.revision)
		if err == nil {
			s.revision = revision
			return nil
		}
		s.restore(who, before)
		if !errors.Is(err, core.ErrConflict) || n == tries {
			return fmt.Errorf("note in the store: %w", err)
		}
		if err := l.load(ctx, s, key); err != nil { // Another process was quicker.
			return err
		}
	}
}

// Note changes the record of a person in memory: it is stored with the next Change of this person, or of another one who shares a value
// with them. It blocks for the store the first time. If do returns false nothing changes.
func (l *Ledger[R]) Note(ctx context.Context, who string, do func(*R) bool) error {
	s, key := l.shard(who)
	if err := l.read(ctx, s, key); err != nil {
		return err
	}
	s.note(who, do, time.Now())
	return nil
}

// Each calls do with every record that there is, in no order, and reads what has not been read yet. do must not call the ledger. The error
// is the store's: then not all have been seen.
func (l *Ledger[R]) Each(ctx context.Context, do func(who string, r R)) error {
	now := time.Now()
	for n := range l.shards {
		s := &l.shards[n]
		if err := l.read(ctx, s, l.key(uint32(n))); err != nil {
			return err
		}
		s.mu.Lock()
		for who, r := range s.records {
			if !r.Over(now) {
				do(who, r)
			}
		}
		s.mu.Unlock()
	}
	return nil
}

func (s *shard[R]) get(who string, now time.Time) R {
	s.mu.Lock()
	defer s.mu.Unlock()
	if one := s.records[who]; !one.Over(now) {
		return one
	}
	var none R
	return none
}

// raw returns a record as it is, whether or not it is over.
func (s *shard[R]) raw(who string) R {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.records[who]
}

// restore puts a record back.
func (s *shard[R]) restore(who string, before R) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.records[who] = before
}

// change returns what is to be stored, nil for nothing.
func (s *shard[R]) change(who string, do func(*R) bool) []byte {
	now := time.Now()
	if !s.note(who, do, now) {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	maps.DeleteFunc(s.records, func(_ string, r R) bool { return r.Over(now) })
	data, _ := json.Marshal(s.records) // It is made of words and numbers.
	return data
}

// note returns false if nothing has changed.
func (s *shard[R]) note(who string, do func(*R) bool, now time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	one := s.records[who]
	if one.Over(now) {
		var none R
		one = none
	}
	if !do(&one) {
		return false
	}
	s.records[who] = one
	return true
}

func (l *Ledger[R]) shard(who string) (*shard[R], string) {
	h := fnv.New32a()
	_, _ = h.Write([]byte(who))
	n := h.Sum32() % shards
	return &l.shards[n], l.key(n)
}

func (l *Ledger[R]) key(n uint32) string { return fmt.Sprintf("%s%03x", l.prefix, n) }

// read has a shard in memory when it returns nil.
func (l *Ledger[R]) read(ctx context.Context, s *shard[R], key string) error {
	if s.isRead() {
		return nil
	}
	s.storing.Lock()
	defer s.storing.Unlock()
	if s.isRead() {
		return nil
	}
	return l.load(ctx, s, key)
}

func (s *shard[R]) isRead() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.records != nil
}

// load replaces what is in memory by what the store has, but for what is newer. The caller holds storing.
func (l *Ledger[R]) load(ctx context.Context, s *shard[R], key string) error {
	data, revision, err := l.store.Get(ctx, key)
	if err != nil && !errors.Is(err, core.ErrNotFound) {
		return fmt.Errorf("read the store: %w", err)
	}
	records := map[string]R{}
	if len(data) > 0 {
		if err := json.Unmarshal(data, &records); err != nil {
			l.log.Error("records in the store cannot be read and begin anew", "key", key, "err", err)
			records = map[string]R{}
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.keepNewer(records)
	s.records, s.revision = records, revision
	return nil
}
