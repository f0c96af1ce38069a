package kf

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chuanhuabot/bot/channels/internal/mediacache"
	"github.com/chuanhuabot/bot/channels/internal/wx"
	"github.com/chuanhuabot/bot/core"
	"github.com/chuanhuabot/bot/sandbox/apihost"
	wecom "github.com/chuanhuabot/bot/sandbox/kf"
	"github.com/chuanhuabot/bot/sandbox/transcript"
	"github.com/chuanhuabot/bot/sdk"
)

// What media begins with.
const (
	jpegData = "\xff\xd8\xff\xe0\x00\x10JFIF picture"
	pngData  = "\x89PNG\r\n\x1a\n picture"
	gifData  = "GIF89a picture"
	amrData  = "#!AMR\n speech"
	mp3Data  = "\xff\xfb\x90\x00 music"
	mp4Data  = "\x00\x00\x00\x20ftypisom film"
)

// library is a channel that does not run, on a stage.
type library struct {
	*stage
	*Channel
	downloads atomic.Int32
}

func newLibrary(t *testing.T, rules wecom.Rules) *library {
	t.Helper()
	l := &library{stage: newStage(t, rules)}
	var err error
	if l.Channel, err = New("work", l.stage.config, l.stage.store, "this machine", l.stage.log.Logger()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(l.Channel.api.Close)
	t.Cleanup(l.Channel.closeMedia)
	l.answer(func(http.ResponseWriter, *http.Request) bool { return false })
	return l
}

// answer counts the downloads, and answers them if call does.
func (l *library) answer(call func(w http.ResponseWriter, r *http.Request) bool) {
	l.intercept(func(w http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path != "/cgi-bin/media/get" {
			return false
		}
		l.downloads.Add(1)
		return call(w, r)
	})
}

// streamed is a blob that can be read only once.
func streamed(name, data string) *core.Blob {
	return &core.Blob{ReadCloser: io.NopCloser(bytes.NewBufferString(data)), Name: name, Size: -1}
}

func padded(data string, size int) string { return data + strings.Repeat("x", size-len(data)) }

// read returns the bytes that the platform keeps. It may be called by any goroutine.
func (l *library) read(id string) (data string, b *core.Blob) {
	l.t.Helper()
	b, err := l.OpenMedia(l.t.Context(), sdk.Media{ID: id})
	if err != nil {
		l.t.Errorf("%s: %v", id, err)
		return "", &core.Blob{}
	}
	defer b.Close()
	all, err := io.ReadAll(b)
	if err != nil {
		l.t.Errorf("%s: %v", id, err)
	}
	return string(all), b
}

func TestMedia_IsKeptAndFound(t *testing.T) {
	l := newLibrary(t, wecom.Rules{})
	for name, test := range map[string]struct {
		kind       sdk.Kind
		file, data string
		wantFile   string
		wantType   string
		format     string
	}{
		"image":              {sdk.KindImage, "/home/猫.jpg", jpegData, "猫.jpg", "image/jpeg", "jpg"},
		"image of no name":   {sdk.KindImage, "", pngData, "media.png", "image/png", "png"},
		"image of two":       {sdk.KindImage, "a.png", jpegData, "a.png.jpg", "image/jpeg", "jpg"},
		"large image":        {sdk.KindImage, "a.jpg", padded(jpegData, 10<<20), "a.jpg", "image/jpeg", "jpg"},
		"voice":              {sdk.KindVoice, "v.AMR", amrData, "v.AMR", "audio/amr", "amr"},
		"video":              {sdk.KindVideo, "f.mp4", mp4Data, "f.mp4", "video/mp4", "mp4"},
		"file":               {sdk.KindFile, "报告 1.pdf", "%PDF-1.7", "报告 1.pdf", "application/pdf", "pdf"},
		"file of six bytes":  {sdk.KindFile, "Makefile", "all: x", "Makefile", "", ""},
		"file like an error": {sdk.KindFile, "a.json", `{"errcode":40007}`, "a.json", "", "json"},
		"large file":         {sdk.KindFile, "a.bin", strings.Repeat("x", 20<<20), "a.bin", "", "bin"},
	} {
		m, err := l.SaveMedia(t.Context(), test.kind, streamed(test.file, test.data))
		if err != nil || m.ID == "" || m.Name != test.wantFile || m.Format != test.format {
			t.Errorf("%s: %+v, %v", name, m, err)
			continue
		}
		data, b := l.read(m.ID)
		if data != test.data || b.Name != test.wantFile || test.wantType != "" && b.Type != test.wantType || b.Size != int64(len(data)) {
			t.Errorf("%s: %d bytes, %q, %s", name, len(data), b.Name, b.Type)
		}
	}
}

// TestMedia_SoundIsConverted holds that what a plugin sends as a voice is AMR by the time the platform has it.
func TestMedia_SoundIsConverted(t *testing.T) {
	l := newLibrary(t, wecom.Rules{})
	sound, err := os.ReadFile("../../sdk/sniff/testdata/go.mp3")
	if err != nil {
		t.Fatal(err)
	}
	m, err := l.SaveMedia(t.Context(), sdk.KindVoice, streamed("answer.mp3", string(sound)))
	if err != nil || m.Name != "answer.amr" || m.Format != "amr" {
		t.Fatalf("%+v, %v", m, err)
	}
	if data, b := l.read(m.ID); b.Type != "audio/amr" || len(data) < 1500 {
		t.Errorf("%d bytes of %s", len(data), b.Type)
	}
}

// TestMedia_NamesInBothWays: they come as they are, and as RFC 5987 has them.
func TestMedia_NamesInBothWays(t *testing.T) {
	for _, encoded := range []bool{false, true} {
		l := newLibrary(t, wecom.Rules{EncodedNames: encoded})
		if data, b := l.read(l.corp.Keep("file", "报告 1.pdf", []byte("%PDF-1.7"))); data != "%PDF-1.7" || b.Name != "报告 1.pdf" || b.Type != "application/pdf" {
			t.Errorf("%q, %q, %s", data, b.Name, b.Type)
		}
	}
}

func TestMedia_FromAFile(t *testing.T) {
	l := newLibrary(t, wecom.Rules{})
	path := filepath.Join(t.TempDir(), "a.jpg")
	if err := os.WriteFile(path, []byte(padded(jpegData, 1<<20)), 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	m, err := l.SaveMedia(t.Context(), sdk.KindImage, &core.Blob{ReadCloser: f, Name: "a.jpg", Size: -1})
	if err != nil {
		t.Fatal(err)
	}
	if data, _ := l.read(m.ID); len(data) != 1<<20 {
		t.Errorf("%d bytes", len(data))
	}
	if _, err := f.Stat(); err != nil {
		t.Errorf("the file is closed: %v", err)
	}
}

func TestMedia_IsNotAcceptedUnlooked(t *testing.T) {
	l := newLibrary(t, wecom.Rules{})
	for name, test := range map[string]struct {
		kind sdk.Kind
		blob *core.Blob
		want error
	}{
		"picture as a voice": {sdk.KindVoice, streamed("a.amr", pngData), core.ErrMediaType},
		"MP3 as a voice":     {sdk.KindVoice, streamed("a.mp3", mp3Data), core.ErrMediaType},
		"GIF":                {sdk.KindImage, streamed("a.gif", gifData), core.ErrMediaType},
		"text as a video":    {sdk.KindVideo, streamed("a.mp4", "hello world"), core.ErrMediaType},
		"menu":               {sdk.KindMenu, streamed("a", "hello world"), core.ErrMediaType},
		"large picture":      {sdk.KindImage, streamed("a.jpg", padded(jpegData, 10<<20+1)), core.ErrMediaTooLarge},
		"large voice":        {sdk.KindVoice, streamed("a.amr", padded(amrData, 2<<20+1)), core.ErrMediaTooLarge},
		"large file":         {sdk.KindFile, &core.Blob{ReadCloser: io.NopCloser(strings.NewReader("")), Size: 20<<20 + 1}, core.ErrMediaTooLarge},
		"five bytes":         {sdk.KindFile, streamed("a.txt", "hello"), nil},
		"nothing":            {sdk.KindFile, streamed("a.txt", ""), nil},
	} {
		m, err := l.SaveMedia(t.Context(), test.kind, test.blob)
		if err == nil || test.want != nil && !errors.Is(err, test.want) || wx.CodeOf(err) != 0 || m != (sdk.Media{}) {
			t.Errorf("%s: %+v, %v", name, m, err)
		}
	}
}

// TestMedia_ErrorThatLooksLikeSuccess: a failure has the status 200, and its JSON is no picture. What is no error any more is fetched again.
func TestMedia_ErrorThatLooksLikeSuccess(t *testing.T) {
	for name, test := range map[string]struct {
		kind, body string
		code       int
		is         error
	}{
		"gone":              {"application/json; encoding=utf-8", `{"errcode":40007,"errmsg":"invalid media_id"}`, 40007, core.ErrMediaGone},
		"as a text":         {"text/plain", " \n" + `{"errcode":40007,"errmsg":"invalid media_id"}`, 40007, core.ErrMediaGone},
		"as a picture":      {"image/jpeg", `{"errcode":45009,"errmsg":"api freq out of limit"}`, 45009, nil},
		"crowded":           {"application/json", `{"errcode":45033,"errmsg":"api concurrent out of limit"}`, 45033, nil},
		"JSON of something": {"application/json", `{"errcode":0,"errmsg":"ok"}`, 0, wx.ErrUnknown},
	} {
		t.Run(name, func(t *testing.T) {
			l := newLibrary(t, wecom.Rules{})
			id := l.corp.Keep("image", "a.jpg", []byte(jpegData))
			l.answer(func(w http.ResponseWriter, _ *http.Request) bool {
				w.Header().Set("Content-Type", test.kind)
				_, _ = io.WriteString(w, test.body)
				return true
			})
			b, err := l.OpenMedia(t.Context(), sdk.Media{ID: id})
			if err == nil || b != nil || wx.CodeOf(err) != test.code || test.is != nil && !errors.Is(err, test.is) {
				t.Errorf("got %v", err)
			}
			l.answer(func(http.ResponseWriter, *http.Request) bool { return false })
			if data, _ := l.read(id); data != jpegData {
				t.Errorf("then got %q", data)
			}
		})
	}
}

func TestMedia_InPieces(t *testing.T) {
	for name, test := range map[string]struct{ piece, size, calls int }{
		"at once":         {0, 20 << 20, 1},
		"in three":        {5 << 20, 11 << 20, 4},
		"in small pieces": {1 << 20, 3 << 20, 13}, // 5 MB and 1.25 MB are refused before 320 KB are given.
	} {
		l := newLibrary(t, wecom.Rules{PieceLimit: test.piece})
		sent := make([]byte, test.size)
		for i := range sent {
			sent[i] = byte(i >> 10)
		}
		if data, b := l.read(l.corp.Keep("file", "报告.bin", sent)); data != string(sent) || b.Name != "报告.bin" {
			t.Errorf("%s: %d bytes, %q", name, len(data), b.Name)
		}
		if n := int(l.downloads.Load()); n != test.calls {
			t.Errorf("%s: %d calls", name, n)
		}
	}
}

func TestMedia_MoreThanIsTaken(t *testing.T) {
	for name, piece := range map[string]int{"refused": 0, "given": 30 << 20, "never given": 1000} {
		l := newLibrary(t, wecom.Rules{PieceLimit: piece})
		b, err := l.OpenMedia(t.Context(), sdk.Media{ID: l.corp.Keep("file", "a", make([]byte, 20<<20+1))})
		if !errors.Is(err, core.ErrMediaTooLarge) || b != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestMedia_AskedTogether: the platform refuses a crowd with 45033.
func TestMedia_AskedTogether(t *testing.T) {
	l := newLibrary(t, wecom.Rules{Crowd: 1})
	id := l.corp.Keep("image", "a.jpg", []byte(jpegData))
	var asking sync.WaitGroup
	for range 20 {
		asking.Go(func() {
			if data, _ := l.read(id); data != jpegData {
				t.Errorf("got %q", data)
			}
		})
	}
	asking.Wait()
	if n := l.downloads.Load(); n != 1 {
		t.Errorf("%d downloads", n)
	}
}

func TestMedia_MuchAtOnce(t *testing.T) {
	l := newLibrary(t, wecom.Rules{Crowd: mediaAtOnce})
	var asking sync.WaitGroup
	for i := range 30 {
		want := fmt.Sprint(pngData, i)
		id := l.corp.Keep("image", "a.png", []byte(want))
		asking.Go(func() {
			if data, _ := l.read(id); data != want {
				t.Errorf("got %q, want %q", data, want)
			}
		})
	}
	asking.Wait()
}

func TestMedia_ExpiredAndUnknown(t *testing.T) {
	l := newLibrary(t, wecom.Rules{})
	m, err := l.SaveMedia(t.Context(), sdk.KindImage, streamed("a.jpg", jpegData))
	if err != nil {
		t.Fatal(err)
	}
	l.stage.clock.Advance(mediaKept + time.Minute)
	for name, id := range map[string]string{"expired": m.ID, "unknown": "nobody&access_token=x", "blank": " ", "none": ""} {
		if b, err := l.OpenMedia(t.Context(), sdk.Media{ID: id}); !errors.Is(err, core.ErrMediaGone) || b != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestMedia_TokenIsReplacedOnce(t *testing.T) {
	l := newLibrary(t, wecom.Rules{})
	m, err := l.SaveMedia(t.Context(), sdk.KindImage, streamed("a.jpg", padded(jpegData, 1<<20)))
	if err != nil {
		t.Fatal(err)
	}
	l.corp.InvalidateTokens()
	if data, _ := l.read(m.ID); len(data) != 1<<20 {
		t.Errorf("%d bytes", len(data))
	}
	l.corp.InvalidateTokens()
	if _, err := l.SaveMedia(t.Context(), sdk.KindImage, streamed("a.jpg", jpegData)); err != nil {
		t.Error(err)
	}
}

func TestMedia_Refusals(t *testing.T) {
	for name, test := range map[string]struct {
		path string
		code int
		want string
		is   error
	}{
		"quota":            {"/cgi-bin/media/upload", 45009, "too many calls", nil},
		"too large":        {"/cgi-bin/media/upload", 40009, "errcode 40009", core.ErrMediaTooLarge},
		"too long":         {"/cgi-bin/media/upload", 45007, "errcode 45007", core.ErrMediaTooLarge},
		"wrong type":       {"/cgi-bin/media/upload", 40005, "errcode 40005", core.ErrMediaType},
		"broken picture":   {"/cgi-bin/media/upload", 40123, "errcode 40123", core.ErrMediaType},
		"not on the list":  {"/cgi-bin/media/upload", 60020, "trusted IPs", nil},
		"the wrong secret": {"/cgi-bin/gettoken", 40001, "Secret", wx.ErrNotSent},
	} {
		l := newLibrary(t, wecom.Rules{})
		l.platform.Host().FailNext(test.path, test.code)
		_, err := l.SaveMedia(t.Context(), sdk.KindImage, streamed("a.jpg", jpegData))
		if err == nil || !strings.Contains(err.Error(), test.want) || test.is != nil && !errors.Is(err, test.is) || strings.Contains(err.Error(), "hush") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestMedia_WhatAnUploadAnswers(t *testing.T) {
	l := newLibrary(t, wecom.Rules{})
	for answer, want := range map[string]string{
		`{"errcode":0,"type":"image","media_id":"M","created_at":"1380000000"}`: "M",
		`{"errcode":0,"type":"image","media_id":"M","created_at":1380000000}`:   "M",
		`{"media_id":"M"}`:           "M",
		`{"errcode":0}`:              "",
		`{"errcode":0,"media_id":1}`: "",
	} {
		l.intercept(func(w http.ResponseWriter, r *http.Request) bool {
			if r.URL.Path != "/cgi-bin/media/upload" {
				return false
			}
			_, _ = io.Copy(io.Discard, r.Body)
			_, _ = io.WriteString(w, answer)
			return true
		})
		m, err := l.SaveMedia(t.Context(), sdk.KindImage, streamed("a.jpg", jpegData))
		if m.ID != want || (err == nil) != (want != "") || err != nil && !errors.Is(err, wx.ErrUnknown) {
			t.Errorf("%s: %+v, %v", answer, m, err)
		}
	}
}

func TestMedia_WithoutASecret(t *testing.T) {
	config := testConfig()
	config.Secret = sdk.Secret{}
	s := newStage(t, wecom.Rules{})
	c, err := New("work", config, s.store, "this machine", s.log.Logger())
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.SaveMedia(t.Context(), sdk.KindImage, streamed("a.jpg", jpegData))
	_, also := c.OpenMedia(t.Context(), sdk.Media{ID: "M"})
	if !errors.Is(err, errNoSecret) || !errors.Is(also, errNoSecret) {
		t.Errorf("%v, %v", err, also)
	}
}

func TestMedia_OfASlowPlatform(t *testing.T) {
	l := newLibrary(t, wecom.Rules{})
	id := l.corp.Keep("image", "a.jpg", []byte(jpegData))
	l.platform.Host().Suffer(apihost.Outage{Slow: time.Minute})
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	_, err := l.SaveMedia(ctx, sdk.KindImage, streamed("a.jpg", jpegData))
	_, also := l.OpenMedia(ctx, sdk.Media{ID: id})
	if !errors.Is(err, context.DeadlineExceeded) || !errors.Is(also, context.DeadlineExceeded) {
		t.Errorf("%v, %v", err, also)
	}
}

// TestMedia_ThereAndBack goes from what a customer sends to what they see, and leaves nothing on the disk.
func TestMedia_ThereAndBack(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	s := newStage(t, wecom.Rules{})
	s.start(func(ctx context.Context, m *sdk.Message, r sdk.Responder) error {
		picture, ok := m.Content.(sdk.Image)
		if !ok {
			return nil
		}
		b, err := s.bot.channel.OpenMedia(ctx, picture.Media)
		if err != nil {
			return err
		}
		defer b.Close()
		saved, err := s.bot.channel.SaveMedia(ctx, sdk.KindFile, &core.Blob{ReadCloser: b, Name: "back.png", Size: b.Size})
		if err != nil {
			return err
		}
		return r.Reply(sdk.File{Media: saved})
	})
	s.say(ann, wecom.Image(s.corp.Keep("image", "a.png", []byte(pngData))))
	var last transcript.Entry
	if !s.until(func() bool {
		all := s.account.Transcript(ann)
		last = all[len(all)-1]
		return last.Kind == transcript.Saw
	}) {
		t.Fatalf("the customer saw nothing; log: %s", s.log.String())
	}
	if m, ok := s.corp.Medium(last.Detail.Media); !ok || last.Type != "file" || m.Name != "back.png" || string(m.Data) != pngData {
		t.Errorf("the customer saw %+v", last)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 1 {
		t.Errorf("while it runs: %v, %v", left, err)
	}
	c := s.bot.channel
	s.stop()
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("left: %v, %v", left, err)
	}
	if _, err := c.OpenMedia(t.Context(), sdk.Media{ID: "M"}); !errors.Is(err, mediacache.ErrClosed) {
		t.Errorf("after its end: %v", err)
	}
}
