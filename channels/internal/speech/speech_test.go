package speech_test

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chuanhuabot/bot/channels/internal/speech"
	"github.com/chuanhuabot/bot/core"
	"github.com/chuanhuabot/bot/core/audio"
	"github.com/chuanhuabot/bot/sdk/sniff"
)

func recording(t *testing.T, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("../../../sdk/sniff/testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func blob(name string, data []byte) *core.Blob {
	return &core.Blob{ReadCloser: io.NopCloser(bytes.NewReader(data)), Name: name, Size: -1}
}

// The two platforms.
func account() speech.Limit {
	return speech.Limit{Takes: []sniff.Format{sniff.MP3, sniff.AMR}, Most: 2 << 20, Length: time.Minute}
}

func service() speech.Limit {
	return speech.Limit{Takes: []sniff.Format{sniff.AMR}, Most: 2 << 20, Length: time.Minute}
}

func TestFit(t *testing.T) {
	c := audio.New(audio.Options{})
	for name, test := range map[string]struct {
		limit    speech.Limit
		file     string
		want     sniff.Format
		wantName string
		same     bool
	}{
		"AMR as it is":         {account(), "go.amr", sniff.AMR, "go.amr", true},
		"MP3 as it is":         {account(), "go.mp3", sniff.MP3, "go.mp3", true},
		"AMR-WB is no AMR":     {account(), "go.amrwb", sniff.MP3, "go", false},
		"Opus":                 {account(), "go.opus", sniff.MP3, "go", false},
		"M4A":                  {account(), "go.m4a", sniff.MP3, "go", false},
		"AMR for customers":    {service(), "go.amr", sniff.AMR, "go.amr", true},
		"MP3 for customers":    {service(), "go.mp3", sniff.AMR, "go", false},
		"AMR-WB for customers": {service(), "go.amrwb", sniff.AMR, "go", false},
	} {
		given := recording(t, test.file)
		got, err := test.limit.Fit(t.Context(), c, blob(test.file, given))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		data, err := io.ReadAll(got)
		if err != nil || sniff.Sound(data) != test.want || got.Name != test.wantName || got.Size != int64(len(data)) || bytes.Equal(data, given) != test.same {
			t.Errorf("%s: %q, %q, %d of %d bytes, %v", name, sniff.Sound(data), got.Name, got.Size, len(data), err)
		}
		if d, ok := sniff.Duration(data); !ok || d < 2700*time.Millisecond || d > 3*time.Second {
			t.Errorf("%s: it sounds for %s", name, d)
		}
		if _, ok := got.ReadCloser.(io.Seeker); !ok {
			t.Errorf("%s: it cannot be sent again", name)
		}
		got.Close()
	}
}

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }
func (broken) Close() error             { return nil }

func TestFit_Refused(t *testing.T) {
	amr, mp3 := recording(t, "go.amr"), recording(t, "go.mp3")
	c, none := audio.New(audio.Options{}), audio.New(audio.Options{FFmpeg: "no-such-ffmpeg"})
	noSoX := audio.New(audio.Options{SoX: "no-such-sox"})
	long := append(bytes.Clone(amr), bytes.Repeat(amr[6:], 22)...)
	for name, test := range map[string]struct {
		limit speech.Limit
		c     *audio.Converter
		b     *core.Blob
		want  error
		says  string
	}{
		"a picture":              {account(), c, blob("a.amr", []byte("\x89PNG\r\n\x1a\n")), core.ErrMediaType, "MP3 or AMR"},
		"nothing":                {service(), c, blob("a.amr", nil), core.ErrMediaType, "no sound; it must be AMR"},
		"more than a minute":     {account(), c, blob("a.amr", long), core.ErrMediaTooLarge, "1m4"},
		"too long to convert":    {speech.Limit{Takes: []sniff.Format{sniff.MP3}, Most: 2 << 20, Length: time.Second}, c, blob("a.m4a", recording(t, "go.m4a")), core.ErrMediaTooLarge, "1s"},
		"too many bytes":         {account(), c, blob("a.amr", append(bytes.Clone(amr[:6]), make([]byte, 2<<20)...)), core.ErrMediaTooLarge, "2097152"},
		"far too many":           {account(), c, blob("a.wav", append([]byte("RIFF\x00\x00\x00\x00WAVE"), make([]byte, 13<<20)...)), core.ErrMediaTooLarge, "12582912"},
		"damaged":                {account(), c, blob("a.m4a", []byte("\x00\x00\x00\x18ftypM4A and noise behind it")), core.ErrMediaType, "m4a"},
		"SILK":                   {account(), c, blob("a.silk", []byte("\x02#!SILK_V3\x02\x00ab")), core.ErrMediaType, "no silk"},
		"no ffmpeg":              {account(), none, blob("a.opus", recording(t, "go.opus")), core.ErrMediaType, "install ffmpeg"},
		"nothing that writes it": {service(), noSoX, blob("a.mp3", mp3), core.ErrMediaType, "install SoX"},
		"it cannot be read":      {account(), c, &core.Blob{ReadCloser: broken{}}, io.ErrUnexpectedEOF, "read it"},
	} {
		if name == "nothing that writes it" && noSoX.Programs(t.Context()).AMR {
			continue // This ffmpeg does.
		}
		got, err := test.limit.Fit(t.Context(), test.c, test.b)
		if !errors.Is(err, test.want) || got != nil || !strings.Contains(err.Error(), test.says) {
			t.Errorf("%s: %v, want %v and %q", name, err, test.want, test.says)
		}
	}
}
