package mp

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chuanhuabot/bot/channels/internal/wx"
	"github.com/chuanhuabot/bot/core"
	"github.com/chuanhuabot/bot/sandbox/apihost"
	wechat "github.com/chuanhuabot/bot/sandbox/mp"
	"github.com/chuanhuabot/bot/sdk"
)

// What media begins with.
const (
	jpeg = "\xff\xd8\xff\xe0\x00\x10JFIF picture"
	png  = "\x89PNG\r\n\x1a\n picture"
	amr  = "#!AMR\n speech"
	mp3  = "\xff\xfb\x90\x00 music"
	mp4  = "\x00\x00\x00\x20ftypisom film"
)

// streamed is a blob that can be read only once.
func streamed(name, data string) *core.Blob {
	return &core.Blob{ReadCloser: io.NopCloser(bytes.NewBufferString(data)), Name: name, Size: -1}
}

// read returns the bytes that the platform keeps.
func (w *onPlatform) read(t *testing.T, m sdk.Media) (data string, b *core.Blob) {
	t.Helper()
	b, err := w.OpenMedia(t.Context(), m)
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	all, err := io.ReadAll(b)
	if err != nil {
		t.Fatal(err)
	}
	return string(all), b
}

func TestMedia_IsKeptAndFound(t *testing.T) {
	w := newOnPlatform(t, wechat.Verified)
	for name, test := range map[string]struct {
		kind       sdk.Kind
		file, data string
		wantFile   string
		wantType   string
	}{
		"image":              {sdk.KindImage, "/home/猫.jpg", jpeg, "猫.jpg", "image/jpeg"},
		"image of no name":   {sdk.KindImage, "", png, "media.png", "image/png"},
		"image of two":       {sdk.KindImage, "a.png", jpeg, "a.png.jpg", "image/jpeg"},
		"voice":              {sdk.KindVoice, "v.AMR", amr, "v.AMR", "audio/amr"},
		"music":              {sdk.KindVoice, "v", mp3, "v.mp3", "audio/mpeg"},
		"video":              {sdk.KindVideo, "f.mp4", mp4, "f.mp4", "video/mp4"},
		"thumbnail":          {KindThumbnail, "t.jpg", jpeg, "t.jpg", "image/jpeg"},
		"as large as may be": {KindThumbnail, "t.jpg", jpeg + strings.Repeat("x", 64<<10-len(jpeg)), "t.jpg", "image/jpeg"},
	} {
		m, err := w.SaveMedia(t.Context(), test.kind, streamed(test.file, test.data))
		if err != nil || m.ID == "" || m.Name != test.wantFile {
			t.Errorf("%s: %+v, %v", name, m, err)
			continue
		}
		data, b := w.read(t, m)
		if data != test.data || b.Name != test.wantFile || b.Type != test.wantType || b.Size != int64(len(data)) {
			t.Errorf("%s: %d bytes, %q, %s", name, len(data), b.Name, b.Type)
		}
	}
}

// TestMedia_SoundIsConverted holds that what a plugin sends as a voice is MP3 or AMR by the time the platform has it.
func TestMedia_SoundIsConverted(t *testing.T) {
	w := newOnPlatform(t, wechat.Verified)
	sound, err := os.ReadFile("../../sdk/sniff/testdata/go.opus")
	if err != nil {
		t.Fatal(err)
	}
	m, err := w.SaveMedia(t.Context(), sdk.KindVoice, streamed("answer.ogg", string(sound)))
	if err != nil || m.Name != "answer.mp3" || m.Format != "mp3" {
		t.Fatalf("%+v, %v", m, err)
	}
	if data, b := w.read(t, m); b.Type != "audio/mpeg" || len(data) < 5000 {
		t.Errorf("%d bytes of %s", len(data), b.Type)
	}
}

func TestMedia_FromAFile(t *testing.T) {
	w := newOnPlatform(t, wechat.Test)
	path := filepath.Join(t.TempDir(), "a.jpg")
	if err := os.WriteFile(path, []byte(jpeg+strings.Repeat("x", 1<<20)), 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	m, err := w.SaveMedia(t.Context(), sdk.KindImage, &core.Blob{ReadCloser: f, Name: "a.jpg", Size: -1})
	if err != nil {
		t.Fatal(err)
	}
	if data, _ := w.read(t, m); len(data) != len(jpeg)+1<<20 {
		t.Errorf("%d bytes", len(data))
	}
	if _, err := f.Stat(); err != nil {
		t.Errorf("the file is closed: %v", err)
	}
}

func TestMedia_IsNotAcceptedUnlooked(t *testing.T) {
	w := newOnPlatform(t, wechat.Verified)
	large := jpeg + strings.Repeat("x", 2<<20)
	for name, test := range map[string]struct {
		kind sdk.Kind
		blob *core.Blob
		want error
	}{
		"picture as a voice": {sdk.KindVoice, streamed("a.amr", png), core.ErrMediaType},
		"thumbnail in PNG":   {KindThumbnail, streamed("a.jpg", png), core.ErrMediaType},
		"file":               {sdk.KindFile, streamed("a.pdf", "%PDF"), core.ErrMediaType},
		"large":              {sdk.KindImage, streamed("a.jpg", large), core.ErrMediaTooLarge},
	} {
		if m, err := w.SaveMedia(t.Context(), test.kind, test.blob); !errors.Is(err, test.want) || m != (sdk.Media{}) {
			t.Errorf("%s: %+v, %v", name, m, err)
		}
	}
}

// TestMedia_LeavesNoFiles holds that what is stored on the way is removed.
func TestMedia_LeavesNoFiles(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	w := newOnPlatform(t, wechat.Verified)
	_, _ = w.SaveMedia(t.Context(), sdk.KindImage, streamed("a.jpg", jpeg))
	_, _ = w.SaveMedia(t.Context(), sdk.KindImage, streamed("a.jpg", "text"))
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("%v, %v", left, err)
	}
}

func TestMedia_ExpiredAndUnknown(t *testing.T) {
	w := newOnPlatform(t, wechat.Verified)
	film := w.account.Keep("video", "f.mp4", []byte(mp4))
	m, err := w.SaveMedia(t.Context(), sdk.KindImage, streamed("a.jpg", jpeg))
	if err != nil {
		t.Fatal(err)
	}
	w.clock.Advance(3*24*time.Hour + time.Minute)
	for name, id := range map[string]string{"expired": m.ID, "unknown": "nobody&access_token=x", "expired video": film, "blank": " "} {
		if b, err := w.OpenMedia(t.Context(), sdk.Media{ID: id}); !errors.Is(err, core.ErrMediaGone) || b != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestMedia_TokenIsReplacedOnce(t *testing.T) {
	w := newOnPlatform(t, wechat.Verified)
	m, err := w.SaveMedia(t.Context(), sdk.KindImage, streamed("a.jpg", jpeg+strings.Repeat("x", 1<<20)))
	if err != nil {
		t.Fatal(err)
	}
	w.account.InvalidateTokens()
	if data, _ := w.read(t, m); len(data) != len(jpeg)+1<<20 {
		t.Errorf("%d bytes", len(data))
	}
	w.account.InvalidateTokens()
	if _, err := w.SaveMedia(t.Context(), sdk.KindImage, streamed("a.jpg", jpeg)); err != nil {
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
		"not verified":  {"/cgi-bin/media/upload", 48001, "only for verified accounts", nil},
		"quota":         {"/cgi-bin/media/upload", 45009, "used up", nil},
		"too large":     {"/cgi-bin/media/upload", 40006, "errcode 40006", core.ErrMediaTooLarge},
		"wrong type":    {"/cgi-bin/media/upload", 40004, "errcode 40004", core.ErrMediaType},
		"not on a list": {"/cgi-bin/stable_token", 40164, "IP list", wx.ErrNotSent},
	} {
		w := newOnPlatform(t, wechat.Verified)
		w.platform.Host().FailNext(test.path, test.code)
		_, err := w.SaveMedia(t.Context(), sdk.KindImage, streamed("a.jpg", jpeg))
		if err == nil || !strings.Contains(err.Error(), test.want) || test.is != nil && !errors.Is(err, test.is) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestMedia_OfWhomTheyAreNotKept(t *testing.T) {
	w := newOnPlatform(t, wechat.Unverified) // bot.yaml says that it is verified.
	if _, err := w.OpenMedia(t.Context(), sdk.Media{ID: w.account.Keep("image", "a.jpg", []byte(jpeg))}); wx.CodeOf(err) != 48001 || !strings.Contains(err.Error(), "verified") {
		t.Errorf("got %v", err)
	}
	unverified, secretless := config(ModePlain), config(ModePlain)
	secretless.AppSecret, secretless.Account = sdk.Secret{}, "verified"
	for want, conf := range map[string]Config{"account: verified": unverified, "app_secret": secretless} {
		c := newChannel(t, conf, io.Discard)
		_, err := c.SaveMedia(t.Context(), sdk.KindImage, streamed("a.jpg", jpeg))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
		if conf.AppSecret.Empty() {
			if _, err := c.OpenMedia(t.Context(), sdk.Media{ID: "M"}); err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%v, want %s", err, want)
			}
		}
	}
}

func TestMedia_OfASlowPlatform(t *testing.T) {
	w := newOnPlatform(t, wechat.Verified)
	id := w.account.Keep("image", "a.jpg", []byte(jpeg))
	w.platform.Host().Suffer(apihost.Outage{Slow: time.Minute})
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	_, err := w.SaveMedia(ctx, sdk.KindImage, streamed("a.jpg", jpeg))
	_, also := w.OpenMedia(ctx, sdk.Media{ID: id})
	if !errors.Is(err, context.DeadlineExceeded) || !errors.Is(also, context.DeadlineExceeded) {
		t.Errorf("%v, %v", err, also)
	}
}

// TestMedia_WhatWasSavedIsSent goes from the upload to what the person sees.
func TestMedia_WhatWasSavedIsSent(t *testing.T) {
	w := newOnPlatform(t, wechat.Verified)
	m, err := w.SaveMedia(t.Context(), KindThumbnail, streamed("t.jpg", jpeg))
	if err != nil {
		t.Fatal(err)
	}
	w.answers(t, raw("music", `{"title":"歌","thumb_media_id":"`+m.ID+`"}`))
	out, err := w.account.Say(t.Context(), person, wechat.Text("唱"))
	if err != nil || out.Reply == nil || out.Reply.Kind != "music" || out.Reply.Title != "歌" {
		t.Errorf("%+v, %v", out, err)
	}
}
