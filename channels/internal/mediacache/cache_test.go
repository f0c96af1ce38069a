package mediacache_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"github.com/chuanhuabot/bot/channels/internal/mediacache"
	"github.com/chuanhuabot/bot/core"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// platform gives media of any id, and counts how often.
type platform struct {
	mu     sync.Mutex
	asked  map[string]int
	size   int                                                      // Of the media; that of its id if 0.
	answer func(ctx context.Context, id string) (*core.Blob, error) // In the place of the media, if it is set.
}

func (p *platform) fetch(ctx context.Context, id string) (*core.Blob, error) {
	p.mu.Lock()
	if p.asked == nil {
		p.asked = map[string]int{}
	}
	p.asked[id]++
	answer, size := p.answer, p.size
	p.mu.Unlock()
	if answer != nil {
		return answer(ctx, id)
	}
	return blob(id + strings.Repeat("x", max(0, size-len(id)))), nil
}

func blob(data string) *core.Blob {
	return &core.Blob{ReadCloser: io.NopCloser(strings.NewReader(data)), Name: "a.jpg", Type: "image/jpeg", Size: -1}
}

// answers sets what the platform answers from now on.
func (p *platform) answers(answer func(context.Context, string) (*core.Blob, error)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.answer = answer
}

// times returns how often an id was asked for.
func (p *platform) times(id string) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.asked[id]
}

const (
	kilobyte = 1 << 10
	keep     = 72 * time.Hour
)

// world is a cache of 64 KB, whose files are in dir.
type world struct {
	*mediacache.Cache
	t   *testing.T
	dir string
}

func newWorld(t *testing.T, p *platform) *world {
	t.Helper()
	w := &world{t: t, dir: t.TempDir()}
	t.Setenv("TMPDIR", w.dir)
	w.Cache = mediacache.New(mediacache.Options{Fetch: p.fetch, Most: 64 * kilobyte, Keep: keep, AtOnce: 2})
	t.Cleanup(func() {
		if err := w.Close(); err != nil {
			t.Error(err)
		}
		if left := w.files(); len(left) > 0 {
			t.Errorf("left: %v", left)
		}
	})
	return w
}

// files returns what is on the disk.
func (w *world) files() (all []string) {
	w.t.Helper()
	err := filepath.WalkDir(w.dir, func(path string, d os.DirEntry, err error) error {
		if err == nil && path != w.dir {
			all = append(all, path)
		}
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return all
}

// read returns all of what is kept under an id. It may be called by any goroutine.
func (w *world) read(id string) string {
	w.t.Helper()
	b, err := w.Open(w.t.Context(), id)
	if err != nil {
		w.t.Errorf("%s: %v", id, err)
		return ""
	}
	defer b.Close()
	data, err := io.ReadAll(b)
	if err != nil || int64(len(data)) != b.Size {
		w.t.Errorf("%s: %d bytes of %d, %v", id, len(data), b.Size, err)
	}
	return string(data)
}

func TestCache_FetchesOnce(t *testing.T) {
	p := &platform{}
	w := newWorld(t, p)
	if left := w.files(); len(left) > 0 {
		t.Errorf("it makes %v before it is asked for anything", left)
	}
	for range 3 {
		for _, id := range []string{"A", "../B", "文件 C"} {
			if got := w.read(id); got != id {
				t.Errorf("%s: %q", id, got)
			}
		}
	}
	for _, id := range []string{"A", "../B", "文件 C"} {
		if n := p.times(id); n != 1 {
			t.Errorf("%s was fetched %d times", id, n)
		}
	}
	if n := len(w.files()); n != 4 {
		t.Errorf("%d files in a folder", n-1)
	}
}

func TestCache_SaysWhatThePlatformSaid(t *testing.T) {
	w := newWorld(t, &platform{})
	for range 2 {
		b, err := w.Open(t.Context(), "A")
		if err != nil {
			t.Fatal(err)
		}
		if b.Name != "a.jpg" || b.Type != "image/jpeg" || b.Size != 1 {
			t.Errorf("got %+v", b)
		}
		b.Close()
	}
}

// TestCache_FilesAreTheOwners: what customers send is nobody else's business on the machine.
func TestCache_FilesAreTheOwners(t *testing.T) {
	w := newWorld(t, &platform{})
	w.read("A")
	for _, path := range w.files() {
		if info, err := os.Stat(path); err != nil || info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s: %v, %v", path, info.Mode(), err)
		}
	}
}

func TestCache_ReadersDoNotDisturbEachOther(t *testing.T) {
	w := newWorld(t, &platform{size: 8 * kilobyte})
	first, err := w.Open(t.Context(), "A")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadFull(first, make([]byte, kilobyte)); err != nil {
		t.Fatal(err)
	}
	if got := w.read("A"); len(got) != 8*kilobyte {
		t.Errorf("the second has %d bytes", len(got))
	}
	if _, err := first.ReadCloser.(io.Seeker).Seek(0, io.SeekStart); err != nil {
		t.Fatal(err)
	}
	if data, err := io.ReadAll(first); err != nil || len(data) != 8*kilobyte {
		t.Errorf("the first has %d bytes, %v", len(data), err)
	}
	for range 2 {
		if err := first.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	}
}

func TestCache_ClosedEarly(t *testing.T) {
	p := &platform{size: 8 * kilobyte}
	w := newWorld(t, p)
	b, err := w.Open(t.Context(), "A")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.Read(make([]byte, 1)); err != nil {
		t.Fatal(err)
	}
	b.Close()
	if _, err := b.Read(make([]byte, 1)); !errors.Is(err, os.ErrClosed) {
		t.Errorf("read after close: %v", err)
	}
	if got := w.read("A"); len(got) != 8*kilobyte || p.times("A") != 1 {
		t.Errorf("%d bytes, fetched %d times", len(got), p.times("A"))
	}
}

func TestCache_ErrorIsNotKept(t *testing.T) {
	refused, cut := errors.New("refused"), errors.New("the wire is cut")
	for name, test := range map[string]struct {
		answer func(context.Context, string) (*core.Blob, error)
		want   error
	}{
		"refused": {func(context.Context, string) (*core.Blob, error) { return nil, refused }, refused},
		"cut": {func(context.Context, string) (*core.Blob, error) {
			return &core.Blob{ReadCloser: io.NopCloser(io.MultiReader(strings.NewReader("half"), iotest.ErrReader(cut))), Size: -1}, nil
		}, cut},
	} {
		t.Run(name, func(t *testing.T) {
			p := &platform{answer: test.answer}
			w := newWorld(t, p)
			if _, err := w.Open(t.Context(), "A"); !errors.Is(err, test.want) {
				t.Errorf("got %v", err)
			}
			if n := len(w.files()); n > 1 {
				t.Errorf("%d files are left of it", n-1)
			}
			p.answers(nil)
			if got := w.read("A"); got != "A" || p.times("A") != 2 {
				t.Errorf("%q, fetched %d times", got, p.times("A"))
			}
		})
	}
}

// TestCache_ClosesWhatItFetched holds that no connection stays open.
func TestCache_ClosesWhatItFetched(t *testing.T) {
	closed := make(chan struct{})
	p := &platform{answer: func(context.Context, string) (*core.Blob, error) {
		return &core.Blob{ReadCloser: &closing{strings.NewReader("A"), closed}, Size: -1}, nil
	}}
	newWorld(t, p).read("A")
	<-closed
}

type closing struct {
	io.Reader
	closed chan struct{}
}

func (c *closing) Close() error {
	close(c.closed)
	return nil
}

func TestCache_TheOldestGoesFirst(t *testing.T) {
	p := &platform{size: 16 * kilobyte} // Four find room.
	w := newWorld(t, p)
	for _, id := range []string{"A", "B", "C", "D", "A", "E", "A", "B"} { // E takes the place of B, and B that of C.
		w.read(id)
	}
	for id, want := range map[string]int{"A": 1, "B": 2, "C": 1, "D": 1, "E": 1} {
		if n := p.times(id); n != want {
			t.Errorf("%s was fetched %d times, want %d", id, n, want)
		}
	}
	if n := len(w.files()); n != 5 {
		t.Errorf("%d files", n-1)
	}
	w.read("C")
	if p.times("C") != 2 {
		t.Error("C was kept")
	}
}

// TestCache_SmallFilesCountAsBlocks bounds how many there are.
func TestCache_SmallFilesCountAsBlocks(t *testing.T) {
	w := newWorld(t, &platform{})
	for i := range 100 {
		w.read(fmt.Sprint(i))
	}
	if n := len(w.files()) - 1; n != 16 {
		t.Errorf("%d files, and 16 blocks have room", n)
	}
}

func TestCache_LargerThanAll(t *testing.T) {
	p := &platform{size: 65 * kilobyte}
	w := newWorld(t, p)
	for range 2 {
		if got := w.read("A"); len(got) != 65*kilobyte {
			t.Errorf("%d bytes", len(got))
		}
	}
	if n := len(w.files()) - 1; n != 0 || p.times("A") != 2 {
		t.Errorf("%d files, fetched %d times", n, p.times("A"))
	}
}

// TestCache_WhatIsReadStays holds that neither its place nor its time takes media from under a reader.
func TestCache_WhatIsReadStays(t *testing.T) {
	p := &platform{size: 16 * kilobyte}
	w := newWorld(t, p)
	b, err := w.Open(t.Context(), "A")
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{"B", "C", "D", "E"} {
		w.read(id)
	}
	if n := len(w.files()) - 1; n != 5 {
		t.Errorf("%d files", n)
	}
	if data, err := io.ReadAll(b); err != nil || len(data) != 16*kilobyte {
		t.Errorf("%d bytes, %v", len(data), err)
	}
	b.Close()
	if n := len(w.files()) - 1; n != 4 {
		t.Errorf("%d files when nobody reads", n)
	}
}

func TestCache_ThreeDays(t *testing.T) {
	p := &platform{}
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	synctest.Test(t, func(t *testing.T) {
		w := &world{mediacache.New(mediacache.Options{Fetch: p.fetch, Most: kilobyte * 64, Keep: keep, AtOnce: 1}), t, dir}
		w.read("A")
		time.Sleep(keep - time.Second)
		if w.read("A"); p.times("A") != 1 {
			t.Errorf("fetched %d times within its time", p.times("A"))
		}
		time.Sleep(2 * time.Second)
		if n := len(w.files()) - 1; n != 0 {
			t.Errorf("%d files after its time", n)
		}
		if w.read("A"); p.times("A") != 2 {
			t.Errorf("fetched %d times in all", p.times("A"))
		}
		if err := w.Close(); err != nil {
			t.Error(err)
		}
		time.Sleep(2 * keep) // Nothing is left that could fire.
	})
}

// TestCache_FileThatSomebodyRemoved: temporary folders are swept.
func TestCache_FileThatSomebodyRemoved(t *testing.T) {
	p := &platform{}
	w := newWorld(t, p)
	for i := range 2 {
		w.read("A")
		for _, path := range w.files()[i:] { // First with the folder, then without.
			os.RemoveAll(path)
		}
	}
	if got := w.read("A"); got != "A" || p.times("A") != 3 {
		t.Errorf("%q, fetched %d times", got, p.times("A"))
	}
}

func TestCache_NoRoomOnTheDisk(t *testing.T) {
	p := &platform{}
	w := newWorld(t, p)
	t.Setenv("TMPDIR", filepath.Join(w.dir, "nowhere"))
	if _, err := w.Open(t.Context(), "A"); !errors.Is(err, os.ErrNotExist) || !strings.Contains(err.Error(), "store media") || p.times("A") != 1 {
		t.Errorf("got %v, fetched %d times", err, p.times("A"))
	}
}
