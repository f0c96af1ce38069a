// Package sniff tells by their first bytes what recordings are, and how long. What a platform or a file's name says of them is wrong too
// often to rely on. It reads bytes from anybody: it never panics, and does not read further than it was given.
package sniff

import "bytes"

// Format is a format of sound. The values are what bot.yaml calls them.
type Format string

// The formats that Sound tells apart.
const (
	// Unknown is everything else, and what is too short to tell.
	Unknown Format = ""
	// AMR is AMR narrowband, 8 kHz: what the platforms give.
	AMR Format = "amr"
	// AMRWB is AMR wideband, 16 kHz.
	AMRWB Format = "amr-wb"
	// Opus and Speex are those codecs in Ogg.
	Opus  Format = "opus"
	Speex Format = "speex"
	// MP3 is MPEG audio, layer 3, with or without an ID3 tag.
	MP3 Format = "mp3"
	// WAV is RIFF WAVE of any content.
	WAV Format = "wav"
	// M4A is MPEG 4, which may turn out to be a film.
	M4A Format = "m4a"
	// SILK is SILK v3, as it is standard or with the byte that WeChat puts before it.
	SILK Format = "silk"
)

// Formats returns every format but Unknown, in a fixed order.
func Formats() []Format { return []Format{AMR, AMRWB, Opus, Speex, MP3, WAV, M4A, SILK} }

// HeadSize is how many bytes Sound needs of the beginning.
const HeadSize = 512

const (
	amrMagic   = "#!AMR\n"
	amrWBMagic = "#!AMR-WB\n"
	silkMagic  = "#!SILK_V3"
	silkTag    = "\x02" // WeChat's own byte before the magic.
)

// Sound returns the format that the first bytes show.
func Sound(head []byte) Format {
	for _, m := range []struct {
		magic  string
		format Format
	}{
		{amrMagic, AMR}, {amrWBMagic, AMRWB}, {silkMagic, SILK}, {silkTag + silkMagic, SILK}, {"ID3", MP3},
	} {
		if bytes.HasPrefix(head, []byte(m.magic)) {
			return m.format
		}
	}
	switch {
	case bytes.HasPrefix(head, []byte("OggS")):
		return oggCodec(head)
	case len(head) >= 12 && string(head[:4]) == "RIFF" && string(head[8:12]) == "WAVE":
		return WAV
	case len(head) >= 12 && string(head[4:8]) == "ftyp":
		return M4A
	}
	if _, ok := mp3Frame(head); ok {
		return MP3
	}
	return Unknown
}

// oggCodec looks into the first page.
func oggCodec(head []byte) Format {
	const segments = 26 // Where their number stands, and behind it their sizes.
	if len(head) <= segments {
		return Unknown
	}
	body := head[min(len(head), segments+1+int(head[segments])):]
	switch {
	case bytes.HasPrefix(body, []byte("OpusHead")):
		return Opus
	case bytes.HasPrefix(body, []byte("Speex   ")):
		return Speex
	}
	return Unknown
}
