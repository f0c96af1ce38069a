package core

import (
	"context"
	"sync"

	"github.com/chuanhuabot/bot/sdk"
)

// Hearing is a Turn that tells what was said in its message, if that is a voice that came without words. The turns of a Bot are.
type Hearing interface {
	// Heard returns a channel that is closed when a step of the chain has forwarded the voice with its words, and the words, which are
	// "" until then. It does not block.
	Heard() (known <-chan struct{}, words string)
}

// heard has the words of a voice. It is safe for concurrent use.
type heard struct {
	known chan struct{}

	mu    sync.Mutex
	words string
}

type heardKey struct{}

// listening returns a context under which a chain notes in h what it forwards.
func (h *heard) listening(ctx context.Context) context.Context {
	return context.WithValue(ctx, heardKey{}, h)
}

// noteHeard notes the words of what a step has forwarded. The first ones stay.
func noteHeard(ctx context.Context, c sdk.Content) {
	h, ok := ctx.Value(heardKey{}).(*heard)
	v, voice := c.(sdk.Voice)
	if !ok || !voice || v.Transcript == "" {
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.words == "" {
		h.words = v.Transcript
		close(h.known)
	}
}

func (h *heard) now() (known <-chan struct{}, words string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.known, h.words
}
