package mp

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"log/slog"
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
	mu       sync.Mutex
	loaded   bool
	revision uint64
	people   map[string]window
}

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
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := w.load(ctx, s, key); err != nil {
		w.log.Debug("windows not read", "err", err)
		return 0, false
	}
	one := s.current(d.Conversation, d.Window)
	return one.Left, one.Until != 0
}

// spend notes that a message has gone to the person of a delivery.
func (w *windows) spend(ctx context.Context, d *core.Delivery) {
	s, key := w.shard(d.Conversation)
	s.mu.Lock()
	defer s.mu.Unlock()
	err := w.load(ctx, s, key)
	for tries := 0; err == nil && tries < 3; tries++ {
		one := s.current(d.Conversation, d.Window)
		if one.Until == 0 {
			return
		}
		one.Left = max(0, one.Left-1)
		s.people[d.Conversation] = one
		if err = w.save(ctx, s, key); !errors.Is(err, core.ErrConflict) {
			break
		}
		s.loaded = false // Another replica was quicker.
		err = w.load(ctx, s, key)
	}
	if err != nil {
		w.log.Warn("the store could not note that a message has gone: the count of the person's window is too high", "err", err)
	}
}

// renew notes a window that a person has opened to whom something was sent before. It is stored with the next message that goes to them.
func (w *windows) renew(conversation string, by sdk.Window) {
	s, _ := w.shard(conversation)
	s.mu.Lock()
	defer s.mu.Unlock()
	// Also one that closes in the same second: it is new all the same.
	if one, counted := s.people[conversation]; counted && by.Until.Unix() >= one.Until {
		s.people[conversation] = window{by.Left, by.Until.Unix()}
	}
}

// current returns the window of a person, which the one in which a delivery was made may have replaced. The caller holds mu.
func (s *windowShard) current(conversation string, by sdk.Window) window {
	one := s.people[conversation]
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

func (w *windows) load(ctx context.Context, s *windowShard, key string) error {
	if s.loaded {
		return nil
	}
	data, revision, err := w.store.Get(ctx, key)
	if err != nil && !errors.Is(err, core.ErrNotFound) {
		return err
	}
	s.people = map[string]window{}
	if len(data) > 0 {
		if err := json.Unmarshal(data, &s.people); err != nil {
			w.log.Error("the windows in the store cannot be read and are counted anew", "key", key, "err", err)
			s.people = map[string]window{}
		}
	}
	s.loaded, s.revision = true, revision
	return nil
}

// save stores a shard without the windows that are over.
func (w *windows) save(ctx context.Context, s *windowShard, key string) error {
	now := time.Now().Unix()
	for person, one := range s.people {
		if one.Until < now {
			delete(s.people, person)
		}
	}
	data, err := json.Marshal(s.people)
	if err != nil {
		return err
	}
	revision, err := w.store.Put(ctx, key, data, s.revision)
	if err == nil {
		s.revision = revision
	}
	return err
}
