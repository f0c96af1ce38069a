package wx_test

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/chuanhuabot/bot/channels/internal/wx"
	"github.com/chuanhuabot/bot/core"
)

// What media begins with.
const (
	png = "\x89PNG\r\n\x1a\n picture"
	mp4 = "\x00\x00\x00\x20ftypisom film"
)

// Limits to test with.
var (
	pictures = wx.MediaLimit{Most: 1 << 10, Types: []string{"image/jpeg", "image/png"}, Named: "JPEG or PNG"}
	films    = wx.MediaLimit{Most: 1 << 10, Types: []string{"video/mp4"}, Named: "MP4"}
	anything = wx.MediaLimit{Most: 1 << 10}
)

// streamed is a blob that can be read only once.
func streamed(name, data string) *core.Blob {
	return &core.Blob{ReadCloser: io.NopCloser(strings.NewReader(data)), Name: name, Size: -1}
}

func TestMediaLimit_File(t *testing.T) {
	for name, test := range map[string]struct {
		limit      wx.MediaLimit
		file, data string
		wantFile   string
		wantType   string
	}{
		"picture":            {pictures, "/home/猫.jpg", jpeg, "猫.jpg", "image/jpeg"},
		"in capitals":        {pictures, "a.JPG", jpeg, "a.JPG", "image/jpeg"},
		"of no name":         {pictures, "", png, "media.png", "image/png"},
		"of another name":    {pictures, "a.png", jpeg, "a.png.jpg", "image/jpeg"},
		"as large as may be": {pictures, "a.jpg", jpeg + strings.Repeat("x", 1<<10-len(jpeg)), "a.jpg", "image/jpeg"},
		"film":               {films, "f.m4a", mp4, "f.m4a.mp4", "video/mp4"},
		"any document":       {anything, "a.pdf", "%PDF-1.7", "a.pdf", "application/octet-stream"},
		"any of no name":     {anything, "", "%PDF-1.7", "media", "application/octet-stream"},
		"any without ending": {anything, "Makefile", "all:", "Makefile", "application/octet-stream"},
		"any that is empty":  {anything, "a.txt", "", "a.txt", "application/octet-stream"},
		"any picture":        {anything, "a", jpeg, "a.jpg", "image/jpeg"},
		"any like a film":    {anything, "song.m4a", mp4, "song.m4a", "video/mp4"},
		"any SILK":           {anything, "v", "#!SILK_V3", "v", "audio/silk"},
	} {
		f, done, err := test.limit.File(streamed(test.file, test.data))
		if err != nil || f.Name != test.wantFile || f.Type != test.wantType {
			t.Errorf("%s: %q of type %q, %v", name, f.Name, f.Type, err)
			continue
		}
		wantBytes(t, name, f.Body, test.data)
		done()
	}
}

// wantBytes reads a file twice, as an upload may.
func wantBytes(t *testing.T, name string, body io.ReadSeeker, want string) {
	t.Helper()
	for range 2 {
		if _, err := body.Seek(0, io.SeekStart); err != nil {
			t.Fatal(err)
		}
		if got, err := io.ReadAll(body); err != nil || string(got) != want {
			t.Errorf("%s: got %q, %v", name, got, err)
		}
	}
}

type seekCloser struct{ io.ReadSeeker }

func (seekCloser) Close() error { return nil }

func TestMediaLimit_WhatIsNotTaken(t *testing.T) {
	large, cut := jpeg+strings.Repeat("x", 1<<10), errors.New("the wire is cut")
	memory := func(data string) *core.Blob {
		return &core.Blob{ReadCloser: seekCloser{strings.NewReader(data)}, Size: -1}
	}
	for name, test := range map[string]struct {
		limit wx.MediaLimit
		blob  *core.Blob
		want  error
	}{
		"text as a picture":     {pictures, streamed("a.jpg", "hello"), core.ErrMediaType},
		"film as a picture":     {pictures, memory(mp4), core.ErrMediaType},
		"nothing":               {pictures, streamed("a.jpg", ""), core.ErrMediaType},
		"large":                 {pictures, streamed("a.jpg", large), core.ErrMediaTooLarge},
		"large, and it says so": {pictures, &core.Blob{ReadCloser: io.NopCloser(strings.NewReader("")), Size: 2 << 10}, core.ErrMediaTooLarge},
		"large, in memory":      {pictures, memory(large), core.ErrMediaTooLarge},
		"large, of any type":    {anything, streamed("a.jpg", large), core.ErrMediaTooLarge},
		"broken":                {pictures, &core.Blob{ReadCloser: io.NopCloser(io.MultiReader(strings.NewReader(jpeg), iotest.ErrReader(cut))), Size: -1}, cut},
		"broken, in memory":     {anything, &core.Blob{ReadCloser: seekCloser{broken{strings.NewReader(jpeg)}}, Size: -1}, nil},
	} {
		if f, done, err := test.limit.File(test.blob); err == nil || test.want != nil && !errors.Is(err, test.want) || done != nil || f != (wx.File{}) {
			t.Errorf("%s: %+v, %v", name, f, err)
		}
	}
}

func TestMediaLimit_FromAFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.jpg")
	if err := os.WriteFile(path, []byte(jpeg), 0o600); err != nil {
		t.Fatal(err)
	}
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	f, done, err := pictures.File(&core.Blob{ReadCloser: file, Size: -1})
	if err != nil {
		t.Fatal(err)
	}
	if f.Body != file {
		t.Error("it is copied")
	}
	done()
	if _, err := file.Stat(); err != nil {
		t.Errorf("the file is closed: %v", err)
	}
}

func TestMediaLimit_FromAPipe(t *testing.T) {
	r, pipe, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if _, err := pipe.WriteString(jpeg); err != nil {
		t.Fatal(err)
	}
	pipe.Close()
	f, done, err := pictures.File(&core.Blob{ReadCloser: r, Size: -1})
	if err != nil {
		t.Fatal(err)
	}
	defer done()
	wantBytes(t, "pipe", f.Body, jpeg)
}

// TestMediaLimit_LeavesNoFiles holds that what is stored on the way is removed.
func TestMediaLimit_LeavesNoFiles(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	for _, data := range []string{jpeg, "text", jpeg + strings.Repeat("x", 1<<20)} {
		if _, done, err := pictures.File(streamed("a.jpg", data)); err == nil {
			done()
		}
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("%v, %v", left, err)
	}
	t.Setenv("TMPDIR", filepath.Join(dir, "nowhere"))
	if _, _, err := pictures.File(streamed("a.jpg", jpeg)); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("got %v", err)
	}
}
