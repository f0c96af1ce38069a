package audio

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/chuanhuabot/bot/sdk/sniff"
)

// The errors of a Converter that callers can tell apart. They are wrapped.
var (
	// ErrNoConverter says that the program is missing which could do it, and which one to install.
	ErrNoConverter = errors.New("the program that converts sound is missing")
	// ErrFormat says that the recording is damaged, empty, or of a format that cannot be read.
	ErrFormat = errors.New("the recording cannot be read")
	// ErrTooLong says that it sounds for longer than is allowed.
	ErrTooLong = errors.New("the recording is too long")
	// ErrTooLarge says that it has more bytes than are allowed.
	ErrTooLarge = errors.New("the recording is too large")
)

// Options are what a Converter is made of. The zero value is what most bots need.
type Options struct {
	// FFmpeg and SoX are the programs: a path, or a name that is looked up in PATH. Empty: ffmpeg and sox.
	FFmpeg, SoX string
	// AtOnce is how many recordings are converted at a time; 0: two.
	AtOnce int
}

// Limits bound one recording. A field that is 0 is the default.
type Limits struct {
	// Bytes is the most that is read of it: 8 MB by default.
	Bytes int64
	// Length is the longest that it may sound: 60 seconds by default.
	Length time.Duration
}

const (
	maxBytes  = 8 << 20
	maxLength = 60 * time.Second
	// maxTime is how long a program may work on one recording. A minute of AMR takes it a fifth of a second.
	maxTime = 20 * time.Second
	// slack is what encoders add to the end of a recording.
	slack = 500 * time.Millisecond
)

func (l Limits) orDefault() Limits {
	if l.Bytes == 0 {
		l.Bytes = maxBytes
	}
	if l.Length == 0 {
		l.Length = maxLength
	}
	return l
}

// Converter converts recordings. It is safe for concurrent use, and needs no end: what it starts has ended when its methods return.
//
// Its methods read the recording to its end, into memory, and block until it is converted; they wait for their turn if there are more than
// Options.AtOnce. When ctx ends, they return its error, with nothing left running.
type Converter struct {
	options Options
	slots   chan struct{}

	mu       sync.Mutex
	encoders map[string]bool // Whether an ffmpeg, by its path, writes AMR.
}

// New returns a Converter. The programs are looked up when they are needed: one that is installed later is found.
func New(o Options) *Converter {
	if o.FFmpeg == "" {
		o.FFmpeg = "ffmpeg"
	}
	if o.SoX == "" {
		o.SoX = "sox"
	}
	if o.AtOnce == 0 {
		o.AtOnce = 2
	}
	return &Converter{options: o, slots: make(chan struct{}, o.AtOnce), encoders: map[string]bool{}}
}

// ToWAV16k returns the recording as WAV of 16 kHz, one channel and 16 bits, which says its size at its beginning. What is just that already
// needs no ffmpeg.
func (c *Converter) ToWAV16k(ctx context.Context, in io.Reader, l Limits) ([]byte, error) {
	pcm, err := c.toPCM(ctx, in, l.orDefault(), wideband)
	if err != nil {
		return nil, fmt.Errorf("convert to WAV: %w", err)
	}
	return wave(pcm), nil
}

// The rates of PCM, in Hz.
const (
	narrowband = 8000
	wideband   = 16000
)

// toPCM returns the samples of a recording, 16 bits of one channel.
func (c *Converter) toPCM(ctx context.Context, in io.Reader, l Limits, rate int) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(in, l.Bytes+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("read it: %w", err)
	case int64(len(data)) > l.Bytes:
		return nil, fmt.Errorf("%w: it has more than %d bytes", ErrTooLarge, l.Bytes)
	}
	format := sniff.Sound(data)
	if d, ok := sniff.Duration(data); ok && d > l.Length+slack {
		return nil, tooLong(l)
	}
	if pcm, ok := asItIs(data, format, rate); ok {
		return pcm, nil
	}
	pcm, err := c.decode(ctx, data, format, l, rate)
	if err != nil {
		return nil, err
	}
	if bytesPerSecond := 2 * float64(rate); float64(len(pcm)) > (l.Length+slack).Seconds()*bytesPerSecond {
		return nil, tooLong(l)
	}
	return pcm, nil
}

// asItIs returns the samples of a WAV that needs no conversion.
func asItIs(data []byte, format sniff.Format, rate int) ([]byte, bool) {
	if format != sniff.WAV {
		return nil, false
	}
	w, ok := sniff.ParseWAV(data)
	if !ok || !w.PCM || w.Rate != rate || w.Channels != 1 || w.Bits != 16 || len(w.Data) < 2 {
		return nil, false
	}
	return w.Data[:len(w.Data)/2*2], true
}

func tooLong(l Limits) error { return fmt.Errorf("%w: longer than %s", ErrTooLong, l.Length) }
