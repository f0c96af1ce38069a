package sniff

import (
	"bytes"
	"encoding/binary"
	"time"
)

// frameTime is how long a frame of AMR, and a packet of SILK, sounds.
const frameTime = 20 * time.Millisecond

// Duration returns how long a whole recording sounds, as far as its frames can be followed: what is behind a damaged one does not count.
// It tells that without decoding; ok is false where that cannot be done, which it can for AMR, AMRWB, SILK, WAV, MP3, Opus and Speex.
func Duration(data []byte) (d time.Duration, ok bool) {
	switch Sound(data) {
	case AMR:
		return amrDuration(data[len(amrMagic):], amrSizes()), true
	case AMRWB:
		return amrDuration(data[len(amrWBMagic):], amrWBSizes()), true
	case SILK:
		data = bytes.TrimPrefix(data, []byte(silkTag))
		return silkDuration(data[len(silkMagic):]), true
	case WAV:
		w, ok := ParseWAV(data)
		return w.Duration(), ok
	case MP3:
		return mp3Duration(data), true
	case Opus, Speex:
		return oggDuration(data)
	}
	return 0, false
}

// reserved marks a frame type that is none.
const reserved = -1

// amrSizes returns the bytes of a frame behind its first one, by its type (RFC 4867, sections 5.3 and 3.6).
func amrSizes() [16]int {
	return [16]int{12, 13, 15, 17, 19, 20, 26, 31, 5, 6, 5, 5, reserved, reserved, reserved, 0}
}

func amrWBSizes() [16]int {
	return [16]int{17, 23, 32, 36, 40, 46, 50, 58, 60, 5, reserved, reserved, reserved, reserved, 0, 0}
}

func amrDuration(frames []byte, sizes [16]int) (d time.Duration) {
	for len(frames) > 0 {
		size := sizes[frames[0]>>3&15]
		if size == reserved || len(frames) <= size {
			break
		}
		frames = frames[1+size:]
		d += frameTime
	}
	return d
}

func silkDuration(packets []byte) (d time.Duration) {
	for len(packets) >= 2 {
		size := int(int16(binary.LittleEndian.Uint16(packets)))
		if size < 0 || len(packets) < 2+size { // A negative one is the end.
			break
		}
		packets = packets[2+size:]
		d += frameTime
	}
	return d
}

// oggDuration reads the position at the end of the last page.
func oggDuration(data []byte) (time.Duration, bool) {
	rate := 48000 // Of Opus, whatever it was recorded with (RFC 7845, section 4).
	if Sound(data) == Speex {
		const at = 36 // Of the rate, in Speex's own header.
		header := data[min(len(data), 27+int(data[26])):]
		if len(header) < at+4 {
			return 0, false
		}
		rate = int(binary.LittleEndian.Uint32(header[at:]))
	}
	last := bytes.LastIndex(data, []byte("OggS"))
	if len(data) < last+14 || rate <= 0 {
		return 0, false
	}
	samples := int64(binary.LittleEndian.Uint64(data[last+6:]))
	if samples < 0 || samples/int64(rate) > int64(24*time.Hour/time.Second) {
		return 0, false
	}
	return time.Duration(samples) * time.Second / time.Duration(rate), true
}
