package mp

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/chuanhuabot/bot/sdk"
)

const (
	// rememberFor is how long an answer is repeated to late retries. The platform's last try is over after 15 s
	// (developers.weixin.qq.com/doc/offiaccount/Message_Management/Receiving_standard_messages.html).
	rememberFor = time.Minute
	// rememberMost is how many ended slots are remembered at the most.
	rememberMost = 1 << 16
	// rememberBytes is how many bytes their answers may take: long answers are remembered for a shorter time.
	rememberBytes = 16 << 20
	// keepTime is how long it may take to keep a message that nobody waits for.
	keepTime = 5 * time.Second
)

var (
	errWindowOver = errors.New("the window of the passive reply is over, and this account cannot send customer-service messages: " +
		"it takes account: verified (or test) and app_secret in bot.yaml")
	errLeft = errors.New("the person has unsubscribed: no reply can reach them")
)

// slots holds the slots of one channel, by message ID. It is safe for concurrent use.
type slots struct {
	log       *slog.Logger
	hold      time.Duration // from the first arrival to the deadline
	textLimit int
	late      *late

	mu      sync.Mutex
	byID    map[string]*slot
	oldest  *slot // the ended ones, a list by the time of their end
	latest  *slot
	ended   int // how many
	bytes   int // of their answers
	stopped bool
	orphans sync.WaitGroup // timers of orphaned slots that are set or run
	quit    chan struct{}  // closed by stop
}

func newSlots(c Config, l *late, log *slog.Logger) *slots {
	return &slots{
		log: log, late: l, hold: time.Duration(c.Tries)*c.TryTimeout - margin, textLimit: c.TextLimit, byID: make(map[string]*slot), quit: make(chan struct{}),
	}
}

// join adds a request to the slot of a message, a new one if there is none. The caller must leave.
func (s *slots) join(m *sdk.Message, arrival time.Time) *request {
	s.mu.Lock()
	defer s.mu.Unlock()
	one, known := s.byID[m.ID]
	if !known {
		one = &slot{id: m.ID, sender: m.Sender, deadline: arrival.Add(s.hold), muted: isUnsubscribe(m.Content), answer: answer{at: placeOf(m)}}
		if s.late.allowed {
			one.full, one.gone = make(chan struct{}), make(chan struct{})
		}
		s.byID[m.ID] = one
	}
	s.disarm(one)
	r := &request{slots: s, slot: one}
	one.newest = r
	one.requests++
	return r
}

// end ends a slot, once, and remembers it. The caller holds mu.
func (s *slots) end(one *slot) {
	if !one.ended.IsZero() {
		return
	}
	one.ended, one.turn = time.Now(), nil
	if s.latest == nil {
		s.oldest = one
	} else {
		s.latest.next = one
	}
	s.latest = one
	s.ended++
	s.bytes += one.answer.size()
	if one.answer.content == nil {
		shut(one.gone)
	}
	s.forget(one.ended)
}

// forget drops ended slots that are too old or too many. The caller holds mu. The one that just ended stays.
func (s *slots) forget(now time.Time) {
	for s.oldest != s.latest && (s.tooMuch() || now.Sub(s.oldest.ended) > rememberFor) {
		gone := s.oldest
		s.oldest, gone.next = gone.next, nil
		s.ended--
		s.bytes -= gone.answer.size()
		delete(s.byID, gone.id)
		shut(gone.gone)
	}
}

func (s *slots) tooMuch() bool { return s.ended > rememberMost || s.bytes > rememberBytes }

// abandon looks after a slot that a request left: an ended one needs no newest any more, one without a turn has nothing
// to keep and goes, any other waits for a retry. It returns true if there is no time to wait. The caller holds mu.
func (s *slots) abandon(one *slot) (late bool) {
	switch {
	case one.requests > 0:
	case !one.ended.IsZero():
		one.newest = nil
	case one.turn == nil:
		delete(s.byID, one.id)
	case s.stopped:
		return true
	default:
		s.orphans.Add(1)
		one.orphaned = time.AfterFunc(time.Until(one.deadline), func() {
			defer s.orphans.Done()
			s.keepOrphan(context.Background(), one)
		})
	}
	return false
}

// disarm takes back what abandon set. It returns false if there was nothing to take back. The caller holds mu.
func (s *slots) disarm(one *slot) bool {
	if one.orphaned == nil || !one.orphaned.Stop() {
		return false
	}
	one.orphaned = nil
	s.orphans.Done()
	return true
}

// keepOrphan keeps the turn of a slot whose last request has left, and then ends the slot, unless a request has come
// meanwhile: then that one does both.
func (s *slots) keepOrphan(ctx context.Context, one *slot) {
	s.mu.Lock()
	turn := one.turn
	s.mu.Unlock()
	if turn == nil {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, keepTime)
	defer cancel()
	if err := turn.Keep(ctx); err != nil {
		s.log.Error("message not kept: it is lost if the process ends now", "message", one.id, "err", err)
	}
	if content := s.endOrphan(one); content != nil {
		s.unclaimed(one, content)
	}
}

// endOrphan ends a slot for which no request waits and returns the answer that nobody took.
func (s *slots) endOrphan(one *slot) sdk.Content {
	s.mu.Lock()
	defer s.mu.Unlock()
	if one.requests > 0 || !one.ended.IsZero() {
		return nil
	}
	s.end(one)
	one.newest, one.orphaned = nil, nil
	return one.answer.content
}

// stop keeps the turns of all open slots now, and of those whose last request leaves later. It returns when no timer
// is left.
func (s *slots) stop() {
	ctx, cancel := context.WithTimeout(context.Background(), keepTime) // for all of them: a store that hangs is not waited for
	defer cancel()
	close(s.quit)
	for _, one := range s.disarmAll() {
		s.keepOrphan(ctx, one)
	}
	s.orphans.Wait()
}

// disarmAll returns the slots whose turns still run, the earliest first: a conversation's messages must be kept in order.
func (s *slots) disarmAll() []*slot {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stopped = true
	var open []*slot
	for _, one := range s.byID {
		s.disarm(one)
		if one.turn != nil {
			open = append(open, one)
		}
	}
	slices.SortFunc(open, func(a, b *slot) int { return a.deadline.Compare(b.deadline) })
	return open
}
