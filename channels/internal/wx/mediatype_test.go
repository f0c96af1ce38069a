package wx_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/chuanhuabot/bot/channels/internal/wx"
)

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
