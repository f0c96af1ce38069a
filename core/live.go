package core

import "sync"

// live knows the deliveries that are being tried, or held by their channels, by ID. It is safe for concurrent use.
type live struct {
	mu   sync.Mutex
	byID map[string]*dispatch
}

func (l *live) add(p *dispatch) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.byID == nil {
		l.byID = map[string]*dispatch{}
	}
	l.byID[p.ID] = p
}

// get returns the delivery with an ID, or nil.
func (l *live) get(id string) *dispatch {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.byID[id]
}

// remove forgets p, unless another one has taken its place.
func (l *live) remove(p *dispatch) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.byID[p.ID] == p {
		delete(l.byID, p.ID)
	}
}
