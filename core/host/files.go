package host

import (
	"errors"
	"os"
)

// files are the pipes between the bot and a process: [0] is read from, [1] is written to.
type files struct{ stdin, stdout, stderr [2]*os.File }

func newFiles() (*files, error) {
	f := &files{}
	for _, pipe := range []*[2]*os.File{&f.stdin, &f.stdout, &f.stderr} {
		r, w, err := os.Pipe()
		if err != nil {
			f.closeTheirs()
			f.closeOurs()
			return nil, err
		}
		*pipe = [2]*os.File{r, w}
	}
	return f, nil
}

// closeTheirs closes the ends that the process has once it is started.
func (f *files) closeTheirs() { closeAll(f.stdin[0], f.stdout[1], f.stderr[1]) }

// closeOurs closes the ends that are the bot's.
func (f *files) closeOurs() { closeAll(f.stdin[1], f.stdout[0], f.stderr[0]) }

func closeAll(fs ...*os.File) {
	var err error
	for _, f := range fs {
		if f != nil {
			err = errors.Join(err, f.Close())
		}
	}
	_ = err // Closing a pipe fails only if it is closed already.
}
