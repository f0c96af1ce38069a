package ledger

import "time"

// Dated is a Record of which one can be newer than another. What is newer in memory than in the store stays when another process has
// changed what is stored; of other records the stored one stays.
type Dated[R any] interface {
	// Newer tells whether a record is of something later than another one.
	Newer(than R) bool
}

// Remind is Note for a person of whom there is a record in memory, and does nothing for all others. It does not block.
func (l *Ledger[R]) Remind(who string, do func(*R) bool) {
	if s, _ := l.shard(who); s.has(who) {
		s.note(who, do, time.Now())
	}
}

func (s *shard[R]) has(who string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, ok := s.records[who]
	return ok
}

// keepNewer puts what is newer in memory into what the store has. The caller holds mu.
func (s *shard[R]) keepNewer(stored map[string]R) {
	for who, one := range s.records {
		if dated, ok := any(one).(Dated[R]); ok && dated.Newer(stored[who]) {
			stored[who] = one
		}
	}
}
