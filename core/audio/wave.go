package audio

import "encoding/binary"

// wave puts the header of a WAV file before samples of 16 kHz, one channel and 16 bits. ffmpeg's own header, written into a pipe, would not
// know the size, which some services refuse.
func wave(pcm []byte) []byte {
	const (
		header  = 44
		bits    = 16
		perTime = wideband * bits / 8
	)
	out := make([]byte, 0, header+len(pcm))
	out = append(out, "RIFF"...)
	out = binary.LittleEndian.AppendUint32(out, uint32(header-8+len(pcm)))
	out = append(out, "WAVEfmt "...)
	out = binary.LittleEndian.AppendUint32(out, 16)
	out = append(out, 1, 0, 1, 0) // PCM, one channel.
	out = binary.LittleEndian.AppendUint32(out, wideband)
	out = binary.LittleEndian.AppendUint32(out, perTime)
	out = append(out, bits/8, 0, bits, 0)
	out = append(out, "data"...)
	out = binary.LittleEndian.AppendUint32(out, uint32(len(pcm)))
	return append(out, pcm...)
}
