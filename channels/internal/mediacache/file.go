package mediacache

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"github.com/chuanhuabot/bot/core"
)

// fetch gets the media of an entry into a file, and tells those who wait.
func (c *Cache) fetch(ctx context.Context, e *entry) {
	err := c.fill(ctx, e)
	c.mu.Lock()
	defer c.mu.Unlock()
	defer close(e.ready)
	if c.closed && err != nil {
		err = ErrClosed
	}
	if e.err = err; err != nil {
		c.drop(e)
	}
	if e.dropped { // Nobody waits any more, or all is over.
		if e.users == 0 {
			c.remove(e)
		}
		return
	}
	c.recent.add(e)
	e.timer = time.AfterFunc(c.Keep, func() { c.forget(e) })
	for c.recent.size > c.Most {
		c.drop(c.recent.last())
	}
}

// fill sets what is known of the media, and where it is.
func (c *Cache) fill(ctx context.Context, e *entry) error {
	select {
	case c.slots <- struct{}{}:
		defer func() { <-c.slots }()
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	b, err := c.Fetch(ctx, e.id)
	if err != nil {
		return err
	}
	defer b.Close()
	file, size, err := c.store(b)
	if err != nil {
		return err
	}
	c.mu.Lock() // Whoever leaves in the meantime looks at the file.
	defer c.mu.Unlock()
	e.file, e.name, e.kind, e.size = file, b.Name, b.Type, size
	return nil
}

// store writes all of b into a new file.
func (c *Cache) store(b *core.Blob) (path string, size int64, err error) {
	f, err := c.create()
	if err != nil {
		return "", 0, fmt.Errorf("store media: %w", err)
	}
	size, err = io.Copy(f, b)
	if e := f.Close(); err == nil {
		err = e
	}
	if err != nil {
		os.Remove(f.Name()) // What is wrong with the disk is in err.
		return "", 0, fmt.Errorf("store media: %w", err)
	}
	return f.Name(), size, nil
}

// create makes a file, and the folder if there is none, or none any more.
func (c *Cache) create() (*os.File, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return nil, ErrClosed
	}
	if c.dir != "" {
		if f, err := os.CreateTemp(c.dir, "media-"); !errors.Is(err, os.ErrNotExist) {
			return f, err
		}
	}
	dir, err := os.MkdirTemp("", "bot-media-")
	if err != nil {
		return nil, err
	}
	c.dir = dir
	return os.CreateTemp(dir, "media-")
}

// read returns the media of an entry that is ready.
func (c *Cache) read(e *entry) (*core.Blob, error) {
	if e.err != nil {
		return nil, e.err
	}
	f, err := os.Open(e.file)
	if err != nil {
		return nil, fmt.Errorf("open media that is kept: %w", err)
	}
	r := &reader{ReadSeeker: f, end: sync.OnceValue(func() error {
		defer c.leave(e)
		return f.Close()
	})}
	return &core.Blob{ReadCloser: r, Name: e.name, Type: e.kind, Size: e.size}, nil
}

// reader reads a file that is kept.
type reader struct {
	io.ReadSeeker
	end func() error
}

// Close ends the use of the file. A second call returns what the first one did.
func (r *reader) Close() error { return r.end() }
