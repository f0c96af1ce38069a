package kf

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"

	"github.com/chuanhuabot/bot/sandbox/apihost"
	"github.com/chuanhuabot/bot/sandbox/media"
)

// passed returns in, or the text that comes in place of media that is too large (page 94670). The text's words are not published.
func (a *Account) passed(in Inbound) Inbound {
	most, ofMedia := map[string]int{"image": 2 << 20, "voice": 2 << 20, "video": 10 << 20, "file": 20 << 20}[in.Type]
	if m, ok := a.corp.Medium(in.get("media_id")); ofMedia && ok && len(m.Data) > most {
		return Text(fmt.Sprintf("【收到超过 %d MB 的消息，暂无法显示】", most>>20))
	}
	return in
}

// uploadLimit is what page 96484 allows of a type of media.
type uploadLimit struct {
	most, tooLarge int
	is             func(data []byte) bool
}

var uploadLimits = map[string]uploadLimit{
	"image": {10 << 20, codeImageSize, media.IsPicture},
	"voice": {2 << 20, codeMediaSize, media.IsAMR},
	"video": {10 << 20, codeVideoSize, media.IsMP4},
	"file":  {20 << 20, codeMediaSize, func([]byte) bool { return true }},
}

type uploadAnswer struct {
	apihost.Done
	Type    string `json:"type"`
	ID      string `json:"media_id"`
	Created string `json:"created_at"` // A text, as in the example.
}

// upload keeps what a bot uploads, for all apps of the corp (page 96484).
func upload(c *call) (any, *refusal) {
	kind := c.Query.Get("type")
	limit, ok := uploadLimits[kind]
	if !ok {
		return nil, refuse(codeMediaType)
	}
	name, data, err := media.ParseForm(c.Header.Get("Content-Type"), c.Body)
	if err != nil || len(data) == 0 {
		return nil, refuse(codeNoMedia)
	}
	if refused := limit.check(kind, data); refused != nil {
		return nil, refused
	}
	return uploadAnswer{okay, kind, c.Owner.Keep(kind, name, data), fmt.Sprint(c.Now.Unix())}, nil
}

func (l uploadLimit) check(kind string, data []byte) *refusal {
	switch {
	case len(data) <= 5:
		return refuse(codeFileSize)
	case len(data) > l.most:
		return refuse(l.tooLarge)
	case !l.is(data):
		return refuse(codeFileType)
	case kind == "voice" && framesOf(data) > 60*50: // One each 20 ms.
		return refuse(codeVoiceLength)
	}
	return nil
}

// framesOf counts the frames of a narrow-band AMR clip (RFC 4867, section 5).
func framesOf(data []byte) (n int) {
	sizes := [16]int{12, 13, 15, 17, 19, 20, 26, 31, 5}
	for rest := bytes.TrimPrefix(data, []byte("#!AMR\n")); len(rest) > 0; n++ {
		rest = rest[min(len(rest), 1+sizes[rest[0]>>3&15]):]
	}
	return n
}

// download gives media back, whole or in part. Errors are JSON at status 200 (page 96486).
func download(c *call) (any, *refusal) {
	id := c.Query.Get("media_id")
	if id == "" {
		return nil, refuse(codeNoMediaID)
	}
	m, kept := c.Owner.Medium(id)
	if !kept {
		return nil, refuse(codeMediaID)
	}
	rules := c.Owner.platform.Rules()
	file := apihost.File{Type: m.ContentType(), Name: m.Name, Data: m.Data, Encoded: rules.EncodedNames}
	if wanted := c.Header.Get("Range"); wanted != "" {
		from, to, right := rangeOf(wanted, len(m.Data))
		if !right {
			return nil, refuse(codePiece)
		}
		file.Data, file.From, file.Total = m.Data[from:to], from, len(m.Data)
	}
	if len(file.Data) > rules.PieceLimit {
		return nil, refuse(codePiece)
	}
	return file, nil
}

// rangeOf reads a Range of one part: bytes=a-b, bytes=a- or bytes=-n. to is behind its last byte.
func rangeOf(text string, size int) (from, to int, ok bool) {
	first, last, ok := strings.Cut(strings.TrimPrefix(text, "bytes="), "-")
	if !ok || !strings.HasPrefix(text, "bytes=") {
		return 0, 0, false
	}
	if first == "" {
		n, err := strconv.Atoi(last)
		return size - min(n, size), size, err == nil && n > 0 && size > 0
	}
	from, err := strconv.Atoi(first)
	to = size
	if last != "" && err == nil {
		to, err = strconv.Atoi(last)
		to = min(to, size-1) + 1
	}
	return from, to, err == nil && from >= 0 && from < to
}
