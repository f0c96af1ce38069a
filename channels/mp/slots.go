package mp

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/chuanhuabot/bot/channels/internal/compose"
	"github.com/chuanhuabot/bot/core"
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

// slots holds the slots of one channel, by message ID. It is safe for concurrent use.
type slots struct {
	log *slog.Logger
	// patience is the time from the first arrival to the deadline.
	patience time.Duration
	oneTry   time.Duration // The same for one try.
	limit    int           // the most bytes of a text
	hints    hints
	ladder   ladder
	settle   func(*core.Delivery, error)

	mu      sync.Mutex
	byID    map[string]*slot
	tails   map[string]*tail // what goes on behind answers, by conversation
	oldest  *slot            // the ended ones, a list by the time of their end
	latest  *slot
	ended   int // how many
	bytes   int // of their answers
	stopped bool
	orphans sync.WaitGroup // timers of orphaned slots that are set or run
	tasks   sync.WaitGroup // deliveries that are being recorded
}

// ladder tells a slot what can be done for what finds no room in its answer. Its methods do not block.
type ladder interface {
	// sends tells whether it goes on by itself.
	sends() bool
	// fetches tells whether a person can fetch it.
	fetches() bool
	// unread tells whether something waits for the person of a conversation to be fetched already, takeUnread takes it, and putBack
	// lets it wait again.
	unread(conversation string) bool
	takeUnread(conversation string) []*core.Delivery
	putBack([]*core.Delivery)
	// told notes that the person has been told how to fetch it.
	told(conversation string)
}

func newSlots(c Config, l ladder, settle func(*core.Delivery, error), log *slog.Logger) *slots {
	tries := c.Tries
	if !c.Late.Hold {
		tries = 1
	}
	return &slots{
		log: log, ladder: l, settle: settle, hints: newHints(c.Late), patience: time.Duration(tries)*c.TryTimeout - margin, limit: c.TextLimit, oneTry: c.TryTimeout - margin,
		byID: map[string]*slot{}, tails: map[string]*tail{},
	}
}

// join adds a request to the slot of a message, a new one, whose first try began at a moment, if there is none. The caller must leave.
func (s *slots) join(m *sdk.Message, began time.Time) *request {
	s.mu.Lock()
	defer s.mu.Unlock()
	one, known := s.byID[m.ID]
	if !known {
		one = &slot{id: m.ID, conversation: m.Conversation, sender: m.Sender, deadline: latest(began.Add(s.patience), time.Now().Add(s.oneTry)), muted: isUnsubscribe(m.Content), at: placeOf(m)}
		s.byID[m.ID] = one
	}
	s.disarm(one)
	r := &request{slots: s, slot: one, began: time.Now()}
	one.newest = r
	one.requests++
	return r
}

// recordTime is how long an answer waits for the core to record what finds no room in it. A store that is slower must not cost the
// platform's last try.
const recordTime = 250 * time.Millisecond

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// record has the core put on record what an answer has no room for: once the platform has the answer nobody else has the rest.
func (s *slots) record(held []compose.Item, fates []compose.Fate) {
	var rest []*core.Delivery
	for i, f := range fates {
		if f.Err != nil {
			rest = append(rest, held[i].Delivery)
		}
	}
	if len(rest) == 0 {
		return
	}
	recorded := make(chan struct{})
	began := s.begin(func() {
		defer close(recorded)
		for _, d := range rest {
			s.settle(d, core.ErrOpen)
		}
	})
	if !began {
		return // The core settles it when it has the answer's fates.
	}
	slow := time.NewTimer(recordTime)
	defer slow.Stop()
	select {
	case <-recorded:
	case <-slow.C:
	}
}

// begin runs do beside others, until its end. It returns false if the slots have stopped.
func (s *slots) begin(do func()) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.stopped {
		s.tasks.Go(do)
	}
	return !s.stopped
}

// sent tells the core what became of the deliveries of an answer, which is on its way: not sooner, for a process that is killed between
// the two would have lost it. What follows the answer may go then.
func (s *slots) sent(a answer) {
	s.mu.Lock()
	if a.slot.unseen != nil {
		a.fates = s.takeUnseen(a.slot).fates // Those of a request that hung up, and whose answer this one has repeated.
	}
	s.mu.Unlock()
	for _, f := range a.fates {
		s.settle(f.Delivery, f.Err)
	}
	if slices.ContainsFunc(a.fates, func(f compose.Fate) bool { return f.Err != nil }) {
		s.settled(a.slot.conversation)
	}
	s.wrote(a.slot)
}

// carried waits until the request that carries the answer of a slot has it. To say `success` for another one before that would be to
// acknowledge what may never be answered: the bot may be killed between the two. It returns false if ctx ends first.
func (s *slots) carried(ctx context.Context, one *slot) bool {
	s.mu.Lock()
	gone := signal(one.written, &one.gone)
	s.mu.Unlock()
	select {
	case <-gone:
		return true
	case <-ctx.Done():
		return false
	}
}

// forget drops ended slots that are too old or too many. The caller holds mu. The one that just ended stays.
func (s *slots) forget(now time.Time) {
	for s.oldest != s.latest && (s.tooMuch() || now.Sub(s.oldest.ended) > rememberFor) {
		gone := s.oldest
		s.oldest, gone.next = gone.next, nil
		s.ended--
		s.bytes -= size(gone.answer)
		gone.answer = nil
		if s.byID[gone.id] == gone { // Else a retry has begun anew.
			delete(s.byID, gone.id)
		}
		gone.wrote()
	}
}

func (s *slots) tooMuch() bool { return s.ended > rememberMost || s.bytes > rememberBytes }

// stop keeps the turns of all open slots now, and of those whose last request leaves later. It returns when no timer
// is left.
func (s *slots) stop() {
	ctx, cancel := context.WithTimeout(context.Background(), keepTime) // for all of them: a store that hangs is not waited for
	defer cancel()
	for _, one := range s.disarmAll() {
		s.keepOrphan(ctx, one)
		s.giveUp(one)
	}
	s.orphans.Wait()
	s.tasks.Wait()
}

// disarmAll returns the slots whose turns still run or whose answers nobody has seen, the earliest first: a conversation's messages must
// be kept in order.
func (s *slots) disarmAll() []*slot {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stopped = true
	var open []*slot
	for _, one := range s.byID {
		s.disarm(one)
		if one.turn != nil || one.unseen != nil {
			open = append(open, one)
		}
	}
	slices.SortFunc(open, func(a, b *slot) int { return a.deadline.Compare(b.deadline) })
	return open
}
