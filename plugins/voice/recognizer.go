package voice

import (
	"context"
	"time"

	"github.com/chuanhuabot/bot/sdk"
	"github.com/chuanhuabot/bot/sdk/sniff"
)

// backend makes text of recordings. It is safe for concurrent use.
type backend interface {
	// takes returns the formats that recognize takes, the best first. WAV among them is of 16 kHz, one channel and 16 bits.
	takes() []sniff.Format
	// recognize returns what is said, which may be nothing. It blocks until ctx ends. Its errors are failures.
	recognize(ctx context.Context, c clip) (string, error)
}

const (
	// tries is how often a backend is asked for one recording, if it says that it may be asked again.
	tries = 3
	// pause is how long to wait before the second time; before each further one three times as long.
	pause = 300 * time.Millisecond
	// margin is what is left of a turn for the answer.
	margin = 2 * time.Second
	// maxTranscript bounds what a backend may say, in bytes. A minute has a thousand characters at most.
	maxTranscript = 16 << 10
)

// recognizer has one backend, which is asked for a few recordings at a time.
type recognizer struct {
	backend backend
	clips   fetcher
	slots   chan struct{}
	timeout time.Duration
	pause   time.Duration
}

func newRecognizer(c config, b backend, host sdk.Host) *recognizer {
	return &recognizer{
		backend: b, slots: make(chan struct{}, c.AtOnce), timeout: c.timeout, pause: pause,
		clips: fetcher{host: host, takes: b.takes(), most: time.Duration(c.MaxSeconds) * time.Second},
	}
}

// hear returns what is said in v. It blocks, but leaves the turn time for its answer.
func (r *recognizer) hear(ctx context.Context, channel string, v sdk.Voice) (string, error) {
	timeout := r.timeout
	if deadline, ok := ctx.Deadline(); ok {
		timeout = min(timeout, max(time.Until(deadline)-margin, 0))
	}
	limited, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	text, err := r.inTurn(limited, channel, v)
	if limited.Err() != nil && ctx.Err() == nil {
		return "", failed(again, "it took longer than %s", timeout.Round(time.Millisecond))
	}
	return cut(text), err
}

func (r *recognizer) inTurn(ctx context.Context, channel string, v sdk.Voice) (string, error) {
	select {
	case r.slots <- struct{}{}:
		defer func() { <-r.slots }()
	case <-ctx.Done():
		return "", ctx.Err()
	}
	c, err := r.clips.fetch(ctx, channel, v)
	if err != nil || c.silent() {
		return "", err
	}
	return r.ask(ctx, c)
}

// ask asks the backend, again if that may help.
func (r *recognizer) ask(ctx context.Context, c clip) (text string, err error) {
	wait := r.pause
	for i := range tries {
		if text, err = r.backend.recognize(ctx, c); err == nil || classOf(err) != again || i == tries-1 {
			return text, err
		}
		select {
		case <-time.After(wait):
			wait *= 3
		case <-ctx.Done():
			return "", err
		}
	}
	return text, err
}

// cut bounds a transcript, at the end of a character.
func cut(text string) string {
	if len(text) <= maxTranscript {
		return text
	}
	end := maxTranscript
	for end > 0 && text[end]&0xc0 == 0x80 {
		end--
	}
	return text[:end]
}
