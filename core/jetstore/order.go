package jetstore

import (
	"context"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
)

// order runs the writes of each entry one after the other, also those that nobody waits for any more. A write that has reached the server
// happens, whatever its caller thinks of it: one that came to be after the end of its message would have that message answered again.
type order struct {
	mu   sync.Mutex
	last map[string]chan struct{} // By entry; closed when the write that was begun last has ended.
	over bool                     // No write begins any more.
	all  sync.WaitGroup
}

const (
	// writeTime bounds a write, also one that nobody waits for: longer than any disk stalls.
	writeTime = time.Minute
	// answerTime is how long somebody waits for one who has set no limit.
	answerTime = 5 * time.Second
)

// do runs write behind what was begun before for the entry, and returns its error. If ctx ends first it returns that at once, and the
// write goes on.
func (o *order) do(ctx context.Context, entry string, write func(context.Context) error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if _, limited := ctx.Deadline(); !limited {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, answerTime)
		defer cancel()
	}
	before, done := o.begin(entry)
	if done == nil {
		return nats.ErrConnectionClosed
	}
	result := make(chan error, 1)
	go func() {
		defer o.all.Done()
		defer o.end(entry, done)
		if before != nil {
			<-before
		}
		own, cancel := context.WithTimeout(context.WithoutCancel(ctx), writeTime)
		defer cancel()
		result <- write(own)
	}()
	select {
	case err := <-result:
		return err
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// begin returns what has to end first, nil for nothing, and what to close at the end, nil if no write begins any more.
func (o *order) begin(entry string) (before, done chan struct{}) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.over {
		return nil, nil
	}
	o.all.Add(1)
	if o.last == nil {
		o.last = map[string]chan struct{}{}
	}
	before, done = o.last[entry], make(chan struct{})
	o.last[entry] = done
	return before, done
}

func (o *order) end(entry string, done chan struct{}) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.last[entry] == done {
		delete(o.last, entry)
	}
	close(done)
}

// close lets no write begin any more, and returns when none is under way.
func (o *order) close() {
	o.mu.Lock()
	o.over = true
	o.mu.Unlock()
	o.all.Wait()
}
