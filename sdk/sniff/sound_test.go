package sniff_test

import (
	"bytes"
	"encoding/binary"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/chuanhuabot/bot/sdk/sniff"
)

// recordings are those of testdata: the same words in each format.
func recordings(t testing.TB) map[sniff.Format][]byte {
	t.Helper()
	all := map[sniff.Format][]byte{sniff.WAV: wav(44604), sniff.SILK: silk(139)}
	for format, name := range map[sniff.Format]string{
		sniff.AMR: "go.amr", sniff.AMRWB: "go.amrwb", sniff.Opus: "go.opus", sniff.Speex: "go.spx", sniff.MP3: "go.mp3", sniff.M4A: "go.m4a",
	} {
		data, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			t.Fatal(err)
		}
		all[format] = data
	}
	return all
}

// wav is that of 16 kHz, one channel and 16 bits.
func wav(samples int) []byte {
	b := bytes.NewBufferString("RIFF")
	put := func(v any) { _ = binary.Write(b, binary.LittleEndian, v) }
	put(uint32(36 + 2*samples))
	b.WriteString("WAVEfmt ")
	put(uint32(16))
	put([]uint16{1, 1})
	put([]uint32{16000, 32000})
	put([]uint16{2, 16})
	b.WriteString("data")
	put(uint32(2 * samples))
	b.Write(make([]byte, 2*samples))
	return b.Bytes()
}

// silk has what WeChat puts before it, and packets of nothing.
func silk(packets int) []byte {
	out := []byte("\x02#!SILK_V3")
	for range packets {
		out = append(out, 3, 0, 1, 2, 3)
	}
	return append(out, 0xff, 0xff)
}

// TestSound_EveryFormat holds what a format is told by: its first bytes, and 512 of them are enough.
func TestSound_EveryFormat(t *testing.T) {
	all := recordings(t)
	for _, format := range sniff.Formats() {
		data := all[format]
		if got := sniff.Sound(data); got != format {
			t.Errorf("%s: got %q", format, got)
		}
		if got := sniff.Sound(data[:min(len(data), sniff.HeadSize)]); got != format {
			t.Errorf("%s: its head shows %q", format, got)
		}
	}
	if len(all) != len(sniff.Formats()) {
		t.Errorf("%d recordings for %d formats", len(all), len(sniff.Formats()))
	}
}

func TestSound_Beginnings(t *testing.T) {
	for name, c := range map[string]struct {
		head string
		want sniff.Format
	}{
		"nothing":              {"", sniff.Unknown},
		"JSON":                 {`{"errcode":40007,"errmsg":"invalid media_id"}`, sniff.Unknown},
		"a page":               {"<!DOCTYPE html>", sniff.Unknown},
		"half of a magic":      {"#!AM", sniff.Unknown},
		"AMR of many channels": {"#!AMR_MC1.0\n", sniff.Unknown},
		"SILK as it is":        {"#!SILK_V3\x03\x00abc", sniff.SILK},
		"a playlist":           {"#EXTM3U\nfile:///etc/passwd", sniff.Unknown},
		"a list of files":      {"ffconcat version 1.0\nfile /etc/passwd", sniff.Unknown},
		"Vorbis":               {"OggS" + string(make([]byte, 22)) + "\x01\x1e\x01vorbis", sniff.Unknown},
		"Ogg and no more":      {"OggS", sniff.Unknown},
		"a RIFF of pictures":   {"RIFF\x00\x00\x00\x00WEBP", sniff.Unknown},
		"MP3 without a tag":    {"\xff\xfb\x90\x00", sniff.MP3},
		"MPEG of layer 2":      {"\xff\xfd\x90\x00", sniff.Unknown},
		"AAC in ADTS":          {"\xff\xf1\x50\x80", sniff.Unknown},
		"a bad bit rate":       {"\xff\xfb\xf0\x00", sniff.Unknown},
	} {
		if got := sniff.Sound([]byte(c.head)); got != c.want {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
	}
}

func TestDuration(t *testing.T) {
	const said = 2786 * time.Millisecond
	for format, data := range recordings(t) {
		got, ok := sniff.Duration(data)
		if format == sniff.M4A {
			if ok {
				t.Errorf("%s: %s, which nobody can tell that cheaply", format, got)
			}
			continue
		}
		if !ok || got < said-20*time.Millisecond || got > said+200*time.Millisecond {
			t.Errorf("%s: got %s, %v, want about %s", format, got, ok, said)
		}
	}
}

// TestDuration_Damaged holds that what cannot be followed does not count.
func TestDuration_Damaged(t *testing.T) {
	amr := recordings(t)[sniff.AMR]
	half := slices.Clone(amr)
	half[6+32*50] = 0x6c // Frame 50 is of a type that there is not.
	for name, c := range map[string]struct {
		data []byte
		want time.Duration
	}{
		"the magic alone":        {amr[:6], 0},
		"a frame too short":      {amr[:6+31], 0},
		"one frame":              {amr[:6+32], 20 * time.Millisecond},
		"a bad one in the midst": {half, time.Second},
		"SILK of a bad packet":   {[]byte("#!SILK_V3\x01\x00a\xff\x7fb"), 20 * time.Millisecond},
		"a WAV cut short":        {wav(16000)[:44+16000], 500 * time.Millisecond},
		"an MP3 of a tag":        {[]byte("ID3\x04\x00\x00\x7f\x7f\x7f\x7f"), 0},
	} {
		if got, ok := sniff.Duration(c.data); !ok || got != c.want {
			t.Errorf("%s: got %s, %v, want %s", name, got, ok, c.want)
		}
	}
	for name, data := range map[string]string{"nothing": "", "text": "hello", "a WAV of no samples": "RIFF\x00\x00\x00\x00WAVEdata\x00\x00\x00\x00"} {
		if got, ok := sniff.Duration([]byte(data)); ok || got != 0 {
			t.Errorf("%s: got %s, %v", name, got, ok)
		}
	}
}

func TestParseWAV(t *testing.T) {
	w, ok := sniff.ParseWAV(wav(100))
	if !ok || !w.PCM || w.Rate != 16000 || w.Channels != 1 || w.Bits != 16 || len(w.Data) != 200 {
		t.Errorf("got %+v, %v", w, ok)
	}
	piped := wav(100)
	binary.LittleEndian.PutUint32(piped[40:], 1<<32-1) // As one who writes into a pipe leaves it.
	if w, ok := sniff.ParseWAV(piped); !ok || len(w.Data) != 200 {
		t.Errorf("got %d bytes, %v", len(w.Data), ok)
	}
	if w, ok := sniff.ParseWAV(wav(100)[:30]); ok {
		t.Errorf("half a header is %+v", w)
	}
}

// FuzzDuration holds that no bytes do harm.
func FuzzDuration(f *testing.F) {
	for _, data := range recordings(f) {
		f.Add(data[:min(len(data), 4096)])
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if d, ok := sniff.Duration(data); d < 0 || !ok && d != 0 {
			t.Errorf("%s, %v", d, ok)
		}
		if _, ok := sniff.ParseWAV(data); ok && sniff.Sound(data) != sniff.WAV {
			t.Error("a WAV that is none")
		}
	})
}
