// Package media is where a simulated platform keeps pictures, clips and files: for three days, then their ids mean nothing.
package media

import (
	"bytes"
	"crypto/rand"
	"strings"
	"sync"
	"time"

	"github.com/chuanhuabot/bot/sandbox/clock"
)

// Life is how long temporary media is kept (developers.weixin.qq.com/doc/service/api/material/temporary/api_uploadtempmedia;
// developer.work.weixin.qq.com/document/path/96484).
const Life = 72 * time.Hour

// maxKept is the most bytes that a store keeps: what is oldest goes first.
const maxKept = 256 << 20

// Medium is one picture, clip or file. Nobody changes it.
type Medium struct {
	ID   string
	Type string // image, voice, video, thumb or file.
	Name string
	Data []byte
	Kept time.Time
}

// Store keeps media. It is safe for concurrent use. Make it with New.
type Store struct {
	clock clock.Clock

	mu    sync.Mutex
	media map[string]Medium
	order []string // The ids, the oldest first.
	bytes int
}

// New returns an empty store.
func New(c clock.Clock) *Store { return &Store{clock: c, media: map[string]Medium{}} }

// Keep keeps a copy of data, with a new id.
func (s *Store) Keep(kind, name string, data []byte) Medium {
	m := Medium{ID: newID(), Type: kind, Name: name, Data: bytes.Clone(data), Kept: s.clock.Now()}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.media[m.ID] = m
	s.order = append(s.order, m.ID)
	s.bytes += len(data)
	for len(s.order) > 1 && (s.bytes > maxKept || s.expired(s.media[s.order[0]])) {
		s.drop()
	}
	return m
}

// Get returns media that is still kept.
func (s *Store) Get(id string) (Medium, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	m, ok := s.media[id]
	if !ok || s.expired(m) {
		return Medium{}, false
	}
	return m, true
}

func (s *Store) expired(m Medium) bool { return s.clock.Now().Sub(m.Kept) >= Life }

// drop forgets what is oldest. The caller holds mu.
func (s *Store) drop() {
	oldest := s.order[0]
	s.bytes -= len(s.media[oldest].Data)
	delete(s.media, oldest)
	s.order = s.order[1:]
}

// newID is as long as those of the platforms.
func newID() string { return strings.ToLower(rand.Text() + rand.Text()) }
