package wx_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

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
