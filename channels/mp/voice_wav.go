package mp

import (
	"encoding/binary"
	"errors"
	"time"
)

// errWAV says what a recording must be.
var errWAV = errors.New("a recording must be WAV: PCM, 16 kHz, mono, 16 bits, of at most a minute")

// The format that the page records, and the longest recording; a second more, as clocks in browsers are not exact.
const (
	wavRate    = 16000
	wavBytes   = 2 // Of a sample.
	wavLongest = 61 * time.Second
)

// checkWAV returns errWAV unless data is what the page records. It looks at the bytes only: what a request says of them proves
// nothing.
func checkWAV(data []byte) error {
	if len(data) < 12 || string(data[:4]) != "RIFF" || string(data[8:12]) != "WAVE" {
		return errWAV
	}
	format, rest, found := chunk(data[12:], "fmt ")
	if !found || !isVoice(format) {
		return errWAV
	}
	sound, _, found := chunk(rest, "data")
	longest := int(wavLongest/time.Second) * wavRate * wavBytes
	if !found || len(sound) == 0 || len(sound)%wavBytes != 0 || len(sound) > longest {
		return errWAV
	}
	return nil
}

// chunk returns what is in the first chunk of a name, and what follows it. A chunk that is longer than data is none.
func chunk(data []byte, name string) (in, rest []byte, found bool) {
	for len(data) >= 8 {
		size := uint64(binary.LittleEndian.Uint32(data[4:]))
		if size > uint64(len(data)-8) {
			return nil, nil, false
		}
		in, rest = data[8:8+size], data[8+size:]
		if string(data[:4]) == name {
			return in, rest, true
		}
		if size%2 == 1 && len(rest) > 0 { // Chunks begin at even places.
			rest = rest[1:]
		}
		data = rest
	}
	return nil, nil, false
}

func isVoice(format []byte) bool {
	const pcm, mono = 1, 1
	word := binary.LittleEndian.Uint16
	return len(format) >= 16 && word(format) == pcm && word(format[2:]) == mono &&
		binary.LittleEndian.Uint32(format[4:]) == wavRate && word(format[12:]) == wavBytes && word(format[14:]) == 8*wavBytes
}
