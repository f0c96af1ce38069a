package mp

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
	"github.com/chuanhuabot/bot/sdk"
)

// windows counts the customer-service messages that went to each person
// (developers.weixin.qq.com/doc/subscription/guide/product/kf/intro), durably: the counts of many people are one value of the
// store, which forgets windows that are over. It is a guide, and the platform has the last word. It is safe for concurrent use.
type windows struct {
	store  wx.Values
	prefix string // of the keys
	log    *slog.Logger
	shards [windowShards]windowShard
}

const windowShards = 256

// windowShard has the windows of some people, by conversation.
type windowShard struct {
	storing  sync.Mutex // Held over calls to the store. It guards revision.
	revision uint64

	mu     sync.Mutex
	people map[string]window // Nil: not read yet.
}

// spendTime bounds the note of what has gone.
const spendTime = 5 * time.Second

// window is what is left of one.
type window struct {
	Left  int   `json:"left"`
	Until int64 `json:"until"` // In seconds.
}

func newWindows(store wx.Values, channel string, log *slog.Logger) *windows {
	return &windows{store: store, prefix: "mp/" + channel + "/windows/", log: log}
}

// left returns how many messages the person of a delivery may still get, as far as is known.
func (w *windows) left(ctx context.Context, d *core.Delivery) (n int, known bool) {
	s, key := w.shard(d.Conversation)
	if err := w.read(ctx, s, key); err != nil {
		w.log.Debug("windows not read", "err", err)
		return 0, false
	}
	one := s.get(d)
	return one.Left, one.Until != 0
}

// spend notes that a message has gone to the person of a delivery, also if ctx ends.
func (w *windows) spend(ctx context.Context, d *core.Delivery) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), spendTime)
	defer cancel()
	s, key := w.shard(d.Conversation)
	err := w.read(ctx, s, key)
	s.storing.Lock()
	defer s.storing.Unlock()
	for tries := 1; err == nil; tries++ {
		data := s.spend(d)
		if data == nil {
			return
		}
		var revision uint64
		if revision, err = w.store.Put(ctx, key, data, s.revision); err == nil {
			s.revision = revision
			return
		}
		if errors.Is(err, core.ErrConflict) && tries < 3 {
			err = w.load(ctx, s, key) // Another replica was quicker.
		}
	}
	if err != nil {
		w.log.Warn("the store could not note that a message has gone: the count of the person's window is too high", "err", err)
	}
}

// renew notes a window that a person has opened to whom something was sent before. It is stored with the next message that goes to
// them, and does not wait for the store.
func (w *windows) renew(conversation string, by sdk.Window) {
	s, _ := w.shard(conversation)
	s.mu.Lock()
	defer s.mu.Unlock()
	// Also one that closes in the same second: it is new all the same.
	if one, counted := s.people[conversation]; counted && by.Until.Unix() >= one.Until {
		s.people[conversation] = window{by.Left, by.Until.Unix()}
	}
}

func (s *windowShard) get(d *core.Delivery) window {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.current(d)
}

// spend takes a message from a window, and returns what to store: nil if there is no window.
func (s *windowShard) spend(d *core.Delivery) []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	one := s.current(d)
	if one.Until == 0 {
		return nil
	}
	one.Left = max(0, one.Left-1)
	s.people[d.Conversation] = one
	now := time.Now().Unix()
	maps.DeleteFunc(s.people, func(_ string, w window) bool { return w.Until < now })
	data, _ := json.Marshal(s.people) // It is made of names and numbers.
	return data
}

// current returns the window of a person, which the one in which a delivery was made may have replaced. The caller holds mu.
func (s *windowShard) current(d *core.Delivery) window {
	one, by := s.people[d.Conversation], d.Window
	if !by.Until.IsZero() && by.Until.Unix() > one.Until {
		one = window{by.Left, by.Until.Unix()}
	}
	if one.Until < time.Now().Unix() {
		return window{}
	}
	return one
}

func (w *windows) shard(conversation string) (*windowShard, string) {
	h := fnv.New32a()
	_, _ = h.Write([]byte(conversation))
	n := h.Sum32() % windowShards
	return &w.shards[n], fmt.Sprintf("%s%02x", w.prefix, n)
}

// read has a shard in memory when it returns nil.
func (w *windows) read(ctx context.Context, s *windowShard, key string) error {
	if s.isRead() {
		return nil
	}
	s.storing.Lock()
	defer s.storing.Unlock()
	if s.isRead() {
		return nil
	}
	return w.load(ctx, s, key)
}

func (s *windowShard) isRead() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.people != nil
}

// load replaces what is in memory by what the store has. The caller holds storing.
func (w *windows) load(ctx context.Context, s *windowShard, key string) error {
	data, revision, err := w.store.Get(ctx, key)
	if err != nil && !errors.Is(err, core.ErrNotFound) {
		return err
	}
	people := map[string]window{}
	if len(data) > 0 {
		if err := json.Unmarshal(data, &people); err != nil {
			w.log.Error("the windows in the store cannot be read and are counted anew", "key", key, "err", err)
			people = map[string]window{}
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for person, one := range s.people {
		if one.Until > people[person].Until { // The person has renewed it since.
			people[person] = one
		}
	}
	s.people, s.revision = people, revision
	return nil
}
