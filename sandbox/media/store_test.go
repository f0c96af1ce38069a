package media

import (
	"bytes"
	"mime/multipart"
	"testing"
	"time"

	"github.com/chuanhuabot/bot/sandbox/clock"
)

var noon = time.Date(2026, 10, 1, 12, 0, 0, 0, time.UTC)

func TestStore_ForgetsAfterThreeDays(t *testing.T) {
	c := clock.NewMoved(noon)
	s := New(c)
	data := []byte("png")
	m := s.Keep("image", "a.png", data)
	data[0] = 'x'
	c.Advance(72*time.Hour - 1)
	if got, ok := s.Get(m.ID); !ok || string(got.Data) != "png" || got.Type != "image" || got.Name != "a.png" {
		t.Errorf("%+v, %t", got, ok)
	}
	c.Advance(1)
	if _, ok := s.Get(m.ID); ok {
		t.Error("it is kept for more than three days")
	}
	s.Keep("image", "b.png", nil)
	if len(s.media) != 1 || len(s.order) != 1 || s.bytes != 0 {
		t.Errorf("%d media, %d bytes", len(s.media), s.bytes)
	}
	if _, ok := s.Get("no such id"); ok {
		t.Error("there is media that nobody kept")
	}
}

func TestStore_IsBounded(t *testing.T) {
	s := New(clock.NewMoved(noon))
	large := make([]byte, 100<<20)
	first, second := s.Keep("file", "1", large), s.Keep("file", "2", large)
	s.Keep("file", "3", large)
	if _, ok := s.Get(first.ID); ok {
		t.Error("300 MiB are kept")
	}
	if _, ok := s.Get(second.ID); !ok {
		t.Error("200 MiB are not kept")
	}
}

func TestParseForm(t *testing.T) {
	var b bytes.Buffer
	form := multipart.NewWriter(&b)
	_ = form.WriteField("media", "not a file")
	other, _ := form.CreateFormFile("other", "o.txt")
	_, _ = other.Write([]byte("other"))
	file, _ := form.CreateFormFile("media", "声音.amr")
	_, _ = file.Write([]byte("#!AMR\n"))
	_ = form.Close()
	name, data, err := ParseForm(form.FormDataContentType(), b.Bytes())
	if name != "声音.amr" || string(data) != "#!AMR\n" || err != nil {
		t.Errorf("%q, %q, %v", name, data, err)
	}
	for kind, body := range map[string]string{
		"":                                b.String(),
		"text/plain":                      b.String(),
		"multipart/form-data; boundary=x": "--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nb\r\n--x--\r\n",
		form.FormDataContentType():        b.String()[:len(b.String())/2],
	} {
		if _, _, err := ParseForm(kind, []byte(body)); err == nil {
			t.Errorf("%q: no error", kind)
		}
	}
}

func TestMedium_ContentType(t *testing.T) {
	for data, want := range map[string]string{
		"#!AMR\n\x7c": "audio/amr", "#!AMR-WB\n": "audio/amr", "\x02#!SILK_V3": "audio/silk", "#!SILK_V3": "audio/silk",
		"\x89PNG\r\n\x1a\n": "image/png", "RIFF\x24\x00\x00\x00WAVEfmt ": "audio/wave", "hello": "audio/amr",
	} {
		if got := (Medium{Type: "voice", Data: []byte(data)}).ContentType(); got != want {
			t.Errorf("%q: %s", data, got)
		}
	}
	if got := (Medium{Type: "file", Data: []byte("hello")}).ContentType(); got != "text/plain; charset=utf-8" {
		t.Error(got)
	}
	if got := (Medium{Type: "video"}).ContentType(); got != "video/mp4" {
		t.Error(got)
	}
}
