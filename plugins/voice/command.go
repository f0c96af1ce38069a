package voice

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/chuanhuabot/bot/sdk"
	"github.com/chuanhuabot/bot/sdk/sniff"
)

// command is a program of this machine. There is no shell: its arguments are what bot.yaml says.
type command struct {
	line []string
	can  []sniff.Format
}

// file stands for the path of the recording among the arguments.
const file = "{file}"

func newCommand(c *config, p *sdk.Problems) backend {
	b := &command{line: c.Command, can: c.takes(sniff.WAV)}
	if len(c.Command) == 0 || c.Command[0] == "" {
		p.Add("command", "is missing; write a program and its arguments as a list, such as [whisper-cli, -nt, -f, \"{file}\"]")
		return b
	}
	if _, err := exec.LookPath(c.Command[0]); err != nil && !errors.Is(err, exec.ErrDot) {
		p.Add("command", "there is no such program: "+err.Error())
	}
	return b
}

func (c *command) takes() []sniff.Format { return c.can }

// grace is how long a program that was ended may hold its output.
const grace = time.Second

func (c *command) recognize(ctx context.Context, k clip) (string, error) {
	line, stdin, done, err := c.prepare(k)
	if err != nil {
		return "", failed(again, "store the recording: %w", err)
	}
	defer done()
	cmd := exec.CommandContext(ctx, line[0], line[1:]...)
	out, said := &kept{most: maxAnswer}, &kept{most: maxTold}
	cmd.Stdin, cmd.Stdout, cmd.Stderr, cmd.WaitDelay = stdin, out, said, grace
	err = runGroup(cmd)
	var exit *exec.ExitError
	switch {
	case ctx.Err() != nil:
		return "", ctx.Err()
	case errors.As(err, &exit):
		return "", failed(never, "%s ended with %v: %s", filepath.Base(line[0]), err, told(said.data))
	case err != nil && !errors.Is(err, exec.ErrWaitDelay):
		return "", failed(settings, "run %s: %w", filepath.Base(line[0]), err)
	case out.full:
		return "", failed(never, "%s wrote more than %d bytes", filepath.Base(line[0]), maxAnswer)
	}
	return untagged(strings.Join(strings.Fields(strings.ToValidUTF8(string(out.data), "")), " ")), nil
}

// prepare puts the recording where the program wants it. done must be called at the end.
func (c *command) prepare(k clip) (line []string, stdin io.Reader, done func(), err error) {
	if !slices.ContainsFunc(c.line[1:], func(arg string) bool { return strings.Contains(arg, file) }) {
		return c.line, bytes.NewReader(k.data), func() {}, nil
	}
	dir, err := os.MkdirTemp("", "voice-")
	if err != nil {
		return nil, nil, nil, err
	}
	path := filepath.Join(dir, k.name())
	if err := os.WriteFile(path, k.data, 0o600); err != nil {
		return nil, nil, nil, errors.Join(err, os.RemoveAll(dir))
	}
	line = slices.Clone(c.line)
	for i := range line[1:] {
		line[i+1] = strings.ReplaceAll(line[i+1], file, path)
	}
	return line, nil, func() { _ = os.RemoveAll(dir) }, nil
}

// kept is what a program writes, up to some bytes. The rest is read and forgotten, so that the program can end.
type kept struct {
	data []byte
	most int
	full bool
}

// Write keeps what there is room for.
func (k *kept) Write(p []byte) (int, error) {
	room := min(k.most-len(k.data), len(p))
	k.data = append(k.data, p[:room]...)
	k.full = k.full || room < len(p)
	return len(p), nil
}
