package audio_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/chuanhuabot/bot/core/audio"
	"github.com/chuanhuabot/bot/sdk/sniff"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const testdata = "../../sdk/sniff/testdata"

// said is how long the recordings of testdata sound.
const said = 2786 * time.Millisecond

func recording(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(testdata, name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func toWAV(t *testing.T, c *audio.Converter, data []byte, l audio.Limits) ([]byte, error) {
	t.Helper()
	return c.ToWAV16k(t.Context(), bytes.NewReader(data), l)
}

// loudness is the mean power of samples.
func loudness(pcm []byte) float64 {
	sum := 0.0
	for i := 0; i+1 < len(pcm); i += 2 {
		s := float64(int16(binary.LittleEndian.Uint16(pcm[i:])))
		sum += s * s
	}
	return math.Sqrt(sum / float64(max(len(pcm)/2, 1)))
}

func TestToWAV16k_EveryFormat(t *testing.T) {
	c := audio.New(audio.Options{})
	for _, name := range []string{"go.amr", "go.amrwb", "go.opus", "go.spx", "go.mp3", "go.m4a"} {
		wav, err := toWAV(t, c, recording(t, name), audio.Limits{})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		w, ok := sniff.ParseWAV(wav)
		if !ok || !w.PCM || w.Rate != 16000 || w.Channels != 1 || w.Bits != 16 {
			t.Errorf("%s: got %+v", name, w)
		}
		if d := w.Duration(); d < said-20*time.Millisecond || d > said+200*time.Millisecond {
			t.Errorf("%s: it sounds for %s", name, d)
		}
		if l := loudness(w.Data); l < 300 || l > 10000 {
			t.Errorf("%s: its mean loudness is %.0f", name, l)
		}
		again, err := toWAV(t, audio.New(audio.Options{FFmpeg: "no-such-ffmpeg"}), wav, audio.Limits{})
		if err != nil || !bytes.Equal(again, wav) {
			t.Errorf("%s: what is right already is not left alone: %v", name, err)
		}
	}
}

func TestToWAV16k_Refused(t *testing.T) {
	c := audio.New(audio.Options{})
	amr := recording(t, "go.amr")
	minute := append(bytes.Clone(amr[:6]), bytes.Repeat(amr[6:], 22)...) // 61.6 seconds.
	for name, test := range map[string]struct {
		data   []byte
		limits audio.Limits
		want   error
		says   string
	}{
		"nothing":               {nil, audio.Limits{}, audio.ErrFormat, "unknown"},
		"an error of a server":  {[]byte(`{"errcode":40007}`), audio.Limits{}, audio.ErrFormat, "7b 22 65 72 72"},
		"a playlist":            {[]byte("#EXTM3U\nhttp://127.0.0.1/x"), audio.Limits{}, audio.ErrFormat, "unknown"},
		"SILK":                  {[]byte("\x02#!SILK_V3\x02\x00ab\xff\xff"), audio.Limits{}, audio.ErrFormat, "no silk"},
		"AMR of no frames":      {amr[:6], audio.Limits{}, audio.ErrFormat, ""},
		"M4A of noise":          {[]byte("\x00\x00\x00\x18ftypM4A noise and more noise"), audio.Limits{}, audio.ErrFormat, ""},
		"more than a minute":    {minute, audio.Limits{}, audio.ErrTooLong, "1m0s"},
		"M4A, found out late":   {recording(t, "go.m4a"), audio.Limits{Length: time.Second}, audio.ErrTooLong, "1s"},
		"MP3, found out early":  {recording(t, "go.mp3"), audio.Limits{Length: time.Second}, audio.ErrTooLong, "1s"},
		"more bytes than taken": {amr, audio.Limits{Bytes: 1000}, audio.ErrTooLarge, "1000 bytes"},
	} {
		wav, err := toWAV(t, c, test.data, test.limits)
		if !errors.Is(err, test.want) || wav != nil || !strings.Contains(err.Error(), test.says) {
			t.Errorf("%s: %d bytes, %v, want %v", name, len(wav), err, test.want)
		}
	}
	if _, err := toWAV(t, c, recording(t, "go.amr"), audio.Limits{Bytes: 4486, Length: 3 * time.Second}); err != nil {
		t.Errorf("just within the limits: %v", err)
	}
}

func TestToWAV16k_NoFFmpeg(t *testing.T) {
	c := audio.New(audio.Options{FFmpeg: "no-such-ffmpeg"})
	_, err := toWAV(t, c, recording(t, "go.amr"), audio.Limits{})
	if !errors.Is(err, audio.ErrNoConverter) || !strings.Contains(err.Error(), "install ffmpeg") {
		t.Errorf("got %v", err)
	}
	if got := c.Programs(t.Context()); got.FFmpeg != "" || got.AMR {
		t.Errorf("got %+v", got)
	}
}

type brokenReader struct{}

func (brokenReader) Read([]byte) (int, error) { return 0, os.ErrDeadlineExceeded }

func TestToWAV16k_ReaderFails(t *testing.T) {
	_, err := audio.New(audio.Options{}).ToWAV16k(t.Context(), brokenReader{}, audio.Limits{})
	if !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("got %v", err)
	}
}

// TestEncode goes there and back.
func TestEncode(t *testing.T) {
	c := audio.New(audio.Options{})
	for format, encode := range map[sniff.Format]func(context.Context, []byte) ([]byte, error){
		sniff.MP3: func(ctx context.Context, in []byte) ([]byte, error) {
			return c.ToMP3(ctx, bytes.NewReader(in), audio.Limits{})
		},
		sniff.AMR: func(ctx context.Context, in []byte) ([]byte, error) {
			return c.ToAMR(ctx, bytes.NewReader(in), audio.Limits{})
		},
	} {
		out, err := encode(t.Context(), recording(t, "go.opus"))
		if err != nil || sniff.Sound(out) != format {
			t.Errorf("%s: got %q, %v", format, sniff.Sound(out), err)
			continue
		}
		if d, ok := sniff.Duration(out); !ok || d < said-20*time.Millisecond || d > said+200*time.Millisecond {
			t.Errorf("%s: it sounds for %s", format, d)
		}
		wav, err := toWAV(t, c, out, audio.Limits{})
		if err != nil || loudness(wav[44:]) < 300 {
			t.Errorf("%s: it says nothing: %v", format, err)
		}
		if out, err := encode(t.Context(), []byte("noise")); !errors.Is(err, audio.ErrFormat) || out != nil {
			t.Errorf("%s of noise: %v", format, err)
		}
	}
}

func TestToAMR_NothingWritesIt(t *testing.T) {
	c := audio.New(audio.Options{SoX: "no-such-sox"})
	if c.Programs(t.Context()).AMR {
		t.Log("this ffmpeg writes AMR by itself")
		return
	}
	_, err := c.ToAMR(t.Context(), bytes.NewReader(recording(t, "go.mp3")), audio.Limits{})
	if !errors.Is(err, audio.ErrNoConverter) || !strings.Contains(err.Error(), "sox") {
		t.Errorf("got %v", err)
	}
	if got := audio.New(audio.Options{}).Programs(t.Context()); !got.AMR || got.FFmpeg == "" || got.SoX == "" {
		t.Errorf("what scripts/test installs is not found: %+v", got)
	}
}
