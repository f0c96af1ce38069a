package wx

import (
	"bytes"
	"mime"
	"path"
	"strings"
)

// MediaType returns the MIME type that the first bytes of media show, or "" if they show none that the platforms keep. They need not be
// more than 16.
func MediaType(head []byte) string {
	for _, m := range []struct{ magic, kind string }{
		{"\xff\xd8\xff", "image/jpeg"},
		{"\x89PNG\r\n\x1a\n", "image/png"},
		{"GIF87a", "image/gif"}, {"GIF89a", "image/gif"},
		{"#!AMR", "audio/amr"},
		{"ID3", "audio/mpeg"},
		{"#!SILK", "audio/silk"}, {"\x02#!SILK", "audio/silk"}, // The platform's own SILK has a byte before it.
	} {
		if bytes.HasPrefix(head, []byte(m.magic)) {
			return m.kind
		}
	}
	switch {
	case isMP3(head):
		return "audio/mpeg"
	case len(head) >= 12 && string(head[4:8]) == "ftyp":
		return "video/mp4"
	}
	return ""
}

// isMP3 tells whether a frame of MPEG audio, layer 3, begins here: eleven ones, and values that are not reserved.
func isMP3(head []byte) bool {
	if len(head) < 3 || head[0] != 0xff || head[1]&0xe0 != 0xe0 {
		return false
	}
	version, layer, rate := head[1]>>3&3, head[1]>>1&3, head[2]>>4
	return version != 1 && layer == 1 && rate != 0 && rate != 15
}

// maxFileName is the most bytes of a file's name.
const maxFileName = 200

// fileName returns the name in a Content-Disposition, or "".
func fileName(disposition string) string {
	_, params, err := mime.ParseMediaType(disposition)
	if err != nil {
		return ""
	}
	return FileName(params["filename"])
}

// FileName returns name without folders and without what has no place in a file's name.
func FileName(name string) string {
	name = path.Base(strings.ReplaceAll(Clean(name), `\`, "/"))
	name = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r == '"' {
			return -1
		}
		return r
	}, name)
	if name == "." || name == "/" || name == ".." {
		return ""
	}
	if len(name) > maxFileName { // The ending says what it is.
		name = strings.ToValidUTF8(name[len(name)-maxFileName:], "")
	}
	return name
}
