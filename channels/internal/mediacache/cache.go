package mediacache

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	"github.com/chuanhuabot/bot/core"
)

// ErrClosed is returned by a Cache after Close.
var ErrClosed = errors.New("the cache of media is closed")

// Options are what a Cache is made of. All fields must be set.
type Options struct {
	// Fetch gets media from the platform. It may be called by several goroutines at once, and must end with its context. What it
	// returns is read to its end and closed.
	Fetch func(ctx context.Context, id string) (*core.Blob, error)
	// Most is how many bytes are kept. What is being read is kept beyond that, until its readers close it.
	Most int64
	// Keep is for how long media is kept after it was fetched.
	Keep time.Duration
	// AtOnce is how much media is fetched at a time; what is more waits.
	AtOnce int
}

// Cache keeps media in the files of a temporary folder, which is made when it is needed first. What nobody has asked for longest
// goes first, and each file counts as a block of a disk at least. It is safe for concurrent use. Make it with New; Close it.
type Cache struct {
	Options
	fetching sync.WaitGroup
	slots    chan struct{} // Has an element for each fetch that runs.

	mu      sync.Mutex
	dir     string // Empty until it is needed.
	entries map[string]*entry
	recent  queue
	closed  bool
}

// New returns a cache without media. It makes no files.
func New(o Options) *Cache {
	return &Cache{Options: o, slots: make(chan struct{}, o.AtOnce), entries: map[string]*entry{}}
}

// attempts is how often media is fetched whose file has gone, as a cleaner of temporary folders may remove it.
const attempts = 2

// Open returns the media with an id, from its beginning; its reader is also an io.Seeker. It blocks until all of it is here, or ctx
// ends; what others wait for as well is fetched on. The caller closes the blob. An error is that of Fetch, of storing the file or of
// ctx, or ErrClosed; it is for those who wait, and not kept.
func (c *Cache) Open(ctx context.Context, id string) (*core.Blob, error) {
	for attempt := 1; ; attempt++ {
		e, err := c.enter(ctx, id)
		if err != nil {
			return nil, err
		}
		select {
		case <-e.ready:
		case <-ctx.Done():
			c.leave(e)
			return nil, context.Cause(ctx)
		}
		b, err := c.read(e)
		if err == nil {
			return b, nil
		}
		c.leave(e)
		if e.err != nil || !errors.Is(err, os.ErrNotExist) || attempt == attempts {
			return nil, err
		}
		c.forget(e)
	}
}

// enter returns the entry of an id, for which somebody fetches the media if it is new. The caller is one of its users until leave.
func (c *Cache) enter(ctx context.Context, id string) (*entry, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return nil, ErrClosed
	}
	e := c.entries[id]
	if e == nil {
		ctx, cancel := context.WithCancel(context.WithoutCancel(ctx)) // Others may wait for it longer than the first.
		e = &entry{id: id, ready: make(chan struct{}), cancel: cancel}
		c.entries[id] = e
		c.fetching.Go(func() {
			defer cancel()
			c.fetch(ctx, e)
		})
	}
	e.users++
	c.recent.touch(e)
	return e, nil
}

// leave ends a use of an entry. What nobody waits for any more is not fetched on.
func (c *Cache) leave(e *entry) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e.users--
	if e.users > 0 {
		return
	}
	select {
	case <-e.ready:
		if e.dropped {
			c.remove(e)
		}
	default: // What fetches it removes its file.
		e.cancel()
		c.drop(e)
	}
}

// forget drops an entry whose file has gone.
func (c *Cache) forget(e *entry) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.drop(e)
}

// drop lets an entry be found no more. The caller holds mu.
func (c *Cache) drop(e *entry) {
	if e.dropped {
		return
	}
	e.dropped = true
	c.recent.remove(e)
	if e.timer != nil {
		e.timer.Stop()
	}
	if c.entries[e.id] == e {
		delete(c.entries, e.id)
	}
	if e.users == 0 {
		c.remove(e)
	}
}

// remove removes the file of an entry that is dropped and that nobody uses. Where open files cannot be removed, the folder waits
// for this, too. The caller holds mu.
func (c *Cache) remove(e *entry) {
	if e.file == "" {
		return
	}
	os.Remove(e.file) // It may be gone.
	if c.closed {
		os.RemoveAll(c.dir)
	}
}

// Close ends what is being fetched and removes the folder. Blobs that are open can be read on. Any Open that comes later fails.
func (c *Cache) Close() error {
	c.mu.Lock()
	c.closed = true
	for _, e := range c.entries {
		e.cancel()
		c.drop(e)
	}
	c.mu.Unlock()
	c.fetching.Wait()
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.dir == "" {
		return nil
	}
	if err := os.RemoveAll(c.dir); err != nil {
		return fmt.Errorf("remove the cache of media: %w", err)
	}
	return nil
}
