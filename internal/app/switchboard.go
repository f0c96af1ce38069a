package app

import (
	"context"
	"sync"

	"github.com/chuanhuabot/bot/sdk"
)

// switchboard is the Handler of a bot whose routes may change: a turn keeps those that it began with.
type switchboard struct {
	mu      sync.Mutex
	current *generation
	waits   sync.WaitGroup // They end with the turns.
}

// generation is the routes of one bot.yaml, and how many turns use them.
type generation struct {
	handler sdk.Handler
	turns   int
	over    bool
	idle    chan struct{}   // Closed when it is over and has no turns.
	before  <-chan struct{} // Closed when the generations before it are; nil for the first.
}

func newSwitchboard(h sdk.Handler) *switchboard { return &switchboard{current: newGeneration(h)} }

func newGeneration(h sdk.Handler) *generation {
	return &generation{handler: h, idle: make(chan struct{})}
}

// Handle gives m to the routes of now.
func (s *switchboard) Handle(ctx context.Context, m *sdk.Message, r sdk.Responder) error {
	s.mu.Lock()
	g := s.current
	g.turns++
	s.mu.Unlock()
	defer s.leave(g)
	return g.handler.Handle(ctx, m, r)
}

func (s *switchboard) leave(g *generation) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if g.turns--; g.over && g.turns == 0 {
		close(g.idle)
	}
}

// turn lets new turns go by h. It returns what is closed when the last turn by all routes before has ended.
func (s *switchboard) turn(h sdk.Handler) <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	old := s.current
	s.current = newGeneration(h)
	old.over = true
	if old.turns == 0 {
		close(old.idle)
	}
	all := make(chan struct{}) // A turn of an older one may still come to a plugin that only this one has lost.
	s.waits.Go(func() {
		defer close(all)
		if old.before != nil {
			<-old.before
		}
		<-old.idle
	})
	s.current.before = all
	return all
}
