package audio

import (
	"bytes"
	"context"
	"fmt"
	"os/exec"
)

// Programs are what a Converter has found.
type Programs struct {
	// FFmpeg and SoX are paths; empty if they are missing.
	FFmpeg, SoX string
	// AMR tells whether there is a program that writes it.
	AMR bool
}

// Programs looks for the programs. It blocks for as long as they take to say what they can do.
func (c *Converter) Programs(ctx context.Context) Programs {
	var p Programs
	p.FFmpeg, _ = c.ffmpeg()
	p.SoX, _ = c.sox(ctx)
	p.AMR = p.FFmpeg != "" && (p.SoX != "" || c.writesAMR(ctx, p.FFmpeg))
	return p
}

// ffmpeg returns its path.
func (c *Converter) ffmpeg() (string, error) {
	path, err := exec.LookPath(c.options.FFmpeg)
	if err != nil {
		return "", fmt.Errorf("%w: install ffmpeg, such as with apt-get install ffmpeg (%w)", ErrNoConverter, err)
	}
	return path, nil
}

// sox returns the path of a SoX that writes AMR.
func (c *Converter) sox(ctx context.Context) (string, error) {
	const install = "this ffmpeg writes no AMR; install SoX, such as with apt-get install sox libsox-fmt-base"
	path, err := exec.LookPath(c.options.SoX)
	if err != nil {
		return "", fmt.Errorf("%w: %s (%w)", ErrNoConverter, install, err)
	}
	if !c.says(ctx, path, "amr-nb", "--help") {
		return "", fmt.Errorf("%w: %s: %s has no amr-nb", ErrNoConverter, install, path)
	}
	return path, nil
}

func (c *Converter) writesAMR(ctx context.Context, ffmpeg string) bool {
	return c.says(ctx, ffmpeg, "libopencore_amrnb", "-hide_banner", "-encoders")
}

// says tells whether a program, asked in this way, names something. It is asked once.
func (c *Converter) says(ctx context.Context, program, name string, args ...string) bool {
	c.mu.Lock()
	known, ok := c.encoders[program]
	c.mu.Unlock()
	if ok {
		return known
	}
	out, err := c.run(ctx, job{program: program, args: args, most: 1 << 20})
	if err != nil && ctx.Err() != nil {
		return false
	}
	known = bytes.Contains(out, []byte(name))
	c.mu.Lock()
	defer c.mu.Unlock()
	c.encoders[program] = known
	return known
}
