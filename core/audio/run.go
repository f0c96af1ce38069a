package audio

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"
)

// job is one run of a program.
type job struct {
	program string
	args    []string
	in      []byte
	most    int // The most bytes of output.
}

// run feeds a program and returns what it writes. Errors wrap ErrFormat or ErrTooLong, or that of ctx.
func (c *Converter) run(ctx context.Context, j job) ([]byte, error) {
	select {
	case c.slots <- struct{}{}:
		defer func() { <-c.slots }()
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
	limited, cancel := context.WithTimeout(ctx, maxTime)
	defer cancel()
	out, said := &bounded{most: j.most}, &bounded{most: 4 << 10, quiet: true}
	err := start(limited, j, out, said)
	switch {
	case ctx.Err() != nil:
		return nil, context.Cause(ctx)
	case limited.Err() != nil:
		return nil, fmt.Errorf("%w: it took longer than %s", ErrFormat, maxTime)
	case out.full:
		return nil, ErrTooLong
	}
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return nil, fmt.Errorf("%w: %s", ErrFormat, lastLine(said.kept, err))
	}
	return out.kept, err
}

// start runs the program to its end. It gets its input only when its bounds are set.
func start(ctx context.Context, j job, out, said *bounded) error {
	cmd := exec.CommandContext(ctx, j.program, j.args...)
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "LD_LIBRARY_PATH=" + os.Getenv("LD_LIBRARY_PATH"), "LC_ALL=C"}
	cmd.Stdout, cmd.Stderr, cmd.WaitDelay = out, said, time.Second
	in, err := cmd.StdinPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	bound(cmd.Process.Pid)
	fed := make(chan struct{})
	go func() {
		defer close(fed)
		_, _ = in.Write(j.in) // A program that has seen enough does not read on.
		_ = in.Close()
	}()
	err = cmd.Wait()
	_ = in.Close()
	<-fed
	return err
}

// bounded keeps no more than some bytes. Then it fails, which ends the program that writes, or forgets the rest in quiet. It is no
// bytes.Buffer inside out: that would read from a pipe by itself, without bounds.
type bounded struct {
	kept  []byte
	most  int
	quiet bool
	full  bool
}

var errFull = errors.New("more output than is allowed")

// Write takes what there is room for.
func (b *bounded) Write(p []byte) (int, error) {
	room := b.most - len(b.kept)
	if len(p) <= room {
		b.kept = append(b.kept, p...)
		return len(p), nil
	}
	b.full = true
	b.kept = append(b.kept, p[:room]...)
	if b.quiet {
		return len(p), nil
	}
	return room, errFull
}

// lastLine returns what a program said last, or how it ended if it said nothing.
func lastLine(said []byte, end error) string {
	lines := strings.Split(strings.TrimSpace(string(said)), "\n")
	last := strings.TrimSpace(lines[len(lines)-1])
	if last == "" {
		return end.Error()
	}
	return strings.ToValidUTF8(last, "?")
}
