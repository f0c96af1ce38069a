package voice

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/chuanhuabot/bot/sdk"
	"github.com/chuanhuabot/bot/sdk/sniff"
)

// clip is one recording.
type clip struct {
	data   []byte
	format sniff.Format
}

// shortest is how long somebody must speak. Recognisers make words of less, too, which nobody has said.
const shortest = 300 * time.Millisecond

// silent tells whether there is too little in it to be speech.
func (c clip) silent() bool {
	d, ok := sniff.Duration(c.data)
	return ok && d < shortest
}

// name is what a file of it is called.
func (c clip) name() string {
	ending := string(c.format)
	switch c.format {
	case sniff.Opus, sniff.Speex:
		ending = "ogg"
	case sniff.AMRWB:
		ending = "amr"
	}
	return "voice." + ending
}

// maxClip is the most bytes of a recording. The platforms take 2 MB; a minute of WAV has as many.
const maxClip = 4 << 20

// fetcher gets recordings, in a format that a backend takes.
type fetcher struct {
	host  sdk.Host
	takes []sniff.Format
	most  time.Duration // The longest recording.
}

// fetch returns the recording of v: that of 16 kHz, or the other where it is not to be had.
func (f fetcher) fetch(ctx context.Context, channel string, v sdk.Voice) (clip, error) {
	if f.host == nil {
		return clip{}, failed(settings, "the bot gives the plugin no recordings: it has no Host")
	}
	var problems []error
	for _, m := range []sdk.Media{v.Wideband, v.Media} {
		if m.ID == "" && m.URL == "" {
			continue
		}
		c, err := f.one(ctx, sdk.MediaRequest{Channel: channel, Media: m})
		if err == nil {
			return c, nil
		}
		if ctx.Err() != nil {
			return clip{}, ctx.Err()
		}
		problems = append(problems, err)
	}
	if len(problems) == 0 {
		return clip{}, failed(never, "the message has no recording")
	}
	return clip{}, &failure{worst(problems), errors.Join(problems...)}
}

// worst returns the class that an operator has the most to do about.
func worst(problems []error) (c class) {
	for _, err := range problems {
		c = max(c, classOf(err))
	}
	return c
}

// one gets one recording. What the backend takes as it is, is looked at first: it needs no conversion, and so no ffmpeg.
func (f fetcher) one(ctx context.Context, q sdk.MediaRequest) (clip, error) {
	if f.onlyWAV() {
		return f.open(ctx, q, sdk.WAV16k)
	}
	c, err := f.open(ctx, q, sdk.AsItIs)
	if err != nil || c.format != sniff.WAV && slices.Contains(f.takes, c.format) {
		return c, err
	}
	if !slices.Contains(f.takes, sniff.WAV) {
		return clip{}, failed(never, "the backend takes no %s; it begins with % x", named(c.format), c.data[:min(len(c.data), 12)])
	}
	return f.open(ctx, q, sdk.WAV16k)
}

func (f fetcher) onlyWAV() bool { return len(f.takes) == 1 && f.takes[0] == sniff.WAV }

func named(f sniff.Format) string {
	if f == sniff.Unknown {
		return "recording of an unknown format"
	}
	return string(f)
}

// open reads a recording in one form.
func (f fetcher) open(ctx context.Context, q sdk.MediaRequest, form sdk.Form) (clip, error) {
	q.Want = form
	b, err := f.host.OpenMedia(ctx, q)
	if err != nil {
		return clip{}, mediaFailure(err)
	}
	defer b.Close()
	data, err := io.ReadAll(io.LimitReader(b, maxClip+1))
	switch {
	case err != nil:
		return clip{}, mediaFailure(err)
	case len(data) > maxClip:
		return clip{}, failed(never, "the recording has more than %d bytes", maxClip)
	case len(data) == 0:
		return clip{}, failed(never, "the recording is empty")
	}
	c := clip{data, sniff.Sound(data)}
	if d, ok := sniff.Duration(data); ok && d > f.most+time.Second {
		return clip{}, failed(never, "the recording is too long: %s, and at most %s are recognised", d.Round(time.Second), f.most)
	}
	return c, nil
}

// mediaFailure says what an error of the Host means here.
func mediaFailure(err error) error {
	c := again
	switch {
	case errors.Is(err, sdk.ErrNotGranted):
		return failed(settings, "write `grants: [media]` to the plugin in bot.yaml: %w", err)
	case errors.Is(err, sdk.ErrMediaGone), errors.Is(err, sdk.ErrMediaTooLarge), errors.Is(err, sdk.ErrMediaForm), errors.Is(err, sdk.ErrInvalid):
		c = never
	}
	return &failure{c, fmt.Errorf("get the recording: %w", err)}
}
