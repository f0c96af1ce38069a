package wx_test

import (
	"context"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chuanhuabot/bot/channels/internal/wx"
	"github.com/chuanhuabot/bot/core"
)

// uploaded reads the form of an upload.
func uploaded(t *testing.T, r *http.Request) (name, kind, data string) {
	t.Helper()
	_, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || r.ContentLength < 0 || len(r.TransferEncoding) > 0 {
		t.Errorf("%v, length %d, in chunks: %v", err, r.ContentLength, r.TransferEncoding)
		return
	}
	p, err := multipart.NewReader(r.Body, params["boundary"]).NextPart()
	if err != nil || p.FormName() != "media" {
		t.Error(err)
		return
	}
	all, err := io.ReadAll(p)
	if err != nil {
		t.Error(err)
	}
	return p.FileName(), p.Header.Get("Content-Type"), string(all)
}

func TestUpload(t *testing.T) {
	content := strings.Repeat(jpeg, 100_000) // More than what fits into the buffers of a connection.
	take := func(w http.ResponseWriter, r *http.Request) {
		name, kind, data := uploaded(t, r)
		if name != "猫.jpg" || kind != "image/jpeg" || data != content || r.URL.Query().Get("type") != "image" {
			t.Errorf("%q %q, %d bytes, %s", name, kind, len(data), r.URL.RawQuery)
		}
		says("application/json", "", `{"type":"image","media_id":"M"}`)(w, r)
	}
	hasty := func(w http.ResponseWriter, r *http.Request) { // It does not read the file.
		says("application/json", "", `{"errcode":42001,"errmsg":"access_token expired"}`)(w, r)
	}
	path := filepath.Join(t.TempDir(), "f")
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for name, body := range map[string]io.ReadSeeker{"memory": strings.NewReader(content), "file": file} {
		a := newAPI(t, answers(hasty, take, take))
		for range 2 { // The second time, the file is at its end.
			var out struct {
				ID string `json:"media_id"`
			}
			err := a.Upload(t.Context(), "/upload", url.Values{"type": {"image"}}, wx.File{Name: "猫.jpg", Type: "image/jpeg", Body: body}, &out)
			if err != nil || out.ID != "M" {
				t.Errorf("%s: %q, %v", name, out.ID, err)
			}
		}
	}
}

// broken cannot be read.
type broken struct{ io.ReadSeeker }

func (broken) Read([]byte) (int, error) { return 0, errors.New("the disk is gone") }

func TestUpload_Errors(t *testing.T) {
	for name, test := range map[string]struct {
		answer http.HandlerFunc
		body   io.ReadSeeker
		want   error
		code   int
	}{
		"refused":     {says("application/json", "", `{"errcode":40006,"errmsg":"invalid meida size"}`), strings.NewReader(jpeg), nil, 40006},
		"no JSON":     {says("text/html", "", "<html>"), strings.NewReader(jpeg), wx.ErrUnknown, 0},
		"too large":   {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusRequestEntityTooLarge) }, strings.NewReader(jpeg), wx.ErrUnknown, 0},
		"hung up":     {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, strings.NewReader(jpeg), wx.ErrUnknown, 0},
		"broken file": {says("application/json", "", `{}`), broken{strings.NewReader(jpeg)}, wx.ErrUnknown, 0},
	} {
		err := newAPI(t, answers(test.answer)).Upload(t.Context(), "/upload", nil, wx.File{Name: "a.jpg", Type: "image/jpeg", Body: test.body}, nil)
		if err == nil || !errors.Is(err, test.want) && test.want != nil || wx.CodeOf(err) != test.code || strings.Contains(err.Error(), "hush") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestUpload_EndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	a := newAPI(t, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		<-r.Context().Done()
	}))
	err := a.Upload(ctx, "/upload", nil, wx.File{Name: "a.jpg", Type: "image/jpeg", Body: strings.NewReader(jpeg)}, nil)
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
}

func TestMediaError(t *testing.T) {
	for code, want := range map[int]error{
		40007: core.ErrMediaGone, 40006: core.ErrMediaTooLarge, 40009: core.ErrMediaTooLarge, 40011: core.ErrMediaTooLarge,
		45001: core.ErrMediaTooLarge, 830002: core.ErrMediaTooLarge, 40004: core.ErrMediaType, 40123: core.ErrMediaType,
	} {
		if err := wx.MediaError(&wx.Refusal{Code: code}); !errors.Is(err, want) || wx.CodeOf(err) != code {
			t.Errorf("%d: %v", code, err)
		}
	}
	if err := wx.MediaError(&wx.Refusal{Code: 45009}); errors.Is(err, core.ErrMediaGone) || wx.CodeOf(err) != 45009 {
		t.Error(err)
	}
}
