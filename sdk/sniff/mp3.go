package sniff

import "time"

// mp3Header is what the four bytes before a frame of MPEG audio, layer 3, say.
type mp3Header struct {
	size, samples, rate int
}

// mp3Frame reads the header at the beginning of data.
func mp3Frame(data []byte) (h mp3Header, ok bool) {
	if len(data) < 4 || data[0] != 0xff || data[1]&0xe0 != 0xe0 || data[1]>>1&3 != 1 {
		return h, false
	}
	version, bits, rate := data[1]>>3&3, int(data[2]>>4), int(data[2]>>2&3)
	if version == 1 || rate == 3 || bits == 0 || bits == 15 {
		return h, false
	}
	const newest = 3 // MPEG 1; 2 is MPEG 2, and 0 is MPEG 2.5.
	kilobits := []int{0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160}[bits]
	h.samples, h.rate = 576, []int{22050, 24000, 16000}[rate]
	switch version {
	case newest:
		kilobits = []int{0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320}[bits]
		h.samples, h.rate = 1152, []int{44100, 48000, 32000}[rate]
	case 0:
		h.rate /= 2
	}
	padding := int(data[2] >> 1 & 1)
	h.size = h.samples/8*kilobits*1000/h.rate + padding
	return h, true
}

func mp3Duration(data []byte) (d time.Duration) {
	data = data[id3Size(data):]
	for len(data) > 0 {
		h, ok := mp3Frame(data)
		if !ok || len(data) < h.size {
			break
		}
		d += time.Duration(h.samples) * time.Second / time.Duration(h.rate)
		data = data[h.size:]
	}
	return d
}

// id3Size returns how many bytes the tag before the frames has (id3.org/id3v2.4.0-structure, section 3.1).
func id3Size(data []byte) int {
	if len(data) < 10 || string(data[:3]) != "ID3" {
		return 0
	}
	size := 10
	if data[5]&0x10 != 0 {
		size += 10 // It has a footer.
	}
	for i, b := range data[6:10] {
		size += int(b&0x7f) << (7 * (3 - i))
	}
	return min(size, len(data))
}
