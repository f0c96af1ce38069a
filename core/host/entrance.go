package host

import (
	"context"
	"sync"
)

// entrance counts the turns in a process: so many at a time, and none any more once it is closed.
type entrance struct {
	places chan struct{}
	closed chan struct{}

	mu     sync.Mutex
	shut   bool
	inside int
	empty  chan struct{} // Closed when it is shut and nobody is inside.
}

func newEntrance(places int) *entrance {
	return &entrance{places: make(chan struct{}, places), closed: make(chan struct{}), empty: make(chan struct{})}
}

// enter waits for a place. It returns false if the entrance is closed, or gone is, before there is one. Who is in must leave.
func (e *entrance) enter(ctx context.Context, gone <-chan struct{}) (bool, error) {
	select {
	case e.places <- struct{}{}:
	case <-e.closed:
		return false, nil
	case <-gone:
		return false, nil
	case <-ctx.Done():
		return false, context.Cause(ctx)
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.shut {
		<-e.places
		return false, nil
	}
	e.inside++
	return true, nil
}

func (e *entrance) leave() {
	<-e.places
	e.mu.Lock()
	defer e.mu.Unlock()
	e.inside--
	if e.shut && e.inside == 0 {
		close(e.empty)
	}
}

// close lets nobody in any more, and returns what is closed when nobody is inside. Call it once.
func (e *entrance) close() <-chan struct{} {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.shut = true
	close(e.closed)
	if e.inside == 0 {
		close(e.empty)
	}
	return e.empty
}
