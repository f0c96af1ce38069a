package host

import (
	"io"
	"sync"
	"time"
)

// brake bounds how many bytes a second are read of what a plugin writes. One that writes more waits for its own pipe: the bot has
// better things to do than to drop its lines.
type brake struct {
	mu   sync.Mutex
	left float64
	at   time.Time
}

const (
	bytesBurst  = 8 << 20
	bytesSecond = 2 << 20
)

func newBrake() *brake { return &brake{left: bytesBurst} }

// wait waits until n more bytes may be read.
func (b *brake) wait(n int) {
	b.mu.Lock()
	now := time.Now()
	if !b.at.IsZero() {
		b.left = min(bytesBurst, b.left+now.Sub(b.at).Seconds()*bytesSecond)
	}
	b.at = now
	b.left -= float64(n)
	short := -b.left
	b.mu.Unlock()
	if short > 0 {
		time.Sleep(time.Duration(short / bytesSecond * float64(time.Second)))
	}
}

// braked is a Writer that brakes who writes to it.
type braked struct {
	io.Writer
	brake *brake
}

// Write writes p, and waits.
func (b braked) Write(p []byte) (int, error) {
	n, err := b.Writer.Write(p)
	b.brake.wait(len(p))
	return n, err
}
