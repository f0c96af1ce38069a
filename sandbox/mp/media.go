package mp

import (
	"github.com/chuanhuabot/bot/sandbox/apihost"
	"github.com/chuanhuabot/bot/sandbox/media"
)

// Keep puts media onto the platform, as a phone does before it sends an image, voice or video, and returns its id. Bots
// can fetch it for three days of the platform's clock.
func (a *Account) Keep(kind, name string, data []byte) string {
	return a.media.Keep(kind, name, data).ID
}

// Medium returns media that is still kept, whoever put it there.
func (a *Account) Medium(id string) (media.Medium, bool) { return a.media.Get(id) }

// mayUseMedia tells whether the kind of account has the interfaces for media.
func (a *Account) mayUseMedia() bool {
	return a.Settings().Kind != Unverified || a.platform.Rules().OpenMedia
}

// uploadLimits are what the page allows of each type of media: so many bytes, and which formats.
var uploadLimits = map[string]struct {
	most int
	is   func([]byte) bool
}{
	"image": {10 << 20, func(data []byte) bool { return media.IsPicture(data) || media.IsGIF(data) }},
	"voice": {2 << 20, func(data []byte) bool { return media.IsAMR(data) || media.IsMP3(data) }},
	"video": {10 << 20, media.IsMP4},
	"thumb": {64 << 10, media.IsJPEG},
}

// upload keeps what a bot uploads, within the limits of
// developers.weixin.qq.com/doc/service/api/material/temporary/api_uploadtempmedia.
func upload(c *call) (any, *refusal) {
	if !c.Owner.mayUseMedia() {
		return nil, refuse(codeForbidden)
	}
	kind := c.Query.Get("type")
	limit, ok := uploadLimits[kind]
	if !ok {
		return nil, refuse(codeMediaType)
	}
	name, data, err := media.ParseForm(c.Header.Get("Content-Type"), c.Body)
	switch {
	case err != nil || len(data) == 0:
		return nil, refuse(codeEmpty)
	case len(data) > limit.most:
		return nil, refuse(codeMediaSize)
	case !limit.is(data):
		return nil, refuse(codeMediaType)
	}
	id := "media_id"
	if kind == "thumb" {
		id = "thumb_media_id"
	}
	return map[string]any{"type": kind, id: c.Owner.Keep(kind, name, data), "created_at": c.Now.Unix()}, nil
}

// download gives media back: bytes, or for a video the address where it is. Errors are JSON at status 200
// (developers.weixin.qq.com/doc/service/api/material/temporary/api_getmedia).
func download(c *call) (any, *refusal) {
	if !c.Owner.mayUseMedia() {
		return nil, refuse(codeForbidden)
	}
	id := c.Query.Get("media_id")
	m, ok := c.Owner.Medium(id)
	if !ok {
		return nil, refuse(codeMediaID)
	}
	if m.Type == "video" {
		return map[string]string{"video_url": c.Base + "/sandbox/video?media_id=" + id}, nil
	}
	return file(m), nil
}

// video serves what download points at, without a token.
func (p *Platform) video(c *call) (any, *refusal) {
	for _, a := range p.Accounts() {
		if m, ok := a.Medium(c.Query.Get("media_id")); ok && m.Type == "video" {
			return file(m), nil
		}
	}
	return nil, refuse(codeMediaID)
}

func file(m media.Medium) apihost.File {
	return apihost.File{Type: m.ContentType(), Name: m.Name, Data: m.Data}
}
