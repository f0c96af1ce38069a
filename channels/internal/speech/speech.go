// Package speech makes of a recording, as plugins give it, one that a platform sends as a voice.
package speech

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/chuanhuabot/bot/core"
	"github.com/chuanhuabot/bot/core/audio"
	"github.com/chuanhuabot/bot/sdk/sniff"
)

// Limit is what a platform takes as a voice.
type Limit struct {
	// Takes are the formats. What is none of them is converted to the first, which is AMR or MP3.
	Takes []sniff.Format
	// Most is how many bytes it may have, Length how long it may sound.
	Most   int64
	Length time.Duration
}

// maxGiven is the most bytes of what is converted: a minute of WAV with two channels, as computers record.
const maxGiven = 12 << 20

// slack is what encoders add to the end of a recording.
const slack = 500 * time.Millisecond

// Fit returns b as the platform takes it. It reads b to its end and does not close it; the blob that it returns is in memory. It blocks while
// ffmpeg works. Errors wrap core.ErrMediaTooLarge, also for what sounds too long, or core.ErrMediaType, or are those of reading and of ctx.
func (l Limit) Fit(ctx context.Context, c *audio.Converter, b *core.Blob) (*core.Blob, error) {
	data, err := io.ReadAll(io.LimitReader(b, maxGiven+1))
	if err != nil {
		return nil, fmt.Errorf("read it: %w", err)
	}
	format := sniff.Sound(data)
	if slices.Contains(l.Takes, format) {
		return l.check(data, b)
	}
	if len(data) > maxGiven {
		return nil, fmt.Errorf("%w: at most %d bytes are converted", core.ErrMediaTooLarge, maxGiven)
	}
	if format == sniff.Unknown {
		return nil, fmt.Errorf("%w: by its first bytes it is no sound; it must be %s", core.ErrMediaType, l.named())
	}
	converted, err := l.convert(ctx, c, data)
	if err != nil {
		return nil, l.explain(err, format)
	}
	name := strings.TrimSuffix(b.Name, path.Ext(b.Name))
	return l.check(converted, &core.Blob{Name: name})
}

func (l Limit) convert(ctx context.Context, c *audio.Converter, data []byte) ([]byte, error) {
	to := c.ToMP3
	if l.Takes[0] == sniff.AMR {
		to = c.ToAMR
	}
	return to(ctx, bytes.NewReader(data), audio.Limits{Bytes: maxGiven, Length: l.Length})
}

// check returns data as a blob, if it is neither too much nor too long.
func (l Limit) check(data []byte, b *core.Blob) (*core.Blob, error) {
	switch d, ok := sniff.Duration(data); {
	case int64(len(data)) > l.Most:
		return nil, fmt.Errorf("%w: at most %d bytes are taken", core.ErrMediaTooLarge, l.Most)
	case ok && d > l.Length+slack:
		return nil, fmt.Errorf("%w: it sounds for %s, and at most %s are taken", core.ErrMediaTooLarge, d.Round(time.Second/10), l.Length)
	}
	return &core.Blob{ReadCloser: &held{bytes.NewReader(data)}, Name: b.Name, Size: int64(len(data))}, nil
}

// explain says what an error of the converter means to whoever saves media.
func (l Limit) explain(err error, from sniff.Format) error {
	switch {
	case errors.Is(err, audio.ErrTooLong), errors.Is(err, audio.ErrTooLarge):
		return fmt.Errorf("%w: %w", core.ErrMediaTooLarge, err)
	case errors.Is(err, audio.ErrFormat), errors.Is(err, audio.ErrNoConverter):
		return fmt.Errorf("%w: it is %s, and must be %s: %w", core.ErrMediaType, from, l.named(), err)
	}
	return err
}

func (l Limit) named() string {
	names := make([]string, len(l.Takes))
	for i, f := range l.Takes {
		names[i] = strings.ToUpper(string(f))
	}
	return strings.Join(names, " or ")
}

// held is bytes in memory. It can seek, so that it may be sent again.
type held struct{ *bytes.Reader }

// Close does nothing.
func (*held) Close() error { return nil }
