package media

import (
	"bytes"
	"net/http"
)

// IsPicture tells whether data is a JPEG or a PNG.
func IsPicture(data []byte) bool {
	kind := http.DetectContentType(data)
	return kind == "image/png" || IsJPEG(data)
}

// IsJPEG tells whether data is a JPEG.
func IsJPEG(data []byte) bool { return http.DetectContentType(data) == "image/jpeg" }

// IsGIF tells whether data is a GIF.
func IsGIF(data []byte) bool { return http.DetectContentType(data) == "image/gif" }

// IsAMR tells whether data is AMR, narrow or wide.
func IsAMR(data []byte) bool { return bytes.HasPrefix(data, []byte("#!AMR")) }

// IsMP3 tells whether data is MP3: with a tag before it, or a frame at once.
func IsMP3(data []byte) bool {
	return bytes.HasPrefix(data, []byte("ID3")) || len(data) > 1 && data[0] == 0xff && data[1]&0xe0 == 0xe0 && data[1]&0x06 == 0x02
}

// IsMP4 tells whether data is MP4.
func IsMP4(data []byte) bool { return len(data) > 8 && string(data[4:8]) == "ftyp" }
