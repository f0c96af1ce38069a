package app

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"

	"github.com/chuanhuabot/bot/core/audio"
	"github.com/chuanhuabot/bot/core/services"
	"github.com/chuanhuabot/bot/internal/config"
	"github.com/chuanhuabot/bot/sdk"
)

// listener makes sound for plugins what they want it to be.
type listener struct{ converter *audio.Converter }

var _ services.Listener = listener{}

func newListener() listener { return listener{audio.New(audio.Options{})} }

// WAV16k converts in, which it reads to its end.
func (l listener) WAV16k(ctx context.Context, in io.Reader) (io.ReadCloser, error) {
	wav, err := l.converter.ToWAV16k(ctx, in, audio.Limits{})
	switch {
	case err == nil:
		return io.NopCloser(bytes.NewReader(wav)), nil
	case errors.Is(err, audio.ErrTooLong), errors.Is(err, audio.ErrTooLarge):
		return nil, fmt.Errorf("%w: %w", sdk.ErrMediaTooLarge, err)
	case errors.Is(err, audio.ErrFormat), errors.Is(err, audio.ErrNoConverter):
		return nil, fmt.Errorf("%w: %w", sdk.ErrMediaForm, err)
	}
	return nil, err
}

// warnOfSilence says once that sound cannot be converted, where a plugin may want that.
func warnOfSilence(ctx context.Context, c *config.Config, l listener, log *slog.Logger) {
	if wantsSound(c) && l.converter.Programs(ctx).FFmpeg == "" {
		log.Warn("there is no ffmpeg: recordings reach plugins only as they are; install it, such as with apt-get install ffmpeg")
	}
}

// wantsSound tells whether a plugin may ask for recordings.
func wantsSound(c *config.Config) bool {
	for _, e := range c.Plugins {
		if slices.Contains(e.Value.Grants, string(services.GrantMedia)) {
			return true
		}
	}
	return false
}

// voiceConfig is what the bot itself tells of the configuration of the bundled plugin voice.
type voiceConfig struct{ Backend, Mode string }

// voiceOf returns that configuration; ok is false where bot.yaml does not have the plugin.
func voiceOf(c *config.Config) (own voiceConfig, ok bool) {
	for _, e := range c.Plugins {
		if e.Key == "voice" && e.Value.Bundled() {
			_ = json.Unmarshal(e.Value.Config.JSON(), &own) // The plugin says itself what is wrong with it.
			return own, true
		}
	}
	return own, false
}

// tellOfVoice says which backend the bundled plugin voice has, and what converts sound for it.
func tellOfVoice(ctx context.Context, c *config.Config, out io.Writer) {
	own, ok := voiceOf(c)
	if !ok {
		return
	}
	if own.Backend == "" {
		own.Backend = "no backend, so nothing is recognised"
	}
	converted := "is converted by ffmpeg"
	if newListener().converter.Programs(ctx).FFmpeg == "" {
		converted = "is not converted: install ffmpeg"
	}
	fmt.Fprintf(out, "voice: %s; sound %s\n", own.Backend, converted)
}
