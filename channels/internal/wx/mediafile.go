package wx

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"slices"
	"strings"

	"github.com/chuanhuabot/bot/core"
)

// MediaLimit is what a platform takes of one kind of media.
type MediaLimit struct {
	Most  int64    // Bytes.
	Least int64    // Bytes; what has fewer is refused.
	Types []string // MIME types that MediaType tells apart; empty for files of any type.
	Named string   // The types, for people.
}

// anyType is the type of a file whose first bytes show none.
const anyType = "application/octet-stream"

// File returns b as a file to upload: its type is what the first bytes show, and its name has an ending that says the same. It reads what
// is no io.Seeker to its end, into a temporary file, and blocks for that. done must be called when the file is not needed any more; it
// does not close b, and is nil if there is an error. Errors wrap core.ErrMediaTooLarge, core.ErrMediaType or that of reading or storing, or
// say that there are too few bytes.
func (l MediaLimit) File(b *core.Blob) (f File, done func(), err error) {
	if b.Size > l.Most {
		return File{}, nil, l.tooLarge()
	}
	body, done, err := l.seekable(b)
	if err != nil {
		return File{}, nil, err
	}
	format, err := l.check(body)
	if err != nil {
		done()
		return File{}, nil, err
	}
	return File{Name: l.nameFor(b.Name, format), Type: format, Body: body}, done, nil
}

func (l MediaLimit) tooLarge() error {
	return fmt.Errorf("%w: at most %d bytes are taken", core.ErrMediaTooLarge, l.Most)
}

// seekable returns the bytes of b so that they can be read again. done must be called when they are not needed any more.
func (l MediaLimit) seekable(b *core.Blob) (body io.ReadSeeker, done func(), err error) {
	if s, ok := b.ReadCloser.(io.ReadSeeker); ok {
		if _, err := s.Seek(0, io.SeekCurrent); err == nil { // A pipe is a file, too.
			return s, func() {}, nil
		}
	}
	f, err := os.CreateTemp("", "bot-media-")
	if err != nil {
		return nil, nil, fmt.Errorf("store it on the way: %w", err)
	}
	done = func() {
		f.Close()
		os.Remove(f.Name())
	}
	n, err := io.Copy(f, io.LimitReader(b, l.Most+1))
	if err == nil && n > l.Most {
		err = l.tooLarge()
	}
	if err != nil {
		done()
		return nil, nil, fmt.Errorf("store it on the way: %w", err)
	}
	return f, done, nil
}

// check returns the type that the bytes show, if the platform takes them.
func (l MediaLimit) check(body io.ReadSeeker) (format string, err error) {
	size, err := body.Seek(0, io.SeekEnd)
	if err == nil {
		_, err = body.Seek(0, io.SeekStart)
	}
	head := make([]byte, 16)
	n := 0
	if err == nil {
		n, err = io.ReadFull(body, head)
	}
	switch {
	case err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF):
		return "", fmt.Errorf("read it: %w", err)
	case size > l.Most:
		return "", l.tooLarge()
	case size < l.Least:
		return "", fmt.Errorf("the media is too small: %d bytes, and at least %d are taken", size, l.Least)
	}
	format = MediaType(head[:n])
	switch {
	case len(l.Types) == 0 && format == "":
		return anyType, nil
	case len(l.Types) > 0 && !slices.Contains(l.Types, format):
		return "", fmt.Errorf("%w: it must be %s, by its first bytes", core.ErrMediaType, l.Named)
	}
	return format, nil
}

// nameFor returns a name whose ending says what it is: the platforms look at that. Where files of any type are taken, an ending that is
// there stays: many formats begin like an MP4.
func (l MediaLimit) nameFor(name, format string) string {
	ending := map[string]string{ // Of other types the name stays as it is.
		"image/png": ".png", "image/jpeg": ".jpg", "image/gif": ".gif", "audio/amr": ".amr", "audio/mpeg": ".mp3", "video/mp4": ".mp4",
	}[format]
	name = FileName(name)
	if name == "" {
		name = "media"
	}
	if len(l.Types) == 0 && path.Ext(name) != "" || strings.HasSuffix(strings.ToLower(name), ending) {
		return name
	}
	return name + ending
}
