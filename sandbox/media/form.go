package media

import (
	"bytes"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"strings"
)

var errNoFile = errors.New("the form has no file called media")

// ParseForm returns the file of an upload: the part of a multipart form that is called media and has a file name.
func ParseForm(contentType string, body []byte) (name string, data []byte, err error) {
	_, params, err := mime.ParseMediaType(contentType)
	if err != nil {
		return "", nil, err
	}
	form := multipart.NewReader(bytes.NewReader(body), params["boundary"])
	for {
		p, err := form.NextPart()
		if errors.Is(err, io.EOF) {
			return "", nil, errNoFile
		}
		if err != nil {
			return "", nil, err
		}
		if p.FormName() == "media" && p.FileName() != "" {
			data, err := io.ReadAll(p)
			return p.FileName(), data, err
		}
	}
}

// ContentType is what the platforms say of media: by its first bytes where these tell, since names say nothing.
func (m Medium) ContentType() string {
	switch {
	case bytes.HasPrefix(m.Data, []byte("#!AMR")):
		return "audio/amr"
	case bytes.HasPrefix(bytes.TrimPrefix(m.Data, []byte{2}), []byte("#!SILK")):
		return "audio/silk"
	case m.Type == "video":
		return "video/mp4"
	}
	kind := http.DetectContentType(m.Data)
	if usual, ok := map[string]string{"image": "image/jpeg", "thumb": "image/jpeg", "voice": "audio/amr"}[m.Type]; ok && unknown(kind) {
		return usual
	}
	return kind
}

func unknown(kind string) bool {
	return strings.HasPrefix(kind, "text/plain") || kind == "application/octet-stream"
}
