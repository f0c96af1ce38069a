package audio

import (
	"context"
	"fmt"
	"io"
)

// ToMP3 returns the recording as MP3: one channel, 16 kHz, 32 kbit/s, so that a minute has a quarter of a megabyte.
func (c *Converter) ToMP3(ctx context.Context, in io.Reader, l Limits) ([]byte, error) {
	mp3, err := c.encode(ctx, in, l, c.mp3Encoder)
	if err != nil {
		return nil, fmt.Errorf("convert to MP3: %w", err)
	}
	return mp3, nil
}

// ToAMR returns the recording as AMR narrowband, 12.2 kbit/s. Few ffmpegs write that, as Debian's does not; SoX does then, if it is there.
func (c *Converter) ToAMR(ctx context.Context, in io.Reader, l Limits) ([]byte, error) {
	amr, err := c.encode(ctx, in, l, c.amrEncoder)
	if err != nil {
		return nil, fmt.Errorf("convert to AMR: %w", err)
	}
	return amr, nil
}

// encoder is a program that writes a format, given PCM.
type encoder struct {
	program string
	args    []string
	rate    int
}

func (c *Converter) encode(ctx context.Context, in io.Reader, l Limits, find func(context.Context) (encoder, error)) ([]byte, error) {
	e, err := find(ctx)
	if err != nil {
		return nil, err
	}
	l = l.orDefault()
	pcm, err := c.toPCM(ctx, in, l, e.rate)
	if err != nil {
		return nil, err
	}
	out, err := c.run(ctx, job{program: e.program, args: e.args, in: pcm, most: len(pcm) + 1<<12})
	if err == nil && len(out) == 0 {
		err = fmt.Errorf("%w: nothing came of it", ErrFormat)
	}
	return out, err
}

func (c *Converter) mp3Encoder(context.Context) (encoder, error) {
	program, err := c.ffmpeg()
	args := append(input{container: "s16le", decoders: "pcm_s16le"}.argsAt(wideband),
		"-c:a", "libmp3lame", "-b:a", "32k", "-write_xing", "0", "-id3v2_version", "0", "-f", "mp3", "pipe:1")
	return encoder{program, args, wideband}, err
}

// argsAt are args for samples that say nothing of themselves.
func (i input) argsAt(rate int) []string {
	args := i.args()
	at := len(args) - 2 // Before -i.
	return append(append(args[:at:at], "-ar", fmt.Sprint(rate), "-ac", "1"), args[at:]...)
}

func (c *Converter) amrEncoder(ctx context.Context) (encoder, error) {
	program, err := c.ffmpeg()
	if err != nil {
		return encoder{}, err
	}
	if c.writesAMR(ctx, program) {
		args := append(input{container: "s16le", decoders: "pcm_s16le"}.argsAt(narrowband),
			"-c:a", "libopencore_amrnb", "-b:a", "12.2k", "-f", "amr", "pipe:1")
		return encoder{program, args, narrowband}, nil
	}
	sox, err := c.sox(ctx)
	if err != nil {
		return encoder{}, err
	}
	return encoder{sox, []string{
		"-t", "raw", "-r", fmt.Sprint(narrowband), "-e", "signed", "-b", "16", "-c", "1", "-", "-t", "amr-nb", "-C", "7", "-",
	}, narrowband}, nil
}
