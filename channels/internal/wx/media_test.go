package wx_test

import (
	"bytes"
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
	"sync"
	"testing"
	"time"

	"github.com/chuanhuabot/bot/channels/internal/wx"
	"github.com/chuanhuabot/bot/core"
)

// answers answers the calls in turn, each with what is next.
func answers(all ...http.HandlerFunc) http.HandlerFunc {
	var mu sync.Mutex
	return func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		if len(all) == 0 {
			mu.Unlock()
			panic(http.ErrAbortHandler)
		}
		next := all[0]
		all = all[1:]
		mu.Unlock()
		next(w, r)
	}
}

// says answers with a body of a type, and as an attachment if it has a name.
func says(kind, name, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", kind)
		if name != "" {
			w.Header().Set("Content-Disposition", `attachment; filename="`+name+`"`)
		}
		_, _ = io.WriteString(w, body)
	}
}

const jpeg = "\xff\xd8\xff\xe0 a picture"

func TestDownload(t *testing.T) {
	refused := `{"errcode":40007,"errmsg":"invalid media_id"}`
	for name, test := range map[string]struct {
		answer http.HandlerFunc
		want   string
		kind   string
		file   string
		err    error
		code   int
	}{
		"picture":                 {answer: says("image/jpeg", "a.jpg", jpeg), want: jpeg, kind: "image/jpeg", file: "a.jpg"},
		"picture of a wrong type": {answer: says("text/plain", "", jpeg), want: jpeg, kind: "image/jpeg"},
		"nothing":                 {answer: says("audio/amr", "", ""), kind: "audio/amr"},
		"name of a folder":        {answer: says("image/jpeg", "../../etc/passwd", jpeg), want: jpeg, kind: "image/jpeg", file: "passwd"},
		"error":                   {answer: says("application/json; encoding=utf-8", "", refused), code: 40007},
		"error as a text":         {answer: says("text/plain", "", " \n"+refused), code: 40007},
		"error as a picture":      {answer: says("image/jpeg", "", refused), code: 40007},
		"error without a type": {answer: func(w http.ResponseWriter, _ *http.Request) {
			w.Header()["Content-Type"] = nil
			_, _ = io.WriteString(w, refused)
		}, code: 40007},
		"file that is JSON": {answer: says("application/json", "a.json", refused), want: refused, kind: "application/json", file: "a.json"},
		"JSON of nothing":   {answer: says("application/json", "", `{}`), err: wx.ErrUnknown},
		"JSON that is cut":  {answer: says("application/json", "", `{"errcode":4`), err: wx.ErrUnknown},
		"video nowhere":     {answer: says("application/json", "", `{"video_url":"file:///etc/passwd"}`), err: wx.ErrUnknown},
		"longer than is said": {answer: func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "5000")
			_, _ = io.WriteString(w, jpeg)
		}, err: core.ErrMediaTooLarge},
		"status": {answer: func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) }, err: wx.ErrUnknown},
		"redirect": {answer: func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", "/x")
			w.WriteHeader(http.StatusFound)
		}, err: wx.ErrUnknown},
		"hung up": {answer: func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, err: wx.ErrUnknown},
	} {
		a := newAPI(t, answers(test.answer))
		b, err := a.Download(t.Context(), "/cgi-bin/media/get", url.Values{"media_id": {"M"}}, 1000)
		if (err == nil) != (test.err == nil && test.code == 0) || test.err != nil && !errors.Is(err, test.err) || wx.CodeOf(err) != test.code {
			t.Errorf("%s: %v", name, err)
		}
		if err != nil {
			if strings.Contains(err.Error(), "hush") {
				t.Errorf("%s: the error has the token: %v", name, err)
			}
			continue
		}
		got, err := io.ReadAll(b)
		if err != nil || string(got) != test.want || b.Type != test.kind || b.Name != test.file {
			t.Errorf("%s: %q, type %q, name %q, %v", name, got, b.Type, b.Name, err)
		}
		if b.Size != -1 && b.Size != int64(len(got)) {
			t.Errorf("%s: %d bytes, and %d were said", name, len(got), b.Size)
		}
		if err := b.Close(); err != nil {
			t.Errorf("%s: close: %v", name, err)
		}
	}
}

func TestDownload_MoreThanIsTaken(t *testing.T) {
	a := newAPI(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		for range 100 { // Without a length.
			_, _ = io.WriteString(w, strings.Repeat("x", 1000))
			w.(http.Flusher).Flush()
		}
	}))
	b, err := a.Download(t.Context(), "/get", nil, 5000)
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	got, err := io.ReadAll(b)
	if !errors.Is(err, core.ErrMediaTooLarge) || len(got) != 5000 || b.Size != -1 {
		t.Errorf("%d bytes of %d, %v", len(got), b.Size, err)
	}
}

func TestDownload_ExactlyWhatIsTaken(t *testing.T) {
	a := newAPI(t, says("image/jpeg", "", strings.Repeat("x", 5000)))
	b, err := a.Download(t.Context(), "/get", nil, 5000)
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	if got, err := io.ReadAll(b); err != nil || len(got) != 5000 {
		t.Errorf("%d bytes, %v", len(got), err)
	}
}

func TestDownload_EndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	a := newAPI(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, strings.Repeat("x", 1000))
		w.(http.Flusher).Flush()
		cancel()
		<-r.Context().Done()
	}))
	b, err := a.Download(ctx, "/get", nil, 5000)
	if err == nil {
		_, err = io.ReadAll(b)
		b.Close()
	}
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestDownload_OfWhatIsCut(t *testing.T) {
	a := newAPI(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "2000")
		_, _ = io.WriteString(w, strings.Repeat("x", 1000))
	}))
	b, err := a.Download(t.Context(), "/get", nil, 5000)
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	if _, err := io.ReadAll(b); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("got %v", err)
	}
}

// TestDownload_Video follows the address in the answer, which gets no token.
func TestDownload_Video(t *testing.T) {
	const film = "\x00\x00\x00\x20ftypisom film"
	var address string
	var seen []string
	serve := http.NewServeMux()
	serve.HandleFunc("/get", func(w http.ResponseWriter, r *http.Request) {
		says("text/plain", "", `{"video_url":"`+address+r.URL.Query().Get("media_id")+`"}`)(w, r)
	})
	serve.HandleFunc("/film", func(w http.ResponseWriter, r *http.Request) {
		seen = append(seen, r.URL.String()+r.Header.Get("Referer"))
		says("video/mpeg4", "f.mp4", film)(w, r)
	})
	serve.HandleFunc("/gone", says("application/json", "", `{"errcode":40007}`))
	serve.HandleFunc("/moved", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/film", http.StatusFound) })
	serve.HandleFunc("/round", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/round", http.StatusFound) })
	a := newAPI(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		address = "http://" + r.Host
		serve.ServeHTTP(w, r)
	}))
	for path, want := range map[string]error{"/film": nil, "/moved": nil, "/gone": core.ErrMediaGone, "/round": wx.ErrUnknown, "/404": wx.ErrUnknown} {
		b, err := a.Download(t.Context(), "/get", url.Values{"media_id": {path}}, 1000)
		if !errors.Is(err, want) || err != nil && strings.Contains(err.Error(), address) {
			t.Errorf("%s: %v", path, err)
		}
		if err != nil {
			continue
		}
		if got, err := io.ReadAll(b); err != nil || string(got) != film || b.Type != "video/mp4" || b.Name != "f.mp4" {
			t.Errorf("%s: %q %q %v", path, got, b.Type, err)
		}
		b.Close()
	}
	for _, u := range seen {
		if strings.Contains(u, "access_token") {
			t.Errorf("the token went to %s", u)
		}
	}
}

func TestDownload_TokenIsReplacedOnce(t *testing.T) {
	var tokens []string
	refuse := func(w http.ResponseWriter, r *http.Request) {
		tokens = append(tokens, r.URL.Query().Get("access_token"))
		says("application/json", "", `{"errcode":40001,"errmsg":"invalid credential"}`)(w, r)
	}
	a := newAPI(t, answers(refuse, says("image/jpeg", "", jpeg), refuse, refuse))
	b, err := a.Download(t.Context(), "/get", nil, 1000)
	if err != nil {
		t.Fatal(err)
	}
	b.Close()
	if _, err := a.Download(t.Context(), "/get", nil, 1000); wx.CodeOf(err) != 40001 || strings.Join(tokens, " ") != "hush-1 hush-2 hush-3" {
		t.Errorf("%v with the tokens %v", err, tokens)
	}
}

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

func TestMediaType(t *testing.T) {
	for head, want := range map[string]string{
		"": "", "x": "", "{\"errcode\":1}": "", jpeg: "image/jpeg", "\x89PNG\r\n\x1a\n": "image/png", "GIF89a": "image/gif", "GIF87a": "image/gif",
		"#!AMR\n": "audio/amr", "#!AMR-WB\n": "audio/amr", "ID3\x04": "audio/mpeg", "\xff\xfb\x90\x00": "audio/mpeg", "\xff\xf3\x48": "audio/mpeg",
		"\xff\xff\xff": "", "\xff\xfb": "", "\xff\xf1\x50": "", "\x00\x00\x00\x18ftypmp42": "video/mp4", "\x00\x00\x00\x18ftyp": "", "\x02#!SILK_V3": "audio/silk",
		"#!SILK_V3": "audio/silk", "RIFF....WAVE": "",
	} {
		if got := wx.MediaType([]byte(head)); got != want {
			t.Errorf("%q: %q, want %q", head, got, want)
		}
	}
}

func TestFileName(t *testing.T) {
	for name, want := range map[string]string{
		"": "", ".": "", "..": "", "/": "", "a.jpg": "a.jpg", "/etc/passwd": "passwd", `C:\x\猫.png`: "猫.png", "a\"b\r\n.jpg": "ab.jpg",
		strings.Repeat("长", 100) + ".jpg": strings.Repeat("长", 65) + ".jpg", "\xff": "\uFFFD",
	} {
		if got := wx.FileName(name); got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
}

func TestMediaError(t *testing.T) {
	for code, want := range map[int]error{40007: core.ErrMediaGone, 40006: core.ErrMediaTooLarge, 45001: core.ErrMediaTooLarge, 40004: core.ErrMediaType} {
		if err := wx.MediaError(&wx.Refusal{Code: code}); !errors.Is(err, want) || wx.CodeOf(err) != code {
			t.Errorf("%d: %v", code, err)
		}
	}
	if err := wx.MediaError(&wx.Refusal{Code: 45009}); errors.Is(err, core.ErrMediaGone) || wx.CodeOf(err) != 45009 {
		t.Error(err)
	}
}

// FuzzMediaType reads what anybody may send.
func FuzzMediaType(f *testing.F) {
	f.Add([]byte(jpeg), "a.jpg")
	f.Fuzz(func(t *testing.T, head []byte, name string) {
		if kind := wx.MediaType(head); kind != wx.MediaType(bytes.Clone(head)) {
			t.Error(kind)
		}
		if got := wx.FileName(name); strings.ContainsAny(got, "/\\\"\n\r\x00") || len(got) > 200 || got != wx.FileName(got) {
			t.Errorf("%q became %q", name, got)
		}
	})
}
