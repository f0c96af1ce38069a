package audio

import (
	"context"
	"fmt"
	"strconv"

	"github.com/chuanhuabot/bot/sdk/sniff"
)

// decode has ffmpeg read a recording.
func (c *Converter) decode(ctx context.Context, data []byte, format sniff.Format, l Limits, rate int) ([]byte, error) {
	in, ok := inputs()[format]
	switch {
	case format == sniff.Unknown:
		return nil, fmt.Errorf("%w: its format is unknown; it has %d bytes and begins with % x", ErrFormat, len(data), data[:min(len(data), 12)])
	case !ok:
		return nil, fmt.Errorf("%w: ffmpeg reads no %s", ErrFormat, format)
	}
	program, err := c.ffmpeg()
	if err != nil {
		return nil, err
	}
	length := l.Length + 2*slack // More than is allowed, so that it shows.
	most := int(length.Seconds()*2*float64(rate)) + 1<<12
	pcm, err := c.run(ctx, job{
		program: program, in: data, most: most,
		args: append(in.args(), "-map", "0:a:0", "-t", strconv.FormatFloat(length.Seconds(), 'f', 3, 64), "-fs", strconv.Itoa(most),
			"-threads", "1", "-ac", "1", "-ar", strconv.Itoa(rate), "-f", "s16le", "pipe:1"),
	})
	if err != nil {
		return nil, err
	}
	if len(pcm) < 2 {
		return nil, fmt.Errorf("%w: there is no sound in it", ErrFormat)
	}
	return pcm[:len(pcm)/2*2], nil
}

// input is how ffmpeg is to read a format: it is told the container, and which decoders there may be.
type input struct {
	container, decoders string
	// seek says that the reading cannot go from the beginning to the end.
	seek bool
}

func inputs() map[sniff.Format]input {
	return map[sniff.Format]input{
		sniff.AMR:   {container: "amr", decoders: "amrnb,libopencore_amrnb"},
		sniff.AMRWB: {container: "amr", decoders: "amrwb,libopencore_amrwb"},
		sniff.Opus:  {container: "ogg", decoders: "opus,libopus"},
		sniff.Speex: {container: "ogg", decoders: "libspeex,speex"},
		sniff.MP3:   {container: "mp3", decoders: "mp3float,mp3"},
		sniff.WAV:   {container: "wav", decoders: "pcm_u8,pcm_s16le,pcm_s24le,pcm_s32le,pcm_f32le,pcm_f64le,pcm_alaw,pcm_mulaw"},
		sniff.M4A:   {container: "mov", decoders: "aac,alac", seek: true},
	}
}

// args are what stands before the output. Nothing in them comes from outside.
func (i input) args() []string {
	const alloc = 64 << 20 // What a single piece of memory may have, in bytes.
	from, protocols := "pipe:0", "pipe"
	if i.seek {
		from, protocols = "cache:pipe:0", "cache,pipe" // A file that has no name any more once it is open.
	}
	return []string{
		"-nostdin", "-hide_banner", "-loglevel", "error", "-max_alloc", strconv.Itoa(alloc),
		"-protocol_whitelist", protocols, "-codec_whitelist", i.decoders, "-threads", "1", "-f", i.container, "-i", from,
	}
}
