package sniff

import (
	"encoding/binary"
	"time"
)

// Wave is what a WAV file says of itself.
type Wave struct {
	// PCM tells that the samples are whole numbers as they are, and not some codec's.
	PCM bool
	// Rate is in Hz.
	Rate, Channels, Bits int
	// Data are the samples; shorter than promised where the file is.
	Data []byte
}

// ParseWAV reads a WAV file. Its Data are those of data. A file that was written into a pipe, and does not know its size, is read to its
// end. ok is false where there are no samples, or nothing that says what they are.
func ParseWAV(data []byte) (w Wave, ok bool) {
	const header, chunk = 12, 8
	if Sound(data) != WAV {
		return w, false
	}
	known := false
	for data = data[header:]; len(data) >= chunk; {
		name, size := string(data[:4]), uint64(binary.LittleEndian.Uint32(data[4:]))
		body := data[chunk:]
		body = body[:min(uint64(len(body)), size)]
		switch {
		case name == "fmt " && len(body) >= 16:
			w, known = waveFormat(body), true
		case name == "data" && known:
			w.Data = body
			return w, w.Rate > 0 && w.Channels > 0 && w.Bits > 0
		}
		data = data[min(uint64(len(data)), chunk+size+size%2):]
	}
	return w, false
}

func waveFormat(body []byte) Wave {
	const pcm = 1
	return Wave{
		PCM:      binary.LittleEndian.Uint16(body) == pcm,
		Channels: int(binary.LittleEndian.Uint16(body[2:])),
		Rate:     int(binary.LittleEndian.Uint32(body[4:])),
		Bits:     int(binary.LittleEndian.Uint16(body[14:])),
	}
}

// Duration returns how long the samples sound; 0 unless they are PCM, or fill no whole byte.
func (w Wave) Duration() time.Duration {
	perSecond := w.Rate * w.Channels * (w.Bits / 8)
	if !w.PCM || perSecond <= 0 {
		return 0
	}
	return time.Duration(float64(len(w.Data)) / float64(perSecond) * float64(time.Second))
}
